import Hashing
import LMDB
import Primitives
import Projections
import SystemPackage

/// The rows of a build that its fold never reads, as they come: set aside until they can be written in the order of
/// their keys.
///
/// Each commit leaves a part: bytes of its rows (8), CRC-32C of these (4), the rows (`OldRow`; one that was removed has
/// no value). Integers are big-endian. How much of the file is committed, the version has in a row beside its cursor;
/// what stands behind that is of a commit that was never made, and is written over.
final class SpillFile {
  private let file: RowFile

  /// Whether the rows of a table go here, by its place.
  private var takesTable = [Bool](repeating: false, count: 256)

  /// Bytes that are committed.
  private(set) var byteCount: Int

  /// Rows of the commit that is being made.
  private var part: [UInt8] = []

  private static let headerLength = 12

  /// - Parameter byteCount: what the version says is committed.
  init(_ directory: FilePath, of tables: [ProjectionTable], byteCount: Int) throws(ProjectionError) {
    file = try RowFile(Self.path(in: directory))
    self.byteCount = byteCount
    for table in tables { takesTable[table.index] = true }
  }

  static func path(in directory: FilePath) -> FilePath { directory.appending("rows.spill") }

  var path: FilePath { file.path }

  func takes(_ table: Int) -> Bool { takesTable[table] }

  func beginPart() { part.removeAll(keepingCapacity: true) }

  /// Takes a row, or that there is none any more.
  func add(_ table: Int, _ key: RawSpan, _ value: RawSpan?) {
    OldRow.append(table, key, value, new: nil, to: &part)
  }

  /// What the version says once the part is committed: how many bytes count then.
  var row: [UInt8] {
    var row: [UInt8] = []
    row.append(bigEndian: UInt64(end))
    return row
  }

  private var end: Int { part.isEmpty ? byteCount : byteCount + Self.headerLength + part.count }

  /// Writes the part behind what is committed.
  func writePart() throws(ProjectionError) {
    if part.isEmpty { return }
    var header: [UInt8] = []
    header.append(bigEndian: UInt64(part.count))
    header.append(bigEndian: CRC32C.checksum(part))
    try file.write(header, at: byteCount)
    try file.write(part, at: byteCount + header.count)
  }

  func didCommit() {
    byteCount = end
    part.removeAll(keepingCapacity: true)
  }

  /// Lends what is committed, piece by piece: whole parts, as many as have `limit` bytes together, and one at least.
  ///
  /// - Throws: `damaged` when the file is shorter, or not what was written.
  func forEachPiece(
    upTo limit: Int, _ body: (_ rows: [UInt8]) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    var piece: [UInt8] = []
    var offset = 0
    while offset < byteCount {
      let (rows, checksum) = try nextPart(at: offset)
      if !piece.isEmpty, piece.count + rows.count > limit {
        try body(piece)
        piece.removeAll(keepingCapacity: true)
      }
      let start = piece.count
      try file.read(rows, to: &piece)
      guard CRC32C.checksum(piece.rawSpan.extracting(start..<piece.count)) == checksum else {
        throw .damaged(path, "the rows at byte \(rows.lowerBound) are not what was written")
      }
      offset = rows.upperBound
    }
    if !piece.isEmpty { try body(piece) }
  }

  /// Where the rows of the part stand that begins at `offset`, and their checksum.
  private func nextPart(at offset: Int) throws(ProjectionError) -> (rows: Range<Int>, checksum: UInt32) {
    var header: [UInt8] = []
    try file.read(offset..<offset + Self.headerLength, to: &header)
    let length = header.rawSpan.bigEndian(at: 0, as: UInt64.self)
    let start = offset + Self.headerLength
    guard start <= byteCount, length <= UInt64(byteCount - start) else {
      throw .damaged(path, "the part at byte \(offset) is longer than what was written")
    }
    return (start..<start + Int(length), header.rawSpan.bigEndian(at: 8))
  }
}
