import Hashing
import LMDB
package import MerkleLog
import Primitives
import Rollup
package import SystemPackage

/// Builds a log from the static files of another, or lets one that was built so catch up.
///
/// Nothing is recorded that the checkpoint's signature does not vouch for: first all tiles are held against its root, then
/// each leaf against its tile and each payload against its leaf.
package struct TileMirror: Sendable {
  let directory: TileDirectory

  /// What the directory claims to hold, signed by all the keys that were asked for.
  package let checkpoint: Checkpoint

  /// - Parameter keys: all of them must have signed the checkpoint; one at least.
  package init(of path: FilePath, signedByAll keys: [VerifierKey]) throws(TilesError) {
    directory = TileDirectory(path)
    guard let checkpoint = try directory.checkpoint(signedByAll: keys) else { throw .missingCheckpoint(path) }
    self.checkpoint = checkpoint
  }

  /// Holds all tiles against the checkpoint. O(n) hashes; no payload is read.
  package func verifyTiles() throws(TilesError) {
    var tree = TileTree(directory, size: checkpoint.size)
    try tree.verify(root: checkpoint.root)
  }

  /// The first record, which says whose log it is; nil if there is none.
  package func firstRecord() throws(TilesError) -> StoredRecord? { try record(at: 0) }

  /// The record at a position, held against its leaf, and the leaf against its tile; nil if the directory ends before it.
  package func record(at position: UInt64) throws(TilesError) -> StoredRecord? {
    guard position < checkpoint.size else { return nil }
    let bundle = Tile.Content.entries.tile(holding: position, ofSize: checkpoint.size)
    return try records(in: bundle, from: position, upTo: position + 1).first
  }

  /// Records what the log does not have yet, up to the checkpoint. `verifyTiles` comes before.
  ///
  /// - Parameter progress: told after each bundle how many records the log has.
  /// - Returns: how many records are new.
  package func record(into log: EventLog, progress: (UInt64) -> Void = { _ in }) throws(TilesError) -> UInt64 {
    var tree = TileTree(directory, size: checkpoint.size)
    let head = try requireCommonPrefix(of: log, &tree)
    var recorder = Rerecorder(log)
    let width = UInt64(Tile.fullWidth)
    var next = head.size
    while next < checkpoint.size {
      let bundle = Tile.Content.entries.tile(holding: next, ofSize: checkpoint.size)
      for record in try records(in: bundle, from: next, upTo: checkpoint.size) { try recorder.take(record) }
      next = min((bundle.index + 1) * width, checkpoint.size)
      if recorder.isLarge || next == checkpoint.size {
        try recorder.flush()
        let root = try tree.root(ofSize: next)
        try recorder.require(size: next, root: root)
      }
      progress(next)
    }
    return next - head.size
  }
}

extension TileMirror {
  /// Throws `forked` unless one of the two is how the other begins. `verifyTiles` comes before.
  package func requireCommonPrefix(of log: EventLog) throws(TilesError) {
    var tree = TileTree(directory, size: checkpoint.size)
    _ = try requireCommonPrefix(of: log, &tree)
  }

  /// Throws unless one of the two is how the other begins. The log's head.
  private func requireCommonPrefix(of log: EventLog, _ tree: inout TileTree) throws(TilesError) -> Head {
    let (head, common, ours): (Head, UInt64, Hash256)
    do throws(ReadError) {
      head = try log.head()
      common = min(head.size, checkpoint.size)
      ours = try log.root(ofSize: common)
    } catch { throw .unreadable(error) }
    let theirs = try tree.root(ofSize: common)
    guard ours == theirs else { throw .forked(size: common, directory: theirs, log: ours) }
    return head
  }

  /// The records of a bundle from `first` on, each held against its leaf, and the leaf against its tile.
  private func records(in bundle: Tile, from first: UInt64, upTo end: UInt64) throws(TilesError) -> [StoredRecord] {
    let start = bundle.index * UInt64(Tile.fullWidth)
    let tile = Tile(.hashes(level: 0), index: bundle.index, width: bundle.width)
    let bytes = try directory.bytes(of: tile)
    let hashes: [Hash256]
    do throws(TileError) { hashes = try tile.hashes(bytes) } catch { throw .badFile(tile.path, "\(error)") }
    var records: [StoredRecord] = []
    for (place, leaf) in try directory.entries(bundle).enumerated() {
      let position = start + UInt64(place)
      guard position >= first, position < end else { continue }
      guard MerkleHash.leaf(leaf) == hashes[place] else {
        throw .badFile(bundle.path, "entry \(place) has another hash than its place in the tile")
      }
      let header: RecordHeader
      do throws(RecordError) { header = try RecordHeader(leaf: leaf.rawSpan) } catch {
        throw .badFile(bundle.path, "entry \(place): \(error)")
      }
      guard header.position.rawValue == position else {
        throw .badFile(bundle.path, "entry \(place) is of position \(header.position)")
      }
      records.append(StoredRecord(header: header, payload: try payload(of: header)))
    }
    return records
  }

  private func payload(of header: RecordHeader) throws(TilesError) -> [UInt8] {
    let name = TileDirectory.payloadPath(header.payloadHash)
    let payload: [UInt8]?
    do throws(LMDB.OpenError) {
      payload = try directory.read(name, limit: PayloadLayout.longestPayload)
    } catch { throw .files(error) }
    guard let payload else { throw .missingFile(name) }
    guard payload.count == Int(header.payloadLength), Keccak256.hash(payload) == header.payloadHash else {
      throw .badFile(name, "it is not the payload of record \(header.position)")
    }
    return payload
  }
}
