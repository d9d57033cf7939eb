package import Primitives
package import SystemPackage

/// What a snapshot file says of itself before its rows: whose they are, and of which logs they are the fold.
package struct SnapshotHeader: Equatable, Sendable {
  package let projection: String
  package let schemaVersion: UInt32

  /// Whether the rows can be read as they were after any L1 block.
  package let keepsHistory: Bool

  /// Where the rows stand. Its position is the size of the ledger of which they are the fold.
  package let cursor: ProjectionCursor

  /// Root of the RFC 6962 tree over so many records of the ledger.
  package let ledgerRoot: Hash256

  /// The same of the testimony; that of no records where the projection is not folded from it.
  package let testimonyRoot: Hash256

  /// At which version within an L1 block the history ends; empty where none is kept, and after blocks were taken back.
  let newestPoint: [UInt8]
}

extension SnapshotHeader {
  /// The bytes with which a file begins.
  static let magic = Array("varve projection snapshot 1\n".utf8)

  /// Bytes of a header at most: what a reader takes without knowing whether the file is one.
  static let limit = 4096

  func encode() -> [UInt8] {
    var writer = RLPWriter()
    writer.list { list in
      list.append(bytes: Array(projection.utf8))
      list.append(UInt64(schemaVersion))
      list.append(keepsHistory ? 1 : 0 as UInt64)
      list.append(bytes: cursor.row)
      list.append(ledgerRoot)
      list.append(testimonyRoot)
      list.append(bytes: newestPoint)
    }
    return writer.bytes
  }

  init(rlp bytes: RawSpan) throws(RLPError) {
    var outer = RLPReader(bytes)
    var list = try outer.readList()
    projection = String(decoding: try list.readBytes().bytes, as: UTF8.self)
    schemaVersion = UInt32(truncatingIfNeeded: try list.readUInt64())
    keepsHistory = try list.readUInt64() == 1
    guard let cursor = ProjectionCursor(row: try list.readBytes()) else {
      throw RLPError(offset: 0, reason: .invalidValue("a cursor"))
    }
    self.cursor = cursor
    ledgerRoot = try list.readHash256()
    testimonyRoot = try list.readHash256()
    newestPoint = try list.readBytes().bytes
    try list.finish()
    try outer.finish()
  }
}

extension SnapshotHeader {
  /// Reads the header of a file, and not the rows.
  package init(of path: FilePath) throws(ProjectionError) {
    let source = try SnapshotSource(path)
    self = source.header
  }
}

/// The last part of a snapshot file.
struct SnapshotEnd: Equatable {
  /// Rows before it.
  let rows: UInt64

  /// Of the projection's tables at the L1 block of the cursor; see `ProjectionDigest`.
  let digest: Hash256

  /// Of all bytes before it.
  let hash: Hash256
}

/// Which table a row of a snapshot is of: one of the projection's by its place, or one that the runtime keeps beside them.
enum SnapshotTable {
  static let history: UInt8 = 0xfd
  static let journal: UInt8 = 0xfe

  /// Ends the rows.
  static let end: UInt8 = 0xff
}
