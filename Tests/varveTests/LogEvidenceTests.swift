import Foundation
import MerkleLog
import Primitives
import TestSupport
import Testing

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
      try world.expect(3, ["log", "prove", "\(size)"])
      try world.expect(2, ["log", "prove"])
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

  @Test("a backup is restored to the same log, and refused where more was signed than it has")
  func backupAndRestore() throws {
    try DemoWorld.with { world in
      try world.importGenesisAlone()
      let backup = "\(world.directory)/backup"
      let early = try world.expect(0, ["log", "stats", "--json"]).output
      try world.expect(0, ["log", "backup", backup])
      try world.expect(3, ["log", "backup", backup])
      #expect(!FileManager.default.fileExists(atPath: "\(backup)/signer"))
      try world.expect(3, ["log", "restore", backup])

      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      try world.expect(0, ["log", "restore", backup])
      #expect(try world.json(["log", "stats"])[0]["root"] as? String == root(early))

      try world.expect(0, world.importing(world.chain))
      try world.expect(0, ["log", "checkpoint"])
      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      let refused = try world.expect(1, ["log", "restore", backup])
      #expect(refused.errors.contains("was signed"))
      #expect(!FileManager.default.fileExists(atPath: "\(world.store)/ledger/data.mdb"))
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

  private func root(_ json: String) -> String? {
    let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    return object?["root"] as? String
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
