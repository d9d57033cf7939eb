import Foundation
import Primitives
import Projections
import TestSupport
import Testing

@testable import varve

/// The digests that `Tools/fixtures/digests` has of a fixed history, by projection. `Tools/test` holds the release build to
/// the same.
enum KnownDigests {
  static func of(_ history: String) throws -> [String: String] {
    let lines = try String(contentsOfFile: "\(packageRoot)/Tools/fixtures/digests", encoding: .utf8).split(
      separator: "\n")
    let fields = lines.map { $0.split(separator: " ").map(String.init) }.filter { $0.count == 3 && $0[0] == history }
    return Dictionary(uniqueKeysWithValues: fields.map { ($0[1], $0[2]) })
  }
}

@Suite("varve projection")
struct ProjectionCommandTests {
  private static func listed(_ world: DemoWorld, _ name: String) throws -> [String: Any] {
    let all = try world.json(["projection", "list"])[0]["projections"] as? [[String: Any]] ?? []
    return try #require(all.first { $0["name"] as? String == name })
  }

  @Test("every projection has its directory and its schema in Docs/FileFormat.md")
  func document() throws {
    let lines = try String(contentsOfFile: "\(packageRoot)/Docs/FileFormat.md", encoding: .utf8).split(separator: "\n")
    for name in ProjectionName.allCases {
      let schema = "### `\(name.rawValue)`, schema \(name.type.schemaVersion)"
      #expect(lines.contains { $0 == schema }, "no heading '\(schema)'")
      #expect(lines.contains { $0.hasPrefix("    \(name.rawValue)/") }, "\(name.rawValue) is not in the data directory")
    }
  }

