import LMDB
package import MerkleLog
import Primitives
import Rollup
package import SystemPackage

/// Writes a log as static files, or adds what is new to such a directory.
///
/// The checkpoint is written last, once all that it needs is durable. A run that is cut short leaves the old one, and the
/// next run writes everything behind it again.
package struct TileExport {
  private let log: EventLog
  private let directory: TileDirectory
  private var directories: Set<String> = []

  /// What an export did.
  package struct Report: Sendable {
    /// The checkpoint that stands in the directory now.
    package let checkpoint: Checkpoint

    /// How many records the directory had before.
    package let oldSize: UInt64

    /// How many tiles and bundles were written.
    package let tiles: UInt64
  }

  /// Exports what the log has now.
  ///
  /// - Parameter progress: told after each bundle how many records are written.
  /// - Throws: `forked` or `ahead`, and changes nothing, if what the directory has is not how this log begins.
  /// - Complexity: O(what is new): one file for each payload, two for 256 records.
  package static func run(
    _ log: EventLog, signer: LogSigner, to path: FilePath, progress: (UInt64) -> Void = { _ in }
  ) throws(TilesError) -> Report {
    var export = TileExport(log: log, directory: TileDirectory(path))
    return try export.run(signer, progress)
  }

  private init(log: EventLog, directory: TileDirectory) {
    self.log = log
    self.directory = directory
  }

  private mutating func run(_ signer: LogSigner, _ progress: (UInt64) -> Void) throws(TilesError) -> Report {
    let oldSize = try oldSize(signer.verifierKey)
    let note: SignedNote
    do throws(SignerError) { note = try signer.checkpoint(of: log) } catch { throw .signer(error) }
    let checkpoint: Checkpoint
    do throws(NoteError) {
      checkpoint = try note.checkpoint(signedByAll: [signer.verifierKey])
    } catch { throw .signer(.note(error)) }
    var count: UInt64 = 0
    try directory.durably { () throws(TilesError) in
      for row in TileRow.added(from: oldSize, to: checkpoint.size) {
        try row.forEach { (tile: Tile) throws(TilesError) in
          try write(tile, oldSize: oldSize)
          count += 1
          if tile.content == .entries { progress(tile.index * UInt64(Tile.fullWidth) + UInt64(tile.width)) }
        }
      }
    }
    do throws(LMDB.OpenError) {
      try Files.replace(
        directory.path.appending(TileDirectory.checkpointName), with: [UInt8](note.encoded.utf8))
    } catch { throw .files(error) }
    return Report(checkpoint: checkpoint, oldSize: oldSize, tiles: count)
  }

  /// How many records the directory has already, once they are found to be this log's.
  private func oldSize(_ key: VerifierKey) throws(TilesError) -> UInt64 {
    guard let old = try directory.checkpoint(signedByAll: [key]) else { return 0 }
    let root: Hash256
    do throws(ReadError) { root = try log.root(ofSize: old.size) } catch {
      if case .beyondHead(_, let size) = error { throw .ahead(directory: old.size, log: size) }
      throw .unreadable(error)
    }
    guard root == old.root else { throw .forked(size: old.size, directory: old.root, log: root) }
    return old.size
  }

  private mutating func write(_ tile: Tile, oldSize: UInt64) throws(TilesError) {
    let bytes: [UInt8]
    switch tile.content {
    case .entries: bytes = try bundle(tile, oldSize: oldSize)
    case .hashes(let level):
      let first = tile.index * UInt64(Tile.fullWidth)
      let end = first + UInt64(tile.width)
      let height = level * Tile.height
      do throws(ReadError) {
        bytes = try log.readTree(upTo: end << UInt64(height)) {
          (transaction: borrowing ReadTransaction) throws(ReadError) in
          var hashes: [Hash256] = []
          for index in first..<end {
            hashes.append(try transaction.subtreeHash(level: height, index: index, in: log.tables))
          }
          return Tile.encode(hashes: hashes)
        }
      } catch { throw .unreadable(error) }
    }
    try write(tile.path) { _ = try $0.writeAll(bytes) }
  }

  /// The leaves of a bundle; the payloads that the directory does not have yet are written on the way.
  private mutating func bundle(_ tile: Tile, oldSize: UInt64) throws(TilesError) -> [UInt8] {
    let first = tile.index * UInt64(Tile.fullWidth)
    var entries: [[UInt8]] = []
    try log.read(Position(first)..<Position(first + UInt64(tile.width))) {
      (view: borrowing RecordView) throws(TilesError) in
      let leaf: [UInt8]
      do throws(ReadError) {
        let bytes = try view.header.leafBytes
        leaf = unsafe bytes.span.bytes.bytes
      } catch { throw .unreadable(error) }
      entries.append(leaf)
      guard view.position.rawValue >= oldSize else { return }
      try writePayload(of: view)
    }
    return Tile.encode(entries: entries)
  }

  private mutating func writePayload(of view: borrowing RecordView) throws(TilesError) {
    let payload = view.payload
    try write(TileDirectory.payloadPath(view.payloadHash)) { _ = try $0.writeAll(payload) }
  }

  /// Writes a file, and makes the directories above it.
  private mutating func write(_ name: String, _ body: (FileDescriptor) throws -> Void) throws(TilesError) {
    do throws(LMDB.OpenError) {
      let parent = directory.path.pushing(FilePath(name)).removingLastComponent()
      if directories.insert(parent.string).inserted { try Files.createDirectory(parent) }
      try directory.write(name, body)
    } catch { throw .files(error) }
  }
}

extension TileDirectory {
  /// The directory's checkpoint, once all of `keys` are found to have signed it; nil if there is none.
  package func checkpoint(signedByAll keys: [VerifierKey]) throws(TilesError) -> Checkpoint? {
    let file = path.appending(Self.checkpointName)
    let bytes: [UInt8]?
    do throws(LMDB.OpenError) {
      bytes = try read(Self.checkpointName, limit: SignedNote.byteLimit)
    } catch { throw .files(error) }
    guard let bytes else { return nil }
    do throws(NoteError) {
      return try SignedNote(bytes).checkpoint(signedByAll: keys)
    } catch { throw .badCheckpoint(file, error) }
  }
}
