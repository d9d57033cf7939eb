import Primitives
import Projections

/// The rows of a spill as runs, each of them in the order of tables and keys, one behind the other in a file.
///
/// A run has one row of a key, the newest that its piece of the spill has: so a row that comes from a later run is
/// newer.
struct SortedRuns {
  let file: RowFile
  private var runs: [Range<Int>] = []

  /// Of memory that all readers take together.
  private static let bufferBytes = 64 << 20
  private static let bufferLimits = 16 << 10...4 << 20

  /// Bytes that are written at a time.
  private static let writtenBytes = 1 << 20

  /// A row of a piece, with what settles most comparisons.
  private struct SortKey {
    let prefix: UInt64
    let offset: UInt32
    let table: UInt8
  }

  /// Writes to a file whose content goes.
  init(_ file: RowFile) { self.file = file }

  /// Adds the rows of a piece as a run. O(n log n). Throws when they are none.
  mutating func add(_ piece: [UInt8]) throws(ProjectionError) {
    let keys = try sorted(piece)
    let start = runs.last?.upperBound ?? 0
    var written = start
    var output: [UInt8] = []
    for (index, key) in keys.enumerated() {
      // What comes next was written later.
      if index + 1 < keys.count, Self.isSameKey(key, keys[index + 1], in: piece) { continue }
      let row = Self.row(at: key.offset, in: piece)
      output.append(contentsOf: piece.rawSpan.extracting(Int(key.offset)..<row.end))
      if output.count >= Self.writtenBytes {
        try file.write(output, at: written)
        written += output.count
        output.removeAll(keepingCapacity: true)
      }
    }
    try file.write(output, at: written)
    runs.append(start..<written + output.count)
  }

  private func sorted(_ piece: [UInt8]) throws(ProjectionError) -> [SortKey] {
    precondition(piece.count <= UInt32.max, "a piece fits in memory several times")
    var keys: [SortKey] = []
    var offset = 0
    while offset < piece.count {
      guard let row = OldRow(piece.rawSpan, at: offset) else { throw .damaged(file.path, "a row of the spill is none") }
      let prefix = piece.rawSpan.extracting(row.key).leadingWord
      keys.append(SortKey(prefix: prefix, offset: UInt32(offset), table: UInt8(row.table)))
      offset = row.end
    }
    keys.sort { left, right in
      if left.table != right.table { return left.table < right.table }
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      let (first, second) = (Self.row(at: left.offset, in: piece).key, Self.row(at: right.offset, in: piece).key)
      if piece.rawSpan.extracting(first).precedes(piece.rawSpan.extracting(second)) { return true }
      if piece.rawSpan.extracting(second).precedes(piece.rawSpan.extracting(first)) { return false }
      return left.offset < right.offset
    }
    return keys
  }

  private static func isSameKey(_ left: SortKey, _ right: SortKey, in piece: [UInt8]) -> Bool {
    guard left.table == right.table, left.prefix == right.prefix else { return false }
    let (first, second) = (row(at: left.offset, in: piece).key, row(at: right.offset, in: piece).key)
    return piece.rawSpan.extracting(first).holdsSameBytes(as: piece.rawSpan.extracting(second))
  }

  /// A row that was found before.
  private static func row(at offset: UInt32, in piece: [UInt8]) -> OldRow {
    guard let row = OldRow(piece.rawSpan, at: Int(offset)) else { preconditionFailure("a row stays what it is") }
    return row
  }

  /// Lends the rows of all runs in the order of tables and keys, and of each key the newest first: a value, or nil
  /// where it says that there is no row any more. O(n log runs).
  func forEachRow(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    let bytes = Self.bufferBytes / max(runs.count, 1)
    let limits = Self.bufferLimits
    var merge = try RunMerge(
      runs.map { RunReader(file, $0, bufferBytes: min(max(bytes, limits.lowerBound), limits.upperBound)) })
    try merge.forEachRow(body)
  }
}

/// Reads a run from front to end.
private struct RunReader {
  private let file: RowFile
  private let bufferBytes: Int

  /// What of the run has not been read.
  private var rest: Range<Int>
  private(set) var buffer: [UInt8] = []

  /// The row at which the reader stands, in the buffer; nil before the first and behind the last.
  private(set) var row: OldRow?

  init(_ file: RowFile, _ run: Range<Int>, bufferBytes: Int) {
    self.file = file
    self.bufferBytes = bufferBytes
    rest = run
  }

  /// Goes to the next row. False when there is none.
  mutating func advance() throws(ProjectionError) -> Bool {
    let end = row?.end ?? 0
    row = OldRow(buffer.rawSpan, at: end)
    if row != nil { return true }
    buffer.removeFirst(end)
    while row == nil, !rest.isEmpty {
      let next = rest.prefix(bufferBytes)
      try file.read(next, to: &buffer)
      rest = next.upperBound..<rest.upperBound
      row = OldRow(buffer.rawSpan, at: 0)
    }
    guard row != nil || buffer.isEmpty else { throw .damaged(file.path, "it ends within a row") }
    return row != nil
  }

  func prefix(of row: OldRow) -> UInt64 { buffer.rawSpan.extracting(row.key).leadingWord }

  /// Lends the row at which the reader stands.
  func lend(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    guard let row else { return }
    let key = buffer.rawSpan.extracting(row.key)
    switch row.content {
    case .absent: try body(row.table, key, nil)
    case .value(let value): try body(row.table, key, buffer.rawSpan.extracting(value))
    case .patch: throw .damaged(file.path, "a row is not whole")
    }
  }
}

/// Brings runs together: a heap of those that have a row left, the one on top whose row is next.
private struct RunMerge {
  private struct Head {
    let table: Int
    let prefix: UInt64
    let run: Int
  }

  private var readers: [RunReader]
  private var heap: [Head] = []

  init(_ readers: [RunReader]) throws(ProjectionError) {
    self.readers = readers
    for run in readers.indices {
      if try self.readers[run].advance() { heap.append(head(of: run)) }
    }
    for index in heap.indices.reversed() { sink(index) }
  }

  mutating func forEachRow(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    while let top = heap.first {
      try readers[top.run].lend(body)
      if try readers[top.run].advance() {
        heap[0] = head(of: top.run)
      } else {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
      }
      sink(0)
    }
  }

  private func head(of run: Int) -> Head {
    guard let row = readers[run].row else { preconditionFailure("only a run with a row is in the heap") }
    return Head(table: row.table, prefix: readers[run].prefix(of: row), run: run)
  }

  /// Lets an entry sink to where none below comes before it.
  private mutating func sink(_ start: Int) {
    var index = start
    while 2 * index + 1 < heap.count {
      var child = 2 * index + 1
      if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
      guard precedes(heap[child], heap[index]) else { return }
      heap.swapAt(child, index)
      index = child
    }
  }

  private func precedes(_ left: Head, _ right: Head) -> Bool {
    if left.table != right.table { return left.table < right.table }
    if left.prefix != right.prefix { return left.prefix < right.prefix }
    let (one, other) = (readers[left.run], readers[right.run])
    guard let first = one.row?.key, let second = other.row?.key else { return left.run > right.run }
    let (bytes, others) = (one.buffer, other.buffer)
    if bytes.rawSpan.extracting(first).precedes(others.rawSpan.extracting(second)) { return true }
    if others.rawSpan.extracting(second).precedes(bytes.rawSpan.extracting(first)) { return false }
    return left.run > right.run
  }
}
