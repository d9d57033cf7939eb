import EventStore
import Foundation
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@testable import varve

@Suite("The log as evidence")
struct LogEvidenceTests {
  @Test("a record is proven by a file and a public key alone, and not with any other key, payload or byte")
  func inclusion() throws {
    try DemoWorld.withStore { world in
      let key = try world.verifierKey()
      let file = "\(world.directory)/record.tlog-proof"
      let printed = try world.expect(0, ["log", "prove", "7"]).output
      try printed.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(printed.hasPrefix("c2sp.org/tlog-proof@v1\nextra "))

      // The proof's checker has another data directory, and there is nothing in it.
      let checked = try world.check(file, key)
      #expect(checked.exitCode == 0, "\(checked.errors)")
      let record = try world.json(["log", "show", "7", "--payload"])[0]
      let hash = try #require(record["payloadHash"] as? String)
      #expect(checked.output.contains(hash))

      let payload = "\(world.directory)/payload"
      let digits = try #require(record["payload"] as? String).dropFirst(2)
      try Data(bytes(digits)).write(to: URL(fileURLWithPath: payload))
      #expect(try world.check(file, key, ["--payload", payload]).exitCode == 0)
      #expect(try world.check(file, key, ["--payload", file]).exitCode == 1)
      #expect(try world.check(file, key, ["--payload", "/dev/zero"]).exitCode == 1)
      #expect(try world.check(file, key, ["--payload", "\(world.directory)/none"]).exitCode == 3)

      let other = "example.org/a-log+eaa60902+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
      #expect(try world.check(file, other).exitCode == 1)
      #expect(try world.check(file, "\(other)x").exitCode == 2)
      let whole = [UInt8](printed.utf8)
      for place in stride(from: 0, to: whole.count, by: 97) {
        var changed = whole
        changed[place] ^= 1
        try Data(changed).write(to: URL(fileURLWithPath: file))
        #expect(try world.check(file, key).exitCode == 1, "byte \(place)")
      }
    }
  }

