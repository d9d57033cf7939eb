import LMDB
import Primitives
import Projections
import SystemPackage

/// The rows of a build that its fold never reads: set aside until they can be written in the order of their keys.
///
/// Each commit leaves its rows as a part of the file. How much of it is committed, the version has in a row beside its
/// cursor; what stands behind that is of a commit that was never made, and is written over.
final class SpillFile {
  private let file: RowFile

  /// Bytes that are committed.
  private(set) var byteCount: Int

  /// Bytes that are written.
  private var end: Int

  /// - Parameter byteCount: what the version says is committed.
  init(_ directory: FilePath, byteCount: Int) throws(ProjectionError) {
    file = try RowFile(Self.path(in: directory))
    self.byteCount = byteCount
    end = byteCount
  }

  static func path(in directory: FilePath) -> FilePath { directory.appending("rows.spill") }

  /// Writes the rows that a batch has set aside behind what is committed.
  func write(_ batch: WriteBatch) throws(ProjectionError) {
    var part = PartWriter(file, at: byteCount)
    try batch.forEachUnreadRow { row throws(ProjectionError) in try part.add(row) }
    end = try part.finish()
  }

  /// What the version says once the part is committed: how many bytes count then.
  var row: [UInt8] {
    var row: [UInt8] = []
    row.append(bigEndian: UInt64(end))
    return row
  }

  func didCommit() { byteCount = end }

  /// What is committed.
  ///
  /// - Throws: `damaged` when the file is shorter, or not what was written.
  func parts() throws(ProjectionError) -> SortedParts { try SortedParts(file, byteCount: byteCount) }
}