  @Test("all projections are rebuilt in one go, those that others read first")
  func all() throws {
    try DemoWorld.withStore { world in
      let lines = try world.json(["projection", "rebuild", "--all", "--batch-size", "50"])
      let names = lines.compactMap { $0["name"] as? String }
      #expect(names == ["proposer-state", "challenger-view", "sender-index", "query-index", "equivocation-view"])
      for line in lines { #expect(line["isLive"] as? Bool == true) }
      for name in names { try world.expect(0, ["projection", "verify", name]) }
      let known = try KnownDigests.of("demo-chain")
      #expect(Set(known.keys) == Set(names))
      for (name, digest) in known {
        #expect(try world.json(["projection", "digest", name])[0]["digest"] as? String == digest, "\(name)")
      }
      for wrong in [
        ["--all", "query-index"], [], ["proposer-state", "proposer-state"],
      ] { try world.expect(2, ["projection", "rebuild"] + wrong) }
      // No rate, or none that time can be told in: no process ends by a trap.
      for rate in ["0", "-1", "inf", "nan", "1e20", "1e-30"] {
        for command in [["projection", "rebuild"], ["projection", "verify"]] {
          let refused = try world.expect(2, command + ["proposer-state", "--rate=\(rate)"])
          #expect(refused.errors.contains("--rate must be from 0.001 to 1,000,000,000"), "\(rate): \(refused.errors)")
        }
      }
      try world.expect(0, ["projection", "verify", "sender-index", "--rate", "1000000000"])
    }
  }

  @Test("a version that was not switched to waits for it, and can be dropped alone")
  func switching() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state"])
      let digest = try world.digest()
      let built = try world.json(["projection", "rebuild", "proposer-state", "--no-switch", "--to", "3"])[0]
      #expect(built["isLive"] as? Bool == false && built["version"] as? String == "v2-s8")
      #expect(built["l1Block"] as? Int == 3)
      let beside = try Self.listed(world, "proposer-state")["unfinished"] as? [String: Any]
      #expect(beside?["version"] as? String == "v2-s8" && beside?["isFinished"] as? Bool == true)
      #expect(try world.expect(0, ["projection", "list"]).output.contains("v2-s8, finished"))
      #expect(try world.digest() == digest)
      #expect(try world.json(["projection", "switch", "proposer-state"])[0]["live"] as? String == "v2-s8")
      #expect(try world.digest() != digest, "it stands where it was folded to")
      #expect(try world.json(["projection", "switch", "proposer-state", "v1-s8"])[0]["live"] as? String == "v1-s8")
      #expect(try world.digest() == digest)
      try world.expect(0, ["projection", "rebuild", "proposer-state", "--no-switch"])
      let dropped = try world.json(["projection", "drop", "proposer-state", "--unfinished"])[0]["dropped"] as? [String]
      #expect(dropped == ["v3-s8"])
      #expect(try world.expect(3, ["projection", "switch", "proposer-state"]).errors.contains("no version"))
      try world.expect(3, ["projection", "switch", "proposer-state", "v9-s8"])
      try world.expect(2, ["projection", "switch", "proposer-state", "v9"])
      #expect(try world.expect(3, ["projection", "rebuild", "proposer-state", "--to", "9999"]).errors.contains("9999"))
    }
  }

  @Test("an index with a wrong sender is found by --check-senders, and what it advises mends it")
  func checkSenders() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay", "--check-senders"])
      let folder = "\(world.store)/projections/sender-index"
      let version = try String(contentsOfFile: "\(folder)/CURRENT", encoding: .utf8).split(separator: "\n")[0]
      let genesis = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: world.genesis)))
      let accounts = try #require((genesis as? [String: Any])?["alloc"] as? [String: Any])
      // One that has signed something.
      let damaged = try accounts.keys.sorted().contains { account in
        let address = try #require(Address(hex: account))
        return try world.damage("\(folder)/\(version)/data.mdb", at: address.bytes) > 0
      }
      #expect(damaged)
      for command in [["replay"], ["projection", "rebuild", "proposer-state"]] {
        let found = try world.expect(1, command + ["--check-senders"])
        #expect(found.errors.contains("sender-index does not have the senders that the log gives"))
        #expect(found.errors.contains("varve projection rebuild sender-index --restart"))
      }
      try world.expect(0, ["projection", "rebuild", "sender-index", "--restart"])
      try world.expect(0, ["replay", "--check-senders"])
    }
  }

  @Test("a version that is being made is listed with how far it has come; one that was killed is told as unfinished")
  func beingMade() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      let tool = try RunningTool(
        ["projection", "rebuild", "proposer-state", "--restart", "--rate", "4", "--data-dir", world.store],
        outputPath: "\(world.directory)/rebuild")
      let end = Date(timeIntervalSinceNow: 60)
      var entry: [String: Any] = [:]
      repeat {
        usleep(20_000)
        entry = try Self.listed(world, "proposer-state")
      } while entry["secondsLeft"] == nil && Date() < end
      #expect(entry["isBuilding"] as? Bool == true)
      let version = entry["unfinished"] as? [String: Any]
      #expect(version?["isFinished"] as? Bool == false && version?["records"] as? Int ?? 0 > 0)
      #expect(version?["recordsBehind"] as? Int ?? 0 > 0 && version?["l1Block"] is Int)
      let text = try world.expect(0, ["projection", "list"]).output
      #expect(text.contains("being made") && text.contains(" records behind the log, "))
      #expect(try world.expect(0, ["doctor"]).output.contains("is being made"))
      #expect(tool.end(SIGKILL) == 128 + SIGKILL)
      let left = try Self.listed(world, "proposer-state")
      #expect(left["isBuilding"] as? Bool == false && left["secondsLeft"] == nil)
      #expect((left["unfinished"] as? [String: Any])?["records"] as? Int ?? 0 > 0)
      #expect(try world.expect(0, ["doctor"]).output.contains("was never finished"))
    }
  }

  @Test("of a rebuild that sorts or appends what it has set aside it is listed how much that is, and how long it takes")
  func rowsSetAside() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      let tool = try RunningTool(
        ["projection", "rebuild", "query-index", "--rate", "4", "--data-dir", world.store],
        outputPath: "\(world.directory)/rebuild")
      let end = Date(timeIntervalSinceNow: 60)
      var version: [String: Any] = [:]
      repeat {
        usleep(20_000)
        version = try Self.listed(world, "query-index")["unfinished"] as? [String: Any] ?? [:]
      } while version["records"] as? Int ?? 0 == 0 && Date() < end
      #expect(tool.end(SIGKILL) == 128 + SIGKILL)
      // What a process notes that goes on with it.
      let lock = unsafe open("\(world.store)/projections/query-index/builder.lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      for (stage, verb) in [("check", "checked"), ("sort", "sorted"), ("append", "appended")] {
        let note = Array("1\n\(stage) 1024 3072 5120 2000\n".utf8)
        ftruncate(lock, 0)
        #expect(unsafe pwrite(lock, note, note.count, 0) == note.count)
        let entry = try Self.listed(world, "query-index")
        let rows = entry["rows"] as? [String: Any]
        #expect(rows?["verb"] as? String == verb && rows?["bytes"] as? Int == 3072 && rows?["of"] as? Int == 5120)
        #expect(entry["isBuilding"] as? Bool == true && entry["secondsLeft"] as? Double == 2)
        let text = try world.expect(0, ["projection", "list"]).output
        #expect(text.contains(" has \(verb) 3.00 KiB of 5.00 KiB of rows set aside, 2.0 s left"))
      }
      close(lock)
      #expect(try Self.listed(world, "query-index")["rows"] == nil)
      try world.expect(0, ["projection", "rebuild", "query-index"])
      try world.expect(0, ["projection", "verify", "query-index"])
    }
  }

  @Test("a digest as of a record is the one after the newest L1 block that the log had then; a pruned version says so")
  func atPosition() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state", "--archive"])
      let next = try world.json(["log", "list", "--count", "1000"]).first {
        $0["kind"] as? String == "L1BlockAppended" && $0["l1Block"] as? Int == 8
      }
      let position = try #require(next?["position"] as? Int)
      func digest(_ place: [String]) throws -> String? {
        try world.json(["projection", "digest", "proposer-state"] + place)[0]["digest"] as? String
      }
      let seventh = try #require(try digest(["--at-l1", "7"]))
      // The last record of block 7, the first of block 8, and the one before the last of block 7.
      #expect(try digest(["--at-position", "\(position - 1)"]) == seventh)
      #expect(try digest(["--at-position", "\(position)"]) == seventh)
      #expect(try digest(["--at-position", "\(position - 2)"]) == digest(["--at-l1", "6"]))
      try world.expect(2, ["projection", "digest", "proposer-state", "--at-position", "9", "--at-l1", "2"])
      try world.expect(3, ["projection", "digest", "proposer-state", "--at-position", "999999"])
      try world.expect(3, ["projection", "digest", "proposer-state", "--at-position", "0"])
      try world.expect(0, ["projection", "rebuild", "proposer-state", "--prune"])
      let pruned = try world.expect(3, ["projection", "digest", "proposer-state", "--at-position", "\(position)"])
      #expect(pruned.errors.contains("is pruned before L1 block"))
    }
  }

  @Test("a snapshot takes the place of a rebuild, and a damaged one is refused with exit code 1")
  func snapshots() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state"])
      let digest = try world.digest()
      let file = "\(world.store)/state.snapshot"
      let made = try world.json(["projection", "snapshot", "export", "proposer-state", file])[0]
      #expect(
        made.keys.sorted() == [
          "bytes", "digest", "file", "hash", "history", "isWhole", "l1Block", "ledgerRoot", "name", "records", "rows",
          "verb",
        ])
      #expect(made["digest"] as? String == digest)
      try world.expect(3, ["projection", "snapshot", "export", "proposer-state", file])
      try FileManager.default.removeItem(atPath: "\(world.store)/projections")
      let hash = try #require(made["hash"] as? String)
      try world.expect(0, ["projection", "snapshot", "import", file, "--hash", hash])
      #expect(try world.digest() == digest)
      let live = try Self.listed(world, "proposer-state")["live"] as? [String: Any]
      #expect(live?["snapshot"] as? String == hash)
      #expect(try world.expect(0, ["projection", "list"]).output.contains("pruned, imported"))
      let byDigest = try world.json(["projection", "snapshot", "import", file, "--digest", digest])[0]
      #expect(byDigest["isWhole"] as? Bool == false)
      #expect(try world.digest() == digest)
      try world.expect(1, ["projection", "snapshot", "import", file, "--hash", digest])
      try world.expect(0, ["projection", "verify", "proposer-state"])
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      #expect(try world.expect(1, ["projection", "snapshot", "import", file]).errors.contains("is damaged"))
      try world.expect(2, ["projection", "snapshot", "import", file, "--digest", "12"])
      try world.expect(2, ["projection", "snapshot", "import", file, "--hash", "12"])
      try world.expect(3, ["projection", "snapshot", "import", "\(file).none"])
    }
  }
}