  @Test("that a log has grown is proven against the root that it had")
  func growth() throws {
    try DemoWorld.withStore { world in
      let key = try world.verifierKey()
      let early = try world.json(["log", "stats"])[0]
      let file = "\(world.directory)/growth.txt"
      let size = try #require(early["records"] as? Int)
      try world.expect(0, ["log", "prove", "--from", "\(size)"]).output
        .write(toFile: file, atomically: true, encoding: .utf8)
      let root = try #require(early["root"] as? String)
      #expect(try world.check(file, key, ["--root", root]).exitCode == 0)
      #expect(try world.check(file, key, ["--root", "0x" + String(repeating: "ab", count: 32)]).exitCode == 1)
      #expect(try world.check(file, key).exitCode == 2)
      try world.expect(3, ["log", "prove", "--from", "\(size + 1)"])
      #expect(
        try world.expect(3, ["log", "check-proof", world.directory, "--key", key]).errors.contains("is a directory"))
      try world.expect(3, ["log", "prove", "\(size)"])
      try world.expect(2, ["log", "prove"])
    }
  }

  @Test(
    "of a log whose stored hashes are damaged no proof is given out that does not prove, and the way to mend it is told"
  )
  func damagedProof() throws {
    try DemoWorld.withStore { world in
      let key = try world.verifierKey()
      try world.expect(0, ["log", "checkpoint"])
      // What is looked at when the log is opened is the last commit, and the tree's right edge: no hash over records 8 to 15.
      do {
        let log = try EventLog.open(FilePath(world.store).appending("ledger"), mode: .readWrite)
        for index in 0..<3 as Range<UInt64> {
          let output = OutputFinalized(outputIndex: index, outputRoot: .zero, l2BlockNumber: 1)
          try log.append([NewRecord(.outputFinalized(output), at: .block(1))])
        }
      }
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: world.groupHash(1)) > 0)
      let file = "\(world.directory)/proof"
      var refused = 0
      for proof in [["0"], ["7"], ["8"], ["100"], ["259"], ["--from", "8"], ["--from", "12"], ["--from", "259"]] {
        let run = try Tool.run(["log", "prove"] + proof + ["--data-dir", world.store])
        guard run.exitCode == 0 else {
          refused += 1
          #expect(run.exitCode == 1 && run.output.isEmpty, "\(proof): \(run.output)")
          #expect(run.errors.contains("`varve log repair`"), "\(proof): \(run.errors)")
          continue
        }
        try run.output.write(toFile: file, atomically: true, encoding: .utf8)
        let root = try EventLog.open(FilePath(world.store).appending("ledger"), mode: .readOnly)
          .root(ofSize: proof.count == 1 ? 263 : try #require(UInt64(proof[1])))
        #expect(try world.check(file, key, proof.count == 1 ? [] : ["--root", "\(root)"]).exitCode == 0, "\(proof)")
      }
      #expect(refused >= 3)
      try world.expect(0, ["log", "repair"])
      try world.expect(0, ["log", "prove", "0"])
    }
  }

  @Test("a log that grows is proven from checkpoint to checkpoint, under the one that witnesses have signed")
  func witnessed() throws {
    try DemoWorld.with { world in
      try world.importGenesisAlone()
      let key = try world.verifierKey()
      let old = "\(world.directory)/old.txt"
      try world.expect(0, ["log", "checkpoint"]).output.write(toFile: old, atomically: true, encoding: .utf8)
      let oldSize = try #require(try world.json(["log", "stats"])[0]["records"] as? Int)
      try world.expect(0, world.importing(world.chain))

      let witness = try SignerKey(
        name: "witness.example", algorithm: .cosignatureV1, seed: [UInt8](repeating: 6, count: 32))
      var cosigned = try SignedNote([UInt8](try world.expect(0, ["log", "checkpoint"]).output.utf8))
      try cosigned.add(witness.cosign(cosigned.text, at: 1_800_000_000))
      let file = "\(world.directory)/cosigned.txt"
      try cosigned.encoded.write(toFile: file, atomically: true, encoding: .utf8)

      let growth = "\(world.directory)/growth.txt"
      try world.expect(0, ["log", "prove", "--from", "\(oldSize)", "--checkpoint", file]).output
        .write(toFile: growth, atomically: true, encoding: .utf8)
      let both = ["--key", "\(witness.verifierKey)"]
      #expect(try world.check(growth, key, both + ["--old", old]).exitCode == 0)
      // The old one has to be of that size, and signed by a key that was named.
      let wrong = try world.check(growth, key, ["--old", file])
      #expect(wrong.exitCode == 1 && wrong.errors.contains("\(file) is of 260 records"), "\(wrong.errors)")
      #expect(try world.check(growth, "\(witness.verifierKey)", ["--old", old]).exitCode == 1)
      #expect(try world.check(growth, key, ["--old", growth]).exitCode == 1)
      #expect(
        try world.check(growth, key, ["--old", old, "--root", "0x" + String(repeating: "ab", count: 32)]).exitCode == 2)
      #expect(try world.check(growth, key, ["--old", "\(world.directory)/none"]).exitCode == 3)

      // Signatures of a checkpoint that is not the last any more are checked, and it is printed with them, to be saved.
      var late = try SignedNote([UInt8](try Data(contentsOf: URL(fileURLWithPath: old))))
      try late.add(witness.cosign(late.text, at: 1_800_000_000))
      let lateFile = "\(world.directory)/late.txt"
      try late.encoded.write(toFile: lateFile, atomically: true, encoding: .utf8)
      let take = ["log", "checkpoint", "--witness", "\(witness.verifierKey)", "--cosigned"]
      let taken = try world.expect(0, take + [lateFile])
      #expect(taken.output == late.encoded && taken.errors.contains("varve log prove N --checkpoint FILE"))
      let kept = try world.expect(0, take + [file])
      #expect(kept.output == cosigned.encoded && kept.errors.isEmpty)
      #expect(try world.expect(0, ["log", "checkpoint"]).output == cosigned.encoded)

      // A record under the checkpoint with the witness's signature, and under the one of an earlier size.
      let record = "\(world.directory)/record.tlog-proof"
      for (checkpoint, size, more) in [(file, 260, both), (old, oldSize, []), (lateFile, oldSize, both)] {
        let printed = try world.expect(0, ["log", "prove", "1", "--checkpoint", checkpoint]).output
        try printed.write(toFile: record, atomically: true, encoding: .utf8)
        #expect(printed.contains("\n\(size)\n"))
        #expect(try world.check(record, key, more).exitCode == 0)
        #expect(try world.check(record, key, ["--old", old]).exitCode == 2)
        try world.expect(3, ["log", "prove", "\(size)", "--checkpoint", checkpoint])
      }
      // Not under one that this log's key has not signed, or has signed of another log.
      var unsigned = try SignedNote(text: cosigned.text)
      try unsigned.add(witness.cosign(cosigned.text, at: 1))
      try unsigned.encoded.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try world.expect(1, ["log", "prove", "1", "--checkpoint", file]).errors.contains(file))
      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      try world.importGenesisAlone()
      try cosigned.encoded.write(toFile: file, atomically: true, encoding: .utf8)
      let beyond = try world.expect(1, ["log", "prove", "1", "--checkpoint", file])
      #expect(beyond.errors.contains("is of 260 records, and the log has \(oldSize)"))
    }
  }

  @Test("an export is compared by what its signed root vouches for, mended in place, and told when nobody has vouched")
  func damagedExport() throws {
    try DemoWorld.withStore { world in
      let tiles = "\(world.directory)/tiles"
      try world.expect(0, ["log", "export", tiles])
      let compare = ["log", "compare", tiles]
      let checked = try world.json(compare)[0]
      #expect(checked["isSignatureChecked"] as? Bool == true && checked["firstDifference"] == nil)
      #expect(try !world.expect(0, compare).output.contains("NOT checked"))

      for name in ["tile/1/000.p/1", "tile/0/000", "tile/0/001.p/4"] {
        let path = "\(tiles)/\(name)"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var changed = whole
        changed[40 % whole.count] ^= 4
        for damaged in [changed, whole + [0], nil] {
          try FileManager.default.removeItem(atPath: path)
          if let damaged { try damaged.write(to: URL(fileURLWithPath: path)) }
          // A full tile that no difference leads to is not read by a comparison.
          if name.contains(".p/") {
            let refused = try world.expect(1, compare)
            #expect(refused.errors.contains(name) && refused.errors.contains("varve log export --repair"))
            #expect(refused.output.isEmpty)
          }
          #expect(try world.expect(0, ["log", "export", tiles, "--repair"]).output.contains("  \(name)\n"))
          #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
        }
      }
      #expect(try world.json(["log", "export", tiles, "--repair"])[0]["mendedFiles"] as? Int == 0)

      // A store of the same records with a key of its own.
      let key = try world.verifierKey()
      let mirror = "\(world.directory)/mirror"
      #expect(try Tool.run(["log", "mirror", tiles, "--key", key, "--data-dir", mirror]).exitCode == 0)
      let unchecked = try Tool.run(compare + ["--data-dir", mirror])
      #expect(unchecked.exitCode == 0 && unchecked.output.contains("the checkpoint's signature was NOT checked"))
      #expect(try world.expect(2, ["log", "compare", mirror, "--key", key]).errors.contains("--key is of an export's"))
      let given = try Tool.run(compare + ["--key", key, "--data-dir", mirror])
      #expect(given.exitCode == 0 && !given.output.contains("NOT checked"))

      // Signed, and of another log: the checkpoint of an earlier size, with that size changed, is not signed at all.
      let checkpoint = "\(tiles)/checkpoint"
      let note = try String(contentsOfFile: checkpoint, encoding: .utf8)
      try note.replacingOccurrences(of: "\n260\n", with: "\n259\n").write(
        toFile: checkpoint, atomically: true, encoding: .utf8)
      for directory in [world.store, mirror] {
        let lie = try Tool.run(compare + ["--data-dir", directory])
        #expect(lie.exitCode == 1 && lie.output.isEmpty, "\(lie.output)\(lie.errors)")
      }
      #expect(try world.expect(1, ["log", "export", tiles]).errors.contains("--repair"))
      try world.expect(0, ["log", "export", tiles, "--repair"])
      #expect(try String(contentsOfFile: checkpoint, encoding: .utf8) == note)
    }
  }

  @Test("a manifest that cannot be read is named, and not taken for one of a store without a key")
  func unreadableManifest() throws {
    try DemoWorld.withStore { world in
      let (tiles, manifest) = ("\(world.directory)/tiles", "\(world.store)/varve.json")
      let key = try world.verifierKey()
      try world.expect(0, ["log", "export", tiles])
      let whole = try Data(contentsOf: URL(fileURLWithPath: manifest))
      try Data("{".utf8).write(to: URL(fileURLWithPath: manifest))
      let damaged = try world.expect(1, ["log", "compare", tiles])
      #expect(damaged.errors.contains("\(manifest) is damaged") && damaged.output.isEmpty)
      try world.expect(0, ["log", "compare", tiles, "--key", key])
      try FileManager.default.removeItem(atPath: manifest)
      try FileManager.default.createDirectory(atPath: manifest, withIntermediateDirectories: false)
      #expect(try world.expect(3, ["log", "compare", tiles]).errors.contains(manifest))
      try FileManager.default.removeItem(atPath: manifest)
      try whole.write(to: URL(fileURLWithPath: manifest))
      try world.expect(0, ["log", "compare", tiles])
    }
  }

  @Test("two copies that went on differently are told apart at the first record that is another one, which both show")
  func differentRecords() throws {
    try DemoWorld.withStore { world in
      let copy = "\(world.directory)/copy"
      func append(_ indexes: [UInt64], to store: String) throws {
        let log = try EventLog.open(FilePath(store).appending("ledger"), mode: .readWrite)
        try log.append(
          indexes.map { index in
            let output = OutputFinalized(outputIndex: index, outputRoot: .zero, l2BlockNumber: 1)
            return NewRecord(.outputFinalized(output), at: .block(1))
          })
      }
      try world.expect(0, ["log", "backup", copy])
      try append([0, 1, 0], to: world.store)
      try append([0, 2, 0], to: copy)
      try world.expect(0, ["log", "verify"])
      let compare = ["log", "compare", copy, "--records"]
      let told = try world.expect(1, compare)
      #expect(told.output.contains("equal up to record 261, which is another one in each"))
      #expect(told.errors.contains("from record 261 on they are not the same log"))
      let report = try world.json(compare, exitCode: 1)[0]
      #expect(report["firstDifference"] as? Int == 261)
      let sides = try ["first", "second"].map { try #require(report[$0] as? [String: Any]) }
      #expect(sides.allSatisfy { $0["records"] as? Int == 263 })
      let records = try sides.map { try #require($0["difference"] as? [String: Any]) }
      #expect(records.allSatisfy { $0["position"] as? Int == 261 })
      #expect(Set(records.compactMap { $0["payloadHash"] as? String }).count == 2)
      for record in records {
        #expect(told.output.contains(try #require(record["payloadHash"] as? String)))
      }
      // One that ends before is how the other begins.
      try FileManager.default.removeItem(atPath: copy)
      try world.expect(0, ["log", "backup", copy])
      try append([5], to: copy)
      #expect(try world.expect(0, compare).output.contains("equal: the first 263 records"))
    }
  }

  @Test("what is compared, restored or checked and is not there, or damaged, is named")
  func named() throws {
    try DemoWorld.withStore { world in
      let nothing = "\(world.directory)/nosuch"
      let compared = try world.expect(3, ["log", "compare", nothing])
      #expect(compared.errors.contains("\(nothing) is neither a store nor an exported log"))
      let restored = try Tool.run(["log", "restore", nothing, "--data-dir", "\(world.directory)/new"])
      #expect(restored.exitCode == 3 && restored.errors.contains("\(nothing) is no backup"))
      let tiles = "\(world.directory)/tiles"
      try world.expect(0, ["log", "export", tiles])
      let export = try Tool.run(["log", "restore", tiles, "--data-dir", "\(world.directory)/new"])
      #expect(export.exitCode == 3 && export.errors.contains("varve log mirror"))

      let copy = "\(world.directory)/copy"
      try world.expect(0, ["log", "backup", copy])
      #expect(try world.expect(0, ["log", "compare", copy, "--records"]).output.contains("equal: the first 260"))
      // The head row, which is read at open.
      let data = "\(copy)/ledger/data.mdb"
      let root = try world.root()
      let digits = stride(from: 2, to: root.count, by: 2).map { UInt8(root.dropFirst($0).prefix(2), radix: 16) ?? 0 }
      #expect(try world.damage(data, at: digits) > 0)
      for how in [[], ["--records"]] {
        for (mine, other) in [(world.store, copy), (copy, world.store)] {
          let refused = try Tool.run(["log", "compare", other, "--data-dir", mine] + how)
          #expect(
            refused.exitCode == 1 && refused.errors.contains("in \(copy): "), "\(refused.output)\(refused.errors)")
        }
      }
    }
  }

  @Test("two logs whose hashes lead to a record that is the same in both are damaged, and no two logs")
  func damagedTree() throws {
    struct Damaged: LogTree {
      let size: UInt64
      func subtreeHash(level: Int, index: UInt64) throws(TilesError) -> Hash256 { .zero }
    }
    try withTemporaryDirectory { directory in
      let log = try EventLog.open(FilePath(directory), mode: .create)
      try log.append((0..<9).map { NewRecord(kind: .blockSequenced, coordinates: .block(0), payload: [$0]) })
      let error = #expect(throws: Failure.self) {
        try LogRecordsReport(log.tree(), Damaged(size: 9)) { position in
          (try log.record(at: Position(position)), try log.record(at: Position(position)))
        }
      }
      #expect(error?.kind == .disagreement && error?.message.contains("a stored hash is damaged") == true)
    }
  }

  @Test("a checkpoint is the same as long as the log is, and one of a log that lost records is refused")
  func checkpoint() throws {
    try DemoWorld.withStore { world in
      let first = try world.expect(0, ["log", "checkpoint"]).output
      #expect(try world.expect(0, ["log", "checkpoint"]).output == first)
      let stats = try world.json(["log", "stats"])[0]
      #expect(first.split(separator: "\n")[1] == "\(try #require(stats["records"] as? Int))")

      // The same key beside a log of fewer records.
      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      try world.importGenesisAlone()
      let refused = try world.expect(1, ["log", "checkpoint"])
      #expect(refused.errors.contains("a checkpoint of"))
    }
  }

  @Test("statistics name what is wrong with the key's file, and tell all the rest")
  func statisticsBesideABadKey() throws {
    try DemoWorld.withStore { world in
      let sound = try world.json(["log", "stats"])[0]
      #expect(sound["keyProblem"] == nil && sound["vkey"] is String)
      #expect(try #require(sound["mapUse"] as? Double) > 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(world.store)/signer")
      let name = try #require(names.first { $0.hasSuffix(".key") })
      let file = "\(world.store)/signer/\(name)"
      try Data("no key\n".utf8).write(to: URL(fileURLWithPath: file))
      let told = try world.expect(0, ["log", "stats"])
      #expect(told.output.contains("260") && told.output.contains("space per record"))
      #expect(told.errors.contains(name))
      var stats = try world.json(["log", "stats"])[0]
      #expect(try #require(stats.removeValue(forKey: "keyProblem") as? String).contains(name))
      #expect(Set(stats.keys).union(["vkey"]) == Set(sound.keys))
      #expect(stats["root"] as? String == sound["root"] as? String)

      try Data("{".utf8).write(to: URL(fileURLWithPath: "\(world.store)/varve.json"))
      #expect(try world.json(["log", "stats"])[0]["keyProblem"] as? String != nil)
    }
  }

  @Test("a mirror of an export is the same log under another name, and stops at the first file that is wrong")
  func exportAndMirror() throws {
    try DemoWorld.withStore { world in
      let tiles = "\(world.directory)/tiles"
      let key = try world.verifierKey()
      try world.expect(0, ["log", "export", tiles])
      #expect(try world.json(["log", "export", tiles])[0]["newRecords"] as? Int == 0)

      let mirror = ["log", "mirror", tiles, "--key", key, "--data-dir", "\(world.directory)/mirror"]
      let outcome = try Tool.run(mirror)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(try Tool.run(mirror).output.contains("0 new records"))
      // A mirror that has more than the export, whatever it is.
      let more = "\(world.directory)/more"
      #expect(try Tool.run(Array(mirror.dropLast()) + [more]).exitCode == 0)
      do {
        let log = try EventLog.open(FilePath(more).appending("ledger"), mode: .readWrite)
        let output = OutputFinalized(outputIndex: 0, outputRoot: .zero, l2BlockNumber: 1)
        try log.append([NewRecord(.outputFinalized(output), at: .block(1))])
      }
      let older = try Tool.run(Array(mirror.dropLast()) + [more])
      #expect(
        older.exitCode == 1 && older.errors.contains("has 260 records, fewer than this mirror"), "\(older.errors)")
      let root = try #require(try world.json(["log", "stats"])[0]["root"] as? String)
      let mirrored = try Tool.run(["log", "stats", "--data-dir", "\(world.directory)/mirror"])
      #expect(mirrored.output.contains(root))
      #expect(try Tool.run(["log", "verify", "--data-dir", "\(world.directory)/mirror"]).exitCode == 0)
      #expect(try Tool.run(["replay", "--data-dir", "\(world.directory)/mirror"]).exitCode == 0)
      #expect(!mirrored.output.contains(key))

      let manifest = "\(world.directory)/mirror/varve.json"
      let identity = try String(contentsOfFile: manifest, encoding: .utf8)
      try FileManager.default.removeItem(atPath: manifest)
      #expect(try Tool.run(mirror).exitCode == 0)
      #expect(try String(contentsOfFile: manifest, encoding: .utf8) == identity, "a mirror that lost its name keeps it")

      #expect(try world.damage("\(tiles)/tile/0/000", at: [0x00]) > 0)
      let stopped = try Tool.run(Array(mirror.dropLast()) + ["\(world.directory)/second"])
      #expect(stopped.exitCode == 1)
      #expect(stopped.errors.contains("tile/0/000 is not"))
    }
  }

  @Test("a log whose tree is damaged is mended and goes on; a sound one is left alone, and one that lost a record too")
  func repair() throws {
    try DemoWorld.withStore { world in
      let before = try world.json(["log", "stats"])[0]
      #expect(try world.expect(0, ["log", "repair"]).errors.contains("nothing to repair"))
      // The hash of the last group of eight, as the table keeps it.
      let tree = try #require(before["tables"] as? [[String: Any]]).first { $0["name"] as? String == "tree" }
      #expect(tree?["rows"] as? Int == 32)
      let group = try world.groupHash(31)
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: group) > 0)
      try world.expect(1, ["log", "verify"])
      let mended = try world.expect(0, ["log", "repair"])
      #expect(mended.output.contains("repaired: 260 records"), "\(mended.errors)")
      #expect(mended.output.contains("by the damaged log's head row"))
      #expect(try world.json(["log", "stats"])[0]["root"] as? String == before["root"] as? String)
      try world.expect(0, ["log", "checkpoint"])
      try world.expect(0, ["replay"])

      let hash = try #require(try world.json(["log", "show", "40"])[0]["payloadHash"] as? String)
      let needle = bytes(hash.dropFirst(2))
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: needle) > 0)
      let copy = "\(world.directory)/copy"
      #expect(try world.expect(1, ["log", "backup", copy]).errors.contains("was removed"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(copy)/ledger").isEmpty)
      let refused = try world.expect(1, ["log", "repair"])
      #expect(refused.errors.contains("a record is lost") && refused.errors.contains("record 40"))
      #expect(refused.errors.contains("log restore") && !refused.errors.contains("run `varve log verify`"))
    }
  }

  private func bytes(_ digits: Substring) -> [UInt8] {
    stride(from: 0, to: digits.count, by: 2).map { UInt8(digits.dropFirst($0).prefix(2), radix: 16) ?? 0 }
  }
}

