import Hashing
import Primitives
import Projections

/// A file of rows in parts, each in the order of tables and keys and with one row of a key. What a later part has is
/// newer.
///
/// A part is the bytes that follow of it (8), and blocks: bytes of the block's rows (4), CRC-32C of these (4), the rows,
/// as `OldRow`s; one that was removed has no value. Integers are big-endian. No row of a block is used before all of the
/// block is known to be what was written.
struct SortedParts {
  let file: RowFile

  /// Where the blocks of each part stand.
  private(set) var parts: [Range<Int>] = []

  /// Bytes before a part's blocks, and before a block's rows.
  static let headerLength = 8

  /// Bytes after which a block ends with its row.
  static let blockBytes = 1 << 16

  /// How many parts are read side by side, at most. Each takes the memory of a block.
  static let ways = 1024

  /// Looks for the parts of a file.
  ///
  /// - Throws: `damaged` when a part is longer than the file.
  init(_ file: RowFile, byteCount: Int) throws(ProjectionError) {
    self.file = file
    var offset = 0
    var header: [UInt8] = []
    while offset < byteCount {
      let start = offset + Self.headerLength
      try file.read(offset..<start, into: &header)
      let length = header.rawSpan.bigEndian(at: 0, as: UInt64.self)
      guard start <= byteCount, length <= UInt64(byteCount - start) else {
        throw .damaged(file.path, "the part at byte \(offset) is longer than what was written")
      }
      offset = start + Int(length)
      parts.append(start..<offset)
    }
  }

  /// Bytes of all parts.
  var byteCount: Int { parts.last?.upperBound ?? 0 }

  /// The rows of parts one after the other, checked.
  ///
  /// - Parameters:
  ///   - stepBytes: after how many `step` is told how many these were; it throws to stop.
  /// - Throws: `damaged` when the file is not what was written. O(bytes).
  func check(
    every stepBytes: Int = .max, passing step: (_ byteCount: Int) throws(ProjectionError) -> Void = { _ in }
  ) throws(ProjectionError) {
    var told = 0
    for part in parts {
      var reader = PartReader(file, part)
      while try reader.nextBlock() {
        guard reader.blockEnd - told >= stepBytes else { continue }
        let byteCount = reader.blockEnd - told
        told = reader.blockEnd
        try step(byteCount)
      }
    }
  }

  /// These parts in fewer ones: of each so many that follow each other one part is made, in another file.
  ///
  /// - Parameters:
  ///   - stepBytes: after how many `step` is told how many these were, as it is after each part; it throws to stop.
  func merged(
    by ways: Int, to other: RowFile, every stepBytes: Int = .max,
    passing step: (_ byteCount: Int) throws(ProjectionError) -> Void
  ) throws(ProjectionError) -> SortedParts {
    var end = 0
    for first in stride(from: 0, to: parts.count, by: ways) {
      var writer = PartWriter(other, at: end)
      var rows = try MergedRows(file, parts[first..<min(first + ways, parts.count)])
      var untold = 0
      var told = end
      while try rows.advance() {
        try rows.lendRow { row throws(ProjectionError) in
          try writer.add(row)
          untold += row.byteCount
        }
        guard untold >= stepBytes else { continue }
        try step(untold)
        (told, untold) = (told + untold, 0)
      }
      end = try writer.finish()
      try step(end - told)
    }
    return try SortedParts(other, byteCount: end)
  }
}

/// Writes rows that come in the order of tables and keys as a part of a file.
struct PartWriter {
  private let file: RowFile
  private let start: Int

  /// Where the next block belongs.
  private var end: Int

  /// Room for its header, and its rows so far.
  private var block = [UInt8](repeating: 0, count: SortedParts.headerLength)

  init(_ file: RowFile, at start: Int) {
    self.file = file
    self.start = start
    end = start + SortedParts.headerLength
    block.reserveCapacity(2 * SortedParts.blockBytes)
  }

  mutating func add(_ row: RawSpan) throws(ProjectionError) {
    block.append(contentsOf: row)
    if block.count >= SortedParts.blockBytes { try writeBlock() }
  }

  /// Returns where the part ends; where it begins when it has no rows.
  mutating func finish() throws(ProjectionError) -> Int {
    if block.count > SortedParts.headerLength { try writeBlock() }
    let first = start + SortedParts.headerLength
    guard end > first else { return start }
    var header: [UInt8] = []
    header.append(bigEndian: UInt64(end - first))
    try file.write(header, at: start)
    return end
  }

