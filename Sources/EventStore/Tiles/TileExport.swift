import Hashing
import LMDB
package import MerkleLog
import Primitives
import Rollup
package import SystemPackage

/// Writes a log as static files, or adds what is new to such a directory.
///
/// The checkpoint is written last, once all that it needs is durable. A run that is cut short leaves the old one, and the
/// next run writes everything behind it again. What is before it is not looked at, except in a repair.
///
/// Nothing is written that the checkpoint's root does not vouch for, be the log damaged or not: the hashes of the upper
/// levels are held against those above them, from the root down, and then each bundle's leaves, and each payload against its
/// leaf.
package struct TileExport {
  private let log: EventLog
  private let directory: TileDirectory
  private let isRepair: Bool
  private var directories: Set<String> = []

  /// What the directory had before; in a repair, whatever of that is not as it must be is mended.
  private var present = Present.nothing
  private var mended: [String] = []

  /// Payloads that this run has written or looked at last: many records can have the same.
  private var recent: Set<Hash256> = []

  private static let recentLimit = 1 << 16

  /// A directory's checkpoint, as an export finds it.
  private enum Present {
    case nothing
    /// One that cannot be read, or is not signed as it says.
    case damaged
    case checkpoint(Checkpoint, SignedNote)
  }

  /// What an export did.
  package struct Report: Sendable {
    /// The checkpoint that stands in the directory now.
    package let checkpoint: Checkpoint

    /// How many signatures it has.
    package let signatures: Int

    /// How many records the directory had before; in a repair of one whose checkpoint is damaged, all; without a checkpoint
    /// none, whatever is there.
    package let oldSize: UInt64

    /// Whether there was a checkpoint.
    package let hadCheckpoint: Bool

    /// How many tiles and bundles were written.
    package let tiles: UInt64

    /// The files that a repair found missing or damaged, and wrote anew. What was missing counts if a checkpoint said that it
    /// had to be there.
    package let mended: [String]
  }

  /// Exports what the log has now.
  ///
  /// If the checkpoint in the directory is of the size and root that the log has, it stays, with all signatures that it has.
  ///
  /// - Parameters:
  ///   - isRepair: whether what was exported before is looked at too: each file is held against the log, and written anew
  ///     if it is not as it must be. Nothing in the directory is trusted then but the log's name in its checkpoint. One
  ///     that is damaged is kept as `checkpoint.damaged`, or with a number behind that.
  ///   - progress: told after each bundle how many records are done.
  /// - Throws: `forked` or `ahead`, and changes nothing, if what the directory has is not how this log begins;
  ///   `badCheckpoint` likewise, if its checkpoint is signed by another log, or damaged and this is no repair;
  ///   `namelessCheckpoint` in a repair, if it is damaged and does not say whose it is.
  /// - Complexity: O(what is new), in a repair O(all): one file for each payload, two for 256 records.
  package static func run(
    _ log: EventLog, signer: LogSigner, to path: FilePath, isRepair: Bool = false,
    progress: (UInt64) -> Void = { _ in }
  ) throws(TilesError) -> Report {
    var export = TileExport(log: log, directory: TileDirectory(path), isRepair: isRepair)
    return try export.run(signer, progress)
  }

  private init(log: EventLog, directory: TileDirectory, isRepair: Bool) {
    self.log = log
    self.directory = directory
    self.isRepair = isRepair
  }

  private mutating func run(_ signer: LogSigner, _ progress: (UInt64) -> Void) throws(TilesError) -> Report {
    present = try lookUp(signer.verifierKey)
    let note: SignedNote
    do throws(SignerError) { note = try signer.checkpoint(of: log) } catch { throw .signer(error) }
    let checkpoint: Checkpoint
    do throws(NoteError) {
      checkpoint = try note.checkpoint(signedByAll: [signer.verifierKey])
    } catch { throw .signer(.note(error)) }
    let oldSize = oldSize(upTo: checkpoint.size)
    var count: UInt64 = 0
    try directory.durably { () throws(TilesError) in
      for row in Self.downward(TileRow.added(from: isRepair ? 0 : oldSize, to: checkpoint.size)) {
        try row.forEach { (tile: Tile) throws(TilesError) in
          if try write(tile, oldSize: oldSize) { count += 1 }
          if tile.content == .entries { progress(tile.index * UInt64(Tile.fullWidth) + UInt64(tile.width)) }
        }
      }
    }
    let signatures = try publish(note)
    let hadCheckpoint = if case .nothing = present { false } else { true }
    return Report(
      checkpoint: checkpoint, signatures: signatures, oldSize: oldSize, hadCheckpoint: hadCheckpoint, tiles: count,
      mended: mended)
  }

  /// The order in which each row is held against what was found to be right before: the levels above the leaves' from the top
  /// down, then the bundles, then the leaves' hashes.
  private static func downward(_ rows: [TileRow]) -> [TileRow] {
    let lowest: [Tile.Content] = [.entries, .hashes(level: 0)]
    return rows.filter { !lowest.contains($0.content) }.reversed() + rows.filter { lowest.contains($0.content) }
  }

  /// Up to which size the directory had, or should have had, a log's files.
  private func oldSize(upTo size: UInt64) -> UInt64 {
    switch present {
    case .nothing: 0
    case .damaged: size
    case .checkpoint(let checkpoint, _): checkpoint.size
    }
  }

  /// Looks at the directory's checkpoint, and throws unless it is of this log.
  private func lookUp(_ key: VerifierKey) throws(TilesError) -> Present {
    let note: SignedNote
    do throws(TilesError) {
      guard let found = try directory.note() else { return .nothing }
      note = found
    } catch {
      guard isRepair, case .badCheckpoint(let path, _) = error else { throw error }
      // What can still be read of it has to have the log's name, or that of its key, which is the same.
      let bytes = (try? directory.read(TileDirectory.checkpointName, limit: SignedNote.byteLimit)) ?? []
      guard bytes.contains(Array(key.name.utf8)) else { throw .namelessCheckpoint(path) }
      return .damaged
    }
    let checkpoint: Checkpoint
    do throws(TilesError) { checkpoint = try directory.checkpoint(note, signedByAll: [key]) } catch {
      // Without the log's signature it is this log's all the same if it says so; else it may be another's.
      let isNamed = (try? Checkpoint(text: note.text))?.origin == key.name
      guard isRepair, isNamed || note.signatures.contains(where: { $0.isNamed(after: key) }) else { throw error }
      return .damaged
    }
    let root: Hash256
    do throws(ReadError) { root = try log.root(ofSize: checkpoint.size) } catch {
      if case .beyondHead(_, let size) = error { throw .ahead(directory: checkpoint.size, log: size) }
      throw .unreadable(error)
    }
    guard root == checkpoint.root else { throw .forked(size: checkpoint.size, directory: checkpoint.root, log: root) }
    return .checkpoint(checkpoint, note)
  }

  /// Puts the checkpoint in place, with the signatures that the directory's own has of the same text, and gives back how
  /// many it has.
  private mutating func publish(_ note: SignedNote) throws(TilesError) -> Int {
    var note = note
    if case .checkpoint(_, let present) = present, present.text == note.text {
      let missing = note.signatures.filter { !present.signatures.contains($0) }
      note = present
      do throws(NoteError) { for signature in missing { try note.add(signature) } } catch {
        throw .signer(.note(error))
      }
      if missing.isEmpty { return note.signatures.count }
    }
    let path = directory.path.appending(TileDirectory.checkpointName)
    do throws(LMDB.OpenError) {
      if case .damaged = present {
        mended.append(TileDirectory.checkpointName)
        let kept = directory.path.appending(TileDirectory.damagedCheckpointName).string
        var number = 1
        while try !Files.link(path, as: FilePath(number == 1 ? kept : "\(kept)-\(number)")) { number += 1 }
      }
      try Files.replace(
        path, with: [UInt8](note.encoded.utf8), permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .files(error) }
    return note.signatures.count
  }
}

extension TileExport {
  /// Writes a tile, unless a repair finds it as it must be. Whether it was written.
  private mutating func write(_ tile: Tile, oldSize: UInt64) throws(TilesError) -> Bool {
    let first = tile.index * UInt64(Tile.fullWidth)
    let end = first + UInt64(tile.width)
    let bytes: [UInt8]
    switch tile.content {
    case .entries: bytes = try bundle(first..<end, oldSize: oldSize)
    case .hashes(let level):
      do throws(ReadError) {
        bytes = try log.readTree(upTo: end << UInt64(level * Tile.height)) {
          (transaction: borrowing ReadTransaction, head: Head) throws(ReadError) in
          var hashes: [Hash256] = []
          for index in first..<end {
            hashes.append(try transaction.subtreeHash(level: level * Tile.height, index: index, in: log.tables))
          }
          try transaction.require(hashes, of: tile, at: level, under: head, in: log.tables)
          return Tile.encode(hashes: hashes)
        }
      } catch { throw .unreadable(error) }
    }
    return try write(bytes, tile.path, isOld: end <= tile.content.count(ofSize: oldSize))
  }

  /// The leaves of a bundle, which the tree vouches for; the payloads that the directory does not have yet are written then.
  private mutating func bundle(_ positions: Range<UInt64>, oldSize: UInt64) throws(TilesError) -> [UInt8] {
    let records = Position(positions.lowerBound)..<Position(positions.upperBound)
    var entries: [[UInt8]] = []
    try log.read(records) { (view: borrowing RecordView) throws(TilesError) in
      let leaf: [UInt8]
      do throws(ReadError) {
        let bytes = try view.header.leafBytes
        leaf = unsafe bytes.span.bytes.bytes
      } catch { throw .unreadable(error) }
      entries.append(leaf)
    }
    let hashes = entries.map { MerkleHash.leaf($0) }
    let (index, width) = (positions.lowerBound / UInt64(Tile.fullWidth), entries.count)
    do throws(ReadError) {
      try log.readTree(upTo: positions.upperBound) {
        (transaction: borrowing ReadTransaction, head: Head) throws(ReadError) in
        let tile = Tile(.hashes(level: 0), index: index, width: width)
        try transaction.require(hashes, of: tile, at: 0, under: head, in: log.tables)
      }
    } catch { throw .unreadable(error) }
    try log.read(records) { (view: borrowing RecordView) throws(TilesError) in
      let isOld = view.position.rawValue < oldSize
      guard isRepair || !isOld, recent.insert(view.payloadHash).inserted else { return }
      if recent.count > Self.recentLimit { recent = [] }
      let payload = view.payload
      guard Keccak256.hash(payload) == view.payloadHash else {
        throw .unreadable(.damaged(Damage(.payloadHash, of: view, at: view.position.rawValue)))
      }
      _ = try write(payload, TileDirectory.payloadPath(view.payloadHash), isOld: isOld)
    }
    return Tile.encode(entries: entries)
  }

  /// Writes a file, and makes the directories above it; not in a repair that finds it as it must be. Whether it was written.
  private mutating func write(_ bytes: [UInt8], _ name: String, isOld: Bool) throws(TilesError) -> Bool {
    if isRepair, directory.holds(bytes, name) { return false }
    do throws(LMDB.OpenError) {
      if isRepair {
        let isThere = try Files.status(directory.path.pushing(FilePath(name))) != nil
        if isOld || isThere { mended.append(name) }
      }
      let parent = directory.path.pushing(FilePath(name)).removingLastComponent()
      if directories.insert(parent.string).inserted { try Files.createDirectory(parent) }
      try directory.write(name) { _ = try $0.writeAll(bytes) }
    } catch { throw .files(error) }
    return true
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// Throws unless the log's own hash above a tile of hashes, or above each part of it at the edge, is that of `hashes`: one
  /// that is not would spoil a tile, or a bundle, that was exported before.
  fileprivate func require(
    _ hashes: [Hash256], of tile: Tile, at level: Int, under head: Head, in tables: EventLog.Tables
  ) throws(ReadError) {
    for subtree in tile.subtrees(over: hashes) {
      let above = level * Tile.height + subtree.level
      guard try subtreeHash(level: above, index: subtree.index, in: tables) == subtree.hash else {
        // Which of two stored hashes is another, they do not say; of leaves' hashes the one above is right by now.
        throw .damaged(
          Damage(level > 0 ? .treePath(size: head.size) : .treeHash(level: above, index: subtree.index)))
      }
    }
  }
}

extension TileDirectory {
  /// The directory's checkpoint with its signatures, none of which is checked; nil if there is none.
  func note() throws(TilesError) -> SignedNote? {
    let bytes: [UInt8]?
    do throws(TilesError) { bytes = try read(Self.checkpointName, limit: SignedNote.byteLimit) } catch {
      guard case .badFile(_, let what) = error else { throw error }
      throw .badCheckpoint(path.appending(Self.checkpointName), .malformed(what))
    }
    guard let bytes else { return nil }
    do throws(NoteError) { return try SignedNote(bytes) } catch {
      throw .badCheckpoint(path.appending(Self.checkpointName), error)
    }
  }

  /// What the directory's note says, once all of `keys` are found to have signed it.
  func checkpoint(_ note: SignedNote, signedByAll keys: [VerifierKey]) throws(TilesError) -> Checkpoint {
    do throws(NoteError) { return try note.checkpoint(signedByAll: keys) } catch {
      throw .badCheckpoint(path.appending(Self.checkpointName), error)
    }
  }
}
