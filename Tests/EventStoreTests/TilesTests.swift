import EventStore
import Foundation
import Hashing
import LMDB
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Export and mirror")
struct TilesTests {
  @Test("a log that is exported and mirrored has the same records, indexes and root, whatever it holds")
  func roundTrip() throws {
    try withExport { log, signer, tiles in
      try fillWithEverything(log)
      let report = try TileExport.run(log, signer: signer, to: tiles)
      #expect(report.checkpoint.root == (try log.head().root))
      try withLog { copy, _ in
        let mirror = try TileMirror(of: tiles, signedByAll: [signer.verifierKey])
        try mirror.verifyTiles()
        #expect(try mirror.record(into: copy) == log.head().size)
        #expect(try copy.all() == log.all())
        #expect(try copy.all(.canonical) == log.all(.canonical))
        #expect(try copy.newestBlock()?.id == log.newestBlock()?.id)
      }
    }
  }

  @Test("the tiles in the directory are those that the checkpoint's size asks for, and hold the log's own hashes")
  func files() throws {
    try withExport { log, signer, tiles in
      try log.fill(600)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let leaves = try (0..<600).map { try log.leafHash(at: Position(UInt64($0))) }
      var found: Set<String> = []
      for name in try #require(FileManager.default.enumerator(atPath: tiles.string)) {
        if let name = name as? String, name.hasPrefix("tile/"), Tile(path: name) != nil { found.insert(name) }
      }
      var expected: Set<String> = []
      for row in TileRow.added(to: 600) {
        try row.forEach { (tile: Tile) throws in
          expected.insert(tile.path)
          guard case .hashes(let level) = tile.content else { return }
          let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: tiles.appending(tile.path).string)))
          let width = 1 << (8 * level)
          let hashes = (0..<tile.width).map { place in
            let first = (Int(tile.index) * 256 + place) * width
            return MerkleTree.root(ofLeaves: leaves[first..<first + width])
          }
          #expect(bytes == Tile.encode(hashes: hashes), "\(tile.path)")
        }
      }
      #expect(found == expected)
    }
  }

  @Test("an export goes on where it stopped, and a mirror with it")
  func incremental() throws {
    try withExport { log, signer, tiles in
      try withLog { copy, _ in
        for count in [1, 7, 247, 1, 300, 256] {
          try log.fill(count)
          let report = try TileExport.run(log, signer: signer, to: tiles)
          #expect(report.checkpoint.size == (try log.head().size))
          let mirror = try TileMirror(of: tiles, signedByAll: [signer.verifierKey])
          try mirror.verifyTiles()
          #expect(try mirror.record(into: copy) == UInt64(count))
          #expect(try copy.head().root == log.head().root)
        }
        let again = try TileExport.run(log, signer: signer, to: tiles)
        #expect(again.tiles == 0 && again.oldSize == again.checkpoint.size)
      }
    }
  }

  @Test("a payload that many records have is one file, whenever they came, and the mirror is the log all the same")
  func repeatedPayloads() throws {
    try withExport { log, signer, tiles in
      func payloads() throws -> Int { try contents(tiles).keys.count { $0.hasPrefix("payload/") } }
      try log.append((0..<3).map { _ in plain([7]) })
      _ = try TileExport.run(log, signer: signer, to: tiles)
      #expect(try payloads() == 1)
      try log.append([plain([7]), plain([8])])
      _ = try TileExport.run(log, signer: signer, to: tiles)
      #expect(try payloads() == 2)
      #expect(mirrorComplaint(tiles, signer.verifierKey, original: log) == nil)
      try withLog { copy, _ in
        _ = try TileMirror(of: tiles, signedByAll: [signer.verifierKey]).record(into: copy)
        #expect(try copy.head().root == log.head().root)
      }
    }
  }

  @Test("partial tiles that were removed once they were full are cut out of those, which are named if they are damaged")
  func removedPartialTiles() throws {
    try withExport { log, signer, tiles in
      let checkpoint = URL(fileURLWithPath: tiles.appending("checkpoint").string)
      try log.fill(300)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let early = try Data(contentsOf: checkpoint)
      try log.fill(300)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      for name in ["tile/0/001.p/44", "tile/entries/001.p/44"] {
        try FileManager.default.removeItem(atPath: tiles.appending(name).string)
      }
      try early.write(to: checkpoint)
      let mirror = try TileMirror(of: tiles, signedByAll: [signer.verifierKey])
      try mirror.verifyTiles()
      try withLog { copy, _ in
        let count = try mirror.record(into: copy)
        #expect(count == 300)
        #expect(try copy.head().root == log.root(ofSize: 300))
      }
      // Within the first 44 of each; and so short that not even these are in it.
      for name in ["tile/0/001", "tile/entries/001"] {
        let url = URL(fileURLWithPath: tiles.appending(name).string)
        let whole = try Data(contentsOf: url)
        var changed = whole
        changed[20 * whole.count / 256 + 9] ^= 1
        for damaged in [changed, whole.prefix(40 * whole.count / 256)] {
          try damaged.write(to: url)
          let complaint = mirrorComplaint(tiles, signer.verifierKey, original: log)
          #expect(complaint?.hasPrefix("\(name) is not what") == true, "\(complaint ?? "accepted")")
        }
        try whole.write(to: url)
      }
      // Behind them nothing is looked at.
      let tile = URL(fileURLWithPath: tiles.appending("tile/0/001").string)
      var bytes = try Data(contentsOf: tile)
      bytes[44 * 32] ^= 1
      try bytes.write(to: tile)
      #expect(mirrorComplaint(tiles, signer.verifierKey, original: log) == nil)
    }
  }

  @Test("a mirror of long payloads commits them one after the other, and reads of a payload no more than its leaf says")
  func longPayloads() throws {
    try withExport { log, signer, tiles in
      try log.append((0..<3).map { plain([UInt8](repeating: $0, count: 9 << 20)) })
      _ = try TileExport.run(log, signer: signer, to: tiles)
      try withLog { copy, _ in
        let mirror = try TileMirror(of: tiles, signedByAll: [signer.verifierKey])
        #expect(try mirror.record(into: copy) == 3)
        #expect(try copy.head().root == log.head().root)
        // All are of one bundle. More than 16 MiB do not wait.
        #expect(try #require(try copy.statistics().commits).commits == 2)
      }
      let name = try #require(try contents(tiles).keys.first { $0.hasPrefix("payload/") })
      #expect(unsafe truncate(tiles.appending(name).string, 1 << 32) == 0)
      let complaint = mirrorComplaint(tiles, signer.verifierKey, original: log)
      #expect(complaint?.contains("\(name) is not what") == true)
      #expect(complaint?.contains("\(9 << 20) at most belong there") == true, "\(complaint ?? "accepted")")
    }
  }

  @Test("an export into another log's directory, or from an older copy, changes nothing")
  func foreignExport() throws {
    try withExport { log, signer, tiles in
      try log.fill(30)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let before = try contents(tiles)
      try withLog { other, _ in
        try other.append((0..<31).map { plain([UInt8($0)]) })
        #expect(throws: TilesError.self) { try TileExport.run(other, signer: signer, to: tiles) }
      }
      try withLog { older, _ in
        try older.fill(29)
        #expect(throws: TilesError.self) { try TileExport.run(older, signer: signer, to: tiles) }
      }
      #expect(try contents(tiles) == before)
    }
  }

  @Test(
    "whichever file is changed, cut, longer, missing or a directory, the mirror stops at it, names it, and records nothing that is not vouched for"
  )
  func damage() throws {
    try withExport { log, signer, tiles in
      try fillWithEverything(log)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      // Every tile and bundle, and some payloads.
      var files = try contents(tiles)
      #expect(files.count > 100)
      for (place, name) in files.keys.sorted().filter({ $0.hasPrefix("payload/") }).enumerated()
      where !place.isMultiple(of: 40) {
        files[name] = nil
      }
      for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
        let url = URL(fileURLWithPath: tiles.appending(name).string)
        var changed = bytes
        if !bytes.isEmpty { changed[bytes.count / 2] ^= 0x20 }
        for damaged in [bytes.isEmpty ? Data([1]) : changed, bytes.dropLast(), bytes + [0], nil] where damaged != bytes
        {
          if let damaged { try damaged.write(to: url) } else { try FileManager.default.removeItem(at: url) }
          let complaint = mirrorComplaint(tiles, signer.verifierKey, original: log)
          #expect(complaint?.contains(name) == true, "\(name): \(complaint ?? "accepted")")
        }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        let complaint = mirrorComplaint(tiles, signer.verifierKey, original: log)
        #expect(
          complaint?.contains("\(name) is not what") == true || name == "checkpoint", "\(complaint ?? "accepted")")
        #expect(complaint?.contains("it is a directory") == true)
        try FileManager.default.removeItem(at: url)
        try bytes.write(to: url)
      }
      #expect(mirrorComplaint(tiles, signer.verifierKey, original: log) == nil)
    }
  }

  @Test(
    "whichever file is changed, cut, longer or missing, a repair writes it anew as it was, and says so; an export does not"
  )
  func repair() throws {
    try withExport { log, signer, tiles in
      try log.append((0..<300).map { plain(pattern($0 % 30)) } + [plain(pattern(9000))])
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let whole = try contents(tiles)
      let payloads = whole.keys.filter { $0.hasPrefix("payload/") }.sorted()
      for name in whole.keys.filter({ !$0.hasPrefix("payload/") }).sorted() + payloads.prefix(3) {
        let url = URL(fileURLWithPath: tiles.appending(name).string)
        let bytes = try #require(whole[name])
        var changed = bytes
        if !bytes.isEmpty { changed[bytes.count / 2] ^= 0x20 }
        for damaged in [changed, bytes.dropLast(), bytes + [0], nil] where damaged != bytes {
          if let damaged { try damaged.write(to: url) } else { try FileManager.default.removeItem(at: url) }
          if name != "checkpoint" {
            #expect(try TileExport.run(log, signer: signer, to: tiles).mended.isEmpty)
            #expect(FileManager.default.contents(atPath: url.path) == damaged)
          } else if damaged != nil {
            #expect(throws: TilesError.self) { try TileExport.run(log, signer: signer, to: tiles) }
          }
          let report = try TileExport.run(log, signer: signer, to: tiles, isRepair: true)
          let isFirst = name == "checkpoint" && damaged == nil
          #expect(report.mended == (isFirst ? [] : [name]))
          #expect(report.oldSize == (isFirst ? 0 : report.checkpoint.size))
          #expect(FileManager.default.contents(atPath: url.path) == bytes)
        }
      }
      let kept = try contents(tiles).keys.filter { $0.hasPrefix("checkpoint.damaged") }.sorted()
      #expect(kept == ["checkpoint.damaged", "checkpoint.damaged-2", "checkpoint.damaged-3"])
      #expect(try contents(tiles).filter { !$0.key.hasPrefix("checkpoint.damaged") } == whole)
      // Without a checkpoint nothing says what had to be there; what is there and is another is damaged all the same.
      let checkpoint = tiles.appending("checkpoint").string
      try FileManager.default.removeItem(atPath: checkpoint)
      try Data([1]).write(to: URL(fileURLWithPath: tiles.appending("tile/0/000").string))
      let unnamed = try TileExport.run(log, signer: signer, to: tiles, isRepair: true)
      #expect(unnamed.mended == ["tile/0/000"] && !unnamed.hadCheckpoint)
      // One that has nothing of the log's name any more may be another log's.
      for bytes in [Data("another log's\n".utf8), Data(), Data(count: 2 << 20)] {
        try bytes.write(to: URL(fileURLWithPath: checkpoint))
        #expect(throws: TilesError.self) { try TileExport.run(log, signer: signer, to: tiles, isRepair: true) }
        #expect(FileManager.default.contents(atPath: checkpoint) == bytes)
      }
      try #require(whole["checkpoint"]).write(to: URL(fileURLWithPath: checkpoint))
      #expect(try contents(tiles)["checkpoint.damaged"] != nil)
      // Several at once, behind records that are new.
      try log.fill(300)
      for name in ["tile/0/000", "tile/entries/000", payloads[1]] {
        try Data([1]).write(to: URL(fileURLWithPath: tiles.appending(name).string))
      }
      let report = try TileExport.run(log, signer: signer, to: tiles, isRepair: true)
      #expect(Set(report.mended) == ["tile/0/000", "tile/entries/000", payloads[1]])
      #expect(report.checkpoint.size - report.oldSize == 300)
      #expect(mirrorComplaint(tiles, signer.verifierKey, original: log) == nil)
      // What stands in a file's place, and is none, is nobody's to remove.
      let tile = tiles.appending("tile/0/000").string
      try FileManager.default.removeItem(atPath: tile)
      try FileManager.default.createDirectory(atPath: tile, withIntermediateDirectories: false)
      let error = #expect(throws: TilesError.self) {
        try TileExport.run(log, signer: signer, to: tiles, isRepair: true)
      }
      #expect(error?.description.contains("move it away") == true)
    }
  }

  @Test("a repair changes nothing in a directory of another log, and writes no tile of a log whose own tree is damaged")
  func foreignRepair() throws {
    try withExport { log, signer, tiles in
      try log.fill(600)
      // What is checked at open is the last commit.
      try log.fill(9)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let before = try contents(tiles)
      let parent = tiles.removingLastComponent()
      let stranger = try LogSigner(makingIn: parent.appending("other"), name: "log", origin: "varve/other")
      #expect(throws: TilesError.self) { try TileExport.run(log, signer: stranger, to: tiles, isRepair: true) }
      try withLog { older, _ in
        try older.fill(29)
        #expect(throws: TilesError.self) { try TileExport.run(older, signer: signer, to: tiles, isRepair: true) }
      }
      #expect(try contents(tiles) == before)
      // The hash over the first 256 records, in the log's tree: it is no part of the frontier's, which the open looks at.
      let copy = parent.appending("copy")
      try log.copy(to: copy)
      var data = try Data(contentsOf: URL(fileURLWithPath: copy.appending("data.mdb").string))
      let leaves = try (0..<256).map { try log.leafHash(at: Position(UInt64($0))) }
      let needle = Data(MerkleTree.root(ofLeaves: leaves).bytes)
      while let place = data.range(of: needle) { data[place.lowerBound] ^= 1 }
      try data.write(to: URL(fileURLWithPath: copy.appending("data.mdb").string))
      let damaged = try EventLog.open(copy, mode: .readOnly)
      let error = #expect(throws: TilesError.self) {
        try TileExport.run(damaged, signer: signer, to: tiles, isRepair: true)
      }
      #expect(error?.description.contains("do not lead to the root of the first 609 records") == true)
      #expect(try contents(tiles) == before)
    }
  }

  @Test("neither a repair nor an export writes anything of a record that was changed and sealed again")
  func resealed() throws {
    try withExport { log, signer, tiles in
      // That of record 300 is its alone.
      try log.append((0..<600).map { plain(pattern(20, seed: $0 % 8) + ($0 == 300 ? [1] : []), block: 3) })
      // What is checked at open is the last commit.
      try log.fill(9)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let before = try contents(tiles)
      let parent = tiles.removingLastComponent()
      let (copy, fresh) = (parent.appending("copy"), parent.appending("fresh"))
      // The payload of one; of another what its leaf says; and of one both.
      let changes: [(position: UInt64, complaint: String, change: (inout RecordHeader, inout [UInt8]) -> Void)] = [
        (300, "record 300", { $1[5] ^= 1 }),
        (301, "tree hash at level 8, index 1", { header, _ in header.coordinates = .block(4) }),
        (
          300, "tree hash at level 8, index 1",
          { header, payload in
            payload[5] ^= 1
            header.payloadHash = Keccak256.hash(payload)
          }
        ),
      ]
      for (position, complaint, change) in changes {
        try log.copy(to: copy)
        try tamper(copy) { (transaction, tables) throws(LMDBError) in
          let record = try? log.record(at: Position(position))
          guard var header = record?.header, var payload = record?.payload else { return }
          change(&header, &payload)
          let sealed = header.seal(payload: payload.rawSpan)
          let row = unsafe sealed.span.bytes.bytes + payload
          try transaction.put(row.rawSpan, for: position, in: tables("records"))
        }
        let damaged = try EventLog.open(copy, mode: .readOnly)
        #expect(try damaged.record(at: Position(position)) != log.record(at: Position(position)))
        for (directory, isRepair) in [(tiles, true), (fresh, false)] {
          let error = #expect(throws: TilesError.self) {
            try TileExport.run(damaged, signer: signer, to: directory, isRepair: isRepair)
          }
          #expect(error?.description.contains(complaint) == true, "\(String(describing: error))")
          if case .unreadable(.damaged)? = error {} else { Issue.record("\(String(describing: error))") }
        }
        #expect(try contents(tiles) == before)
        // What was written until then is right, and nothing vouches for it.
        let written = try contents(fresh)
        #expect(written["checkpoint"] == nil && written["tile/entries/000"] == before["tile/entries/000"])
        for (name, bytes) in written { #expect(bytes == before[name], "\(name)") }
        try FileManager.default.removeItem(atPath: fresh.string)
        try FileManager.default.removeItem(atPath: copy.string)
      }
    }
  }

  @Test("an exported checkpoint keeps its witnesses' signatures, and gets those that the log has, until the log grows")
  func cosignatures() throws {
    try withExport { log, signer, tiles in
      try log.fill(30)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let place = URL(fileURLWithPath: tiles.appending("checkpoint").string)
      let note = try signer.checkpoint(of: log)
      func cosigned(_ note: SignedNote, by name: String, _ seed: UInt8) throws -> (SignedNote, VerifierKey) {
        let key = try SignerKey(name: name, algorithm: .cosignatureV1, seed: [UInt8](repeating: seed, count: 32))
        var note = note
        try note.add(key.cosign(note.text, at: 1_800_000_000))
        return (note, key.verifierKey)
      }
      let (published, first) = try cosigned(note, by: "witness.example/1", 1)
      try Data(published.encoded.utf8).write(to: place)
      #expect(try TileExport.run(log, signer: signer, to: tiles).signatures == 2)
      #expect(try Data(contentsOf: place) == Data(published.encoded.utf8))

      let (kept, second) = try cosigned(note, by: "witness.example/2", 2)
      _ = try signer.keep(kept, of: [second], over: log)
      #expect(try TileExport.run(log, signer: signer, to: tiles, isRepair: true).signatures == 3)
      let keys = [signer.verifierKey, first, second]
      #expect(try TileMirror(of: tiles, signedByAll: keys).checkpoint.size == 30)
      let mode = try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] as? Int
      #expect(mode == 0o644, "whoever serves the files can read it")

      try log.fill(1)
      #expect(try TileExport.run(log, signer: signer, to: tiles).signatures == 1)
    }
  }

  @Test("a mirror of another log, or by another key, is refused before anything is recorded")
  func foreignMirror() throws {
    try withExport { log, signer, tiles in
      try log.fill(300)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      let stranger = try SignerKey(name: "varve/test", seed: [UInt8](repeating: 1, count: 32)).verifierKey
      #expect(throws: TilesError.self) { try TileMirror(of: tiles, signedByAll: [stranger]) }
      #expect(throws: TilesError.self) { try TileMirror(of: tiles.appending("none"), signedByAll: [stranger]) }
      for size in [1, 299, 300, 301] {
        try withLog { other, _ in
          try other.append((0..<size).map { plain([UInt8(truncatingIfNeeded: $0), 9]) })
          let head = try other.head()
          let mirror = try TileMirror(of: tiles, signedByAll: [signer.verifierKey])
          #expect(throws: TilesError.self) { try mirror.record(into: other) }
          #expect(try other.head() == head)
        }
      }
    }
  }

  @Test("an export that has fewer records than its mirror is refused, and the mirror stays as it is")
  func olderExport() throws {
    try withExport { log, signer, tiles in
      let older = tiles.removingLastComponent().appending("older")
      try log.fill(300)
      _ = try TileExport.run(log, signer: signer, to: older)
      try log.fill(10)
      _ = try TileExport.run(log, signer: signer, to: tiles)
      try withLog { copy, _ in
        #expect(try TileMirror(of: tiles, signedByAll: [signer.verifierKey]).record(into: copy) == 310)
        let head = try copy.head()
        let error = #expect(throws: TilesError.self) {
          try TileMirror(of: older, signedByAll: [signer.verifierKey]).record(into: copy)
        }
        #expect(error?.description.contains("has 300 records, fewer than this mirror, which has 310") == true)
        #expect(error?.isDisagreement == true)
        #expect(try copy.head() == head)
        #expect(try TileMirror(of: tiles, signedByAll: [signer.verifierKey]).record(into: copy) == 0)
      }
    }
  }

  /// Mirrors into a new log; what the mirror complains of, nil if it does not. What it recorded is the original's beginning.
  private func mirrorComplaint(_ tiles: FilePath, _ key: VerifierKey, original: EventLog) -> String? {
    do {
      return try withLog { copy, _ in
        do {
          let mirror = try TileMirror(of: tiles, signedByAll: [key])
          try mirror.verifyTiles()
          _ = try mirror.record(into: copy)
          return nil
        } catch {
          let size = try copy.head().size
          #expect(try copy.head().root == original.root(ofSize: size))
          if case .missingCheckpoint = error as? TilesError {
          } else {
            #expect((error as? TilesError)?.isDisagreement == true, "\(error)")
          }
          return "\(error)"
        }
      }
    } catch {
      return "another failure: \(error)"
    }
  }

  /// Blocks with their records, a reorganisation, observations, records that stand alone, payloads of every layout.
  private func fillWithEverything(_ log: EventLog) throws {
    try log.fill(3)
    let blocks = (1...40).map { l1Block(UInt64($0), records: $0 % 5 + 1) }
    try log.appendBlocks(blocks)
    try log.append([plain(pattern(3000), block: 40), plain(pattern(9000, seed: 3), block: 40)])
    try log.append([plain([], block: 7), plain(pattern(1955), block: 8)])
    let other = (31...36).map { l1Block(UInt64($0), fork: 1, records: 3) }
    try log.appendReorg(oldTip: blocks[39].id, newTip: other[5].id, commonAncestor: blocks[29].id)
    try log.appendBlocks(other)
    try log.append([NewRecord(.l1Finalized(L1Finalized(block: other[0].id)), at: .observed(at: 36))])
    try log.append((0..<120).map { plain(pattern($0 % 30, seed: $0), block: 36) })
  }

  private func withExport(_ body: (EventLog, LogSigner, FilePath) throws -> Void) throws {
    try withLog { log, directory in
      let parent = directory.removingLastComponent()
      let signer = try LogSigner(makingIn: parent.appending("signer"), name: "log", origin: "varve/test")
      try body(log, signer, parent.appending("tiles"))
    }
  }

  /// All files below a directory.
  private func contents(_ directory: FilePath) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try #require(FileManager.default.enumerator(atPath: directory.string)) {
      guard let name = name as? String else { continue }
      if let data = FileManager.default.contents(atPath: directory.appending(name).string),
        (try? FileManager.default.contentsOfDirectory(atPath: directory.appending(name).string)) == nil
      {
        files[name] = data
      }
    }
    return files
  }
}