  private mutating func writeBlock() throws(ProjectionError) {
    var header: [UInt8] = []
    header.append(bigEndian: UInt32(block.count - SortedParts.headerLength))
    header.append(bigEndian: CRC32C.checksum(block.rawSpan.extracting(SortedParts.headerLength..<block.count)))
    block.replaceSubrange(0..<header.count, with: header)
    try file.write(block, at: end)
    end += block.count
    block.removeLast(block.count - SortedParts.headerLength)
  }
}

/// Reads the rows of a part from front to end.
struct PartReader {
  private let file: RowFile

  /// What of the part has not been read.
  private var rest: Range<Int>

  /// Where in the file the block ends that was read last.
  var blockEnd: Int { rest.lowerBound }

  /// The rows of the block that was read last.
  private var block: [UInt8] = []

  /// The row at which the reader stands, and where it begins; nil before the first and behind the last.
  private var row: OldRow?
  private var start = 0

  init(_ file: RowFile, _ part: Range<Int>) {
    self.file = file
    rest = part
  }

  /// Goes to the next row. False when there is none.
  mutating func advance() throws(ProjectionError) -> Bool {
    var next = row?.end ?? 0
    while next == block.count {
      guard try nextBlock() else {
        row = nil
        return false
      }
      next = 0
    }
    guard let found = OldRow(block.rawSpan, at: next) else { throw .damaged(file.path, "a row of it is none") }
    (start, row) = (next, found)
    return true
  }

  /// Goes to before the first row of the next block. False when there is none.
  mutating func nextBlock() throws(ProjectionError) -> Bool {
    row = nil
    guard !rest.isEmpty else {
      block = []
      return false
    }
    let first = rest.lowerBound + SortedParts.headerLength
    guard first <= rest.upperBound else { throw .damaged(file.path, "a part of it ends within a block") }
    try file.read(rest.lowerBound..<first, into: &block)
    let (length, checksum): (UInt32, UInt32) = (block.rawSpan.bigEndian(at: 0), block.rawSpan.bigEndian(at: 4))
    guard Int(length) <= rest.upperBound - first else {
      throw .damaged(file.path, "the block at byte \(rest.lowerBound) is longer than its part")
    }
    let end = first + Int(length)
    try file.read(first..<end, into: &block)
    guard CRC32C.checksum(block) == checksum else {
      throw .damaged(file.path, "the rows at byte \(first) are not what was written")
    }
    rest = end..<rest.upperBound
    return true
  }
}

// The row at which the reader stands. It is lent by calls that may change the reader, so that none copies it.
extension PartReader {
  /// Its table, and what its key begins with; nil where there is none.
  mutating func head() -> (table: Int, word: UInt64)? {
    guard let row else { return nil }
    return (row.table, block.rawSpan.extracting(row.key).leadingWord)
  }

  /// Whether its key comes before that of another one.
  func precedes(_ other: PartReader) -> Bool {
    guard let row, let otherRow = other.row else { return row != nil }
    return block.rawSpan.extracting(row.key).precedes(other.block.rawSpan.extracting(otherRow.key))
  }

  func hasKey(_ key: [UInt8]) -> Bool {
    guard let row else { return false }
    return block.rawSpan.extracting(row.key).holdsSameBytes(as: key.rawSpan)
  }

  mutating func copyKey(to key: inout [UInt8]) {
    key.removeAll(keepingCapacity: true)
    if let row { key.append(contentsOf: block.rawSpan.extracting(row.key)) }
  }

  /// Lends it as it stands in the part.
  mutating func lendRow<Failure: Error>(_ body: (_ row: RawSpan) throws(Failure) -> Void) throws(Failure) {
    guard let row else { preconditionFailure("there is a row") }
    try body(block.rawSpan.extracting(start..<row.end))
  }

  /// Lends its key, and its value: nil where it says that there is no row any more.
  mutating func lend<Failure: Error>(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    guard let row else { preconditionFailure("there is a row") }
    let key = block.rawSpan.extracting(row.key)
    if case .value(let value) = row.content {
      try body(row.table, key, block.rawSpan.extracting(value))
    } else {
      try body(row.table, key, nil)
    }
  }
}