extension DemoWorld {
  /// The public key of the store's log.
  func verifierKey() throws -> String {
    try #require(try json(["log", "stats"])[0]["vkey"] as? String)
  }

  /// The hash of a group of eight records, from their leaf hashes: the leaves of a tile that is cut out of an export.
  func groupHash(_ group: Int) throws -> [UInt8] {
    let tiles = "\(directory)/tiles-for-group"
    try expect(0, ["log", "export", tiles])
    let tile = try Data(contentsOf: URL(fileURLWithPath: "\(tiles)/tile/0/000"))
    let leaves = (0..<8).compactMap { place in
      let start = (group * 8 + place) * 32
      return Hash256(bytes: [UInt8](tile[start..<start + 32]))
    }
    return MerkleTree.root(ofLeaves: leaves).bytes
  }

  /// Checks a proof in a directory without a store.
  func check(_ file: String, _ key: String, _ more: [String] = []) throws -> ToolRun {
    try Tool.run(["log", "check-proof", file, "--key", key, "--data-dir", "\(directory)/nothing"] + more)
  }

  /// Imports a chain file of no more than the first block.
  func importGenesisAlone() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: chain))
    // A list of more than 55 bytes: its first byte says in how many bytes its length is given.
    let lengthBytes = Int(bytes[0]) - 0xF7
    let length = bytes[1...lengthBytes].reduce(0) { $0 << 8 | Int($1) }
    let file = "\(directory)/first.rlp"
    try bytes.prefix(1 + lengthBytes + length).write(to: URL(fileURLWithPath: file))
    try expect(0, importing(file))
  }
}
