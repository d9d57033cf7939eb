import Hashing
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

  /// What the directory claims to hold: signed by all the keys that were asked for.
  package let checkpoint: Checkpoint

  /// - Parameter keys: all of them must have signed the checkpoint; one at least.
  package init(of path: FilePath, signedByAll keys: [VerifierKey]) throws(TilesError) {
    directory = TileDirectory(path)
    guard let note = try directory.note() else { throw .missingCheckpoint(path) }
    checkpoint = try directory.checkpoint(note, signedByAll: keys)
  }

  /// Takes the checkpoint as it stands, whoever has signed it: the directory is then held against itself alone.
  package init(unsigned path: FilePath) throws(TilesError) {
    directory = TileDirectory(path)
    guard let note = try directory.note() else { throw .missingCheckpoint(path) }
    do throws(NoteError) { checkpoint = try Checkpoint(text: note.text) } catch {
      throw .badCheckpoint(path.appending(TileDirectory.checkpointName), error)
    }
  }

  /// The tree of the tiles, as large as the checkpoint says. What it gives is what the checkpoint's root vouches for.
  var tiles: TileTree { TileTree(directory, checkpoint) }

  /// Holds all tiles against the checkpoint. O(n) hashes; no payload is read.
  package func verifyTiles() throws(TilesError) {
    var tree = tiles
    try tree.verify()
  }

  /// The first record, which says whose log it is; nil if there is none.
  package func firstRecord() throws(TilesError) -> StoredRecord? { try record(at: 0) }

  /// The record at a position, held against its leaf, and the leaf against the checkpoint; nil if the directory ends before
  /// it. O(log n) tiles.
  package func record(at position: UInt64) throws(TilesError) -> StoredRecord? {
    guard position < checkpoint.size else { return nil }
    let bundle = Tile.Content.entries.tile(holding: position, ofSize: checkpoint.size)
    var tree = tiles
    guard let header = try headers(in: bundle, from: position, upTo: position + 1, &tree).first else { return nil }
    return StoredRecord(header: header, payload: try payload(of: header))
  }

  /// Records what the log does not have yet, up to the checkpoint. `verifyTiles` comes before.
  ///
  /// - Parameter progress: told after each bundle how many records the log has.
  /// - Returns: how many records are new.
  /// - Throws: `forked` or `older`, before anything is recorded, if the checkpoint's tree is not one that the log's begins.
  package func record(into log: EventLog, progress: (UInt64) -> Void = { _ in }) throws(TilesError) -> UInt64 {
    var tree = tiles
    let head = try requireCommonPrefix(of: log, &tree)
    guard head.size <= checkpoint.size else { throw .older(directory: checkpoint.size, mirror: head.size) }
    var recorder = Rerecorder(log)
    var next = head.size
    while next < checkpoint.size {
      let bundle = Tile.Content.entries.tile(holding: next, ofSize: checkpoint.size)
      for header in try headers(in: bundle, from: next, upTo: checkpoint.size, &tree) {
        try recorder.take(StoredRecord(header: header, payload: try payload(of: header)))
        next += 1
        guard recorder.isLarge || next == checkpoint.size else { continue }
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
    var tree = tiles
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

  /// What the leaves of a bundle say from `first` on, each held against its place in its tile.
  private func headers(
    in bundle: Tile, from first: UInt64, upTo end: UInt64, _ tree: inout TileTree
  ) throws(TilesError) -> [RecordHeader] {
    let start = bundle.index * UInt64(Tile.fullWidth)
    let hashes = try tree.hashes(Tile(.hashes(level: 0), index: bundle.index, width: bundle.width), level: 0)
    var headers: [RecordHeader] = []
    for (place, leaf) in try directory.entries(bundle).enumerated() {
      let position = start + UInt64(place)
      guard position >= first, position < end else { continue }
      guard MerkleHash.leaf(leaf) == hashes[place] else {
        throw .badFile(directory.file(of: bundle), "entry \(place) has another hash than its place in the tile")
      }
      let header: RecordHeader
      do throws(RecordError) { header = try RecordHeader(leaf: leaf.rawSpan) } catch {
        throw .badFile(directory.file(of: bundle), "entry \(place): \(error)")
      }
      guard header.position.rawValue == position else {
        throw .badFile(directory.file(of: bundle), "entry \(place) is of position \(header.position)")
      }
      headers.append(header)
    }
    return headers
  }

  private func payload(of header: RecordHeader) throws(TilesError) -> [UInt8] {
    let name = TileDirectory.payloadPath(header.payloadHash)
    // What the leaf says is vouched for, and may be more than a record can have all the same.
    let limit = min(Int(header.payloadLength), PayloadLayout.longestPayload)
    guard let payload = try directory.read(name, limit: limit) else { throw .missingFile(name) }
    guard payload.count == Int(header.payloadLength), Keccak256.hash(payload) == header.payloadHash else {
      throw .badFile(name, "it is not the payload of record \(header.position)")
    }
    return payload
  }
}
