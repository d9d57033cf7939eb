import Foundation
import TestSupport
import Testing

/// A directory with the demo chain and room for a store.
struct DemoWorld {
  let directory: String

  var store: String { "\(directory)/store" }
  var genesis: String { "\(directory)/chain/genesis.json" }
  var chain: String { "\(directory)/chain/chain.rlp" }

  /// Makes the demo chain in a temporary directory.
  static func with(_ body: (DemoWorld) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let world = DemoWorld(directory: directory)
      try world.expect(0, ["demo-chain", "\(directory)/chain"])
      try body(world)
    }
  }

  /// As `with`, and imports the chain.
  static func withStore(_ body: (DemoWorld) throws -> Void) throws {
    try with { world in
      try world.expect(0, world.importing(world.chain))
      try body(world)
    }
  }

  func importing(_ file: String) -> [String] { ["import", "chain", "--genesis", genesis, file] }

  /// Runs the tool on the store and holds its exit code.
  @discardableResult
  func expect(_ exitCode: Int32, _ arguments: [String], location: SourceLocation = #_sourceLocation) throws -> ToolRun {
    let run = try Tool.run(arguments + ["--data-dir", store])
    let said = "varve \(arguments.joined(separator: " ")): \(run.output)\(run.errors)"
    #expect(run.exitCode == exitCode, Comment(rawValue: said), sourceLocation: location)
    return run
  }

  /// Runs the tool with `--json` and gives back the objects it printed, one for each line.
  func json(_ arguments: [String], exitCode: Int32 = 0) throws -> [[String: Any]] {
    let run = try expect(exitCode, arguments + ["--json"])
    return try run.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  /// Changes one bit of the file at each place where `needle` stands; returns how many there are.
  func damage(_ file: String, at needle: [UInt8]) throws -> Int {
    let url = URL(fileURLWithPath: file)
    var bytes = try Data(contentsOf: url)
    var count = 0
    var start = bytes.startIndex
    while let range = bytes.range(of: Data(needle), in: start..<bytes.endIndex) {
      bytes[range.lowerBound] ^= 1
      count += 1
      start = range.upperBound
    }
    try bytes.write(to: url)
    return count
  }
}

@Suite("From a chain file to verified state")
struct EndToEndTests {
  @Test("the demo chain is imported, replayed, rebuilt, digested and verified")
  func wholeJob() throws {
    try DemoWorld.with { world in
      let head = try String(contentsOfFile: "\(world.directory)/chain/head.txt", encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      let imported = try world.json(world.importing(world.chain) + ["--head", head])[0]
      #expect(imported["isHeadUnanchored"] as? Bool == false)
      #expect((imported["head"] as? [String: Any])?["hash"] as? String == head)

      let replayed = try world.json(["replay"])[0]
      #expect(replayed["isLive"] as? Bool == true)
      #expect(replayed["outputsDisagreed"] as? Int == 0)
      let first = try world.json(["projection", "digest", "proposer-state"])[0]
      try world.expect(0, ["projection", "rebuild", "proposer-state", "--restart", "--batch-size", "7"])
      let second = try world.json(["projection", "digest", "proposer-state"])[0]
      #expect(first["digest"] as? String == second["digest"] as? String)
      #expect(try world.json(["projection", "verify", "proposer-state"])[0]["agrees"] as? Bool == true)
      #expect(try world.json(["log", "verify"])[0]["isSound"] as? Bool == true)
    }
  }

  @Test("the same import again changes nothing; without --head the last block is said to be unanchored")
  func importTwice() throws {
    try DemoWorld.withStore { world in
      let before = try world.expect(0, ["log", "stats", "--json"])
      let again = try world.expect(0, world.importing(world.chain) + ["--json"])
      #expect(again.output.contains("\"storedBlocks\":0"))
      #expect(again.errors.contains("nothing vouches for block"))
      let after = try world.expect(0, ["log", "stats", "--json"])
      #expect(before.output == after.output)
    }
  }

  @Test("a bit that changes in the log is found, named, and mended by importing again")
  func damagedLog() throws {
    try DemoWorld.withStore { world in
      let record = try world.json(["log", "show", "40"])[0]
      let hash = try #require(record["payloadHash"] as? String)
      let needle = stride(from: 2, to: 66, by: 2).map { offset in
        UInt8(hash.dropFirst(offset).prefix(2), radix: 16) ?? 0
      }
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: needle) > 0)

      let found = try world.expect(1, ["log", "verify"])
      #expect(found.output.contains("record 40"))
      #expect(found.errors.contains("--replace-damaged"))
      #expect(try world.expect(1, ["replay"]).errors.contains("record 40"))

      try world.expect(0, world.importing(world.chain) + ["--replace-damaged"])
      try world.expect(0, ["log", "verify"])
      #expect(FileManager.default.fileExists(atPath: "\(world.store)/quarantine-1/ledger/data.mdb"))
      let again = try world.expect(0, world.importing(world.chain) + ["--replace-damaged"])
      #expect(again.errors.contains("no damaged log"))
    }
  }

  @Test("a data file that was emptied or cut is refused as damage, not taken for a new log")
  func emptiedFile() throws {
    try DemoWorld.withStore { world in
      let file = "\(world.store)/ledger/data.mdb"
      let size = try Data(contentsOf: URL(fileURLWithPath: file)).count
      for length in [size / 2, 100, 0] {
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.truncate(atOffset: UInt64(length))
        try handle.close()
        try world.expect(1, ["log", "stats"])
        let refused = [["log", "verify"], ["log", "repair"], world.importing(world.chain)]
        for command in refused {
          let errors = try world.expect(1, command).errors
          // What does not open is not repaired either.
          #expect(errors.contains("--replace-damaged") && !errors.contains("`varve log repair`"), "\(errors)")
        }
      }
      try world.expect(0, world.importing(world.chain) + ["--replace-damaged"])
      try world.expect(0, ["log", "verify"])
    }
  }

  @Test("a chain file with a changed byte stops the import at that block, and a good one goes on from there")
  func damagedFile() throws {
    try DemoWorld.with { world in
      var bytes = try Data(contentsOf: URL(fileURLWithPath: world.chain))
      bytes[bytes.count / 2] ^= 1
      let bad = "\(world.directory)/bad.rlp"
      try bytes.write(to: URL(fileURLWithPath: bad))
      let refused = try world.expect(1, world.importing(bad))
      #expect(refused.errors.contains(#/block \d+/#))
      let goneOn = try world.json(world.importing(world.chain))[0]
      #expect((goneOn["knownBlocks"] as? Int ?? 0) > 10)
      try world.expect(0, ["replay"])
    }
  }

  @Test("a replay can stop at a block, and go on later")
  func partialReplay() throws {
    try DemoWorld.withStore { world in
      let part = try world.json(["replay", "--to", "20"])[0]
      #expect(part["block"] as? Int == 20)
      #expect(part["isLive"] as? Bool == false)
      let rest = try world.json(["replay", "--resume"])[0]
      #expect((rest["resumedAt"] as? Int ?? 0) > 60)
      #expect(rest["isLive"] as? Bool == true)
      try world.expect(3, ["replay", "--to", "1000"])
    }
  }

  @Test("records are listed by position and kind, and shown decoded")
  func listAndShow() throws {
    try DemoWorld.withStore { world in
      let listed = try world.json(["log", "list", "--from", "1", "--count", "3"])
      #expect(listed.map { $0["kind"] as? String } == ["L1BlockAppended", "OutputProposed", "L1BlockAppended"])
      #expect(listed.map { $0["position"] as? Int } == [1, 2, 3])
      let outputs = try world.json(["log", "list", "--kind", "outputproposed", "--count", "1000"])
      #expect(outputs.count == 65)
      for position in 0..<7 {
        let shown = try world.json(["log", "show", "\(position)"])[0]
        #expect((shown["event"] as? [String: Any])?.isEmpty == false)
        #expect(try world.expect(0, ["log", "show", "\(position)"]).output.contains("record \(position):"))
      }
      try world.expect(3, ["log", "show", "100000"])
    }
  }

  @Test("each result has its keys, and no others")
  func stableKeys() throws {
    try DemoWorld.withStore { world in
      let expected: [(arguments: [String], keys: String)] = [
        (
          ["log", "stats"],
          "bytesPerPayloadByte bytesPerRecord dataBytes finalizedBlock freeBytes lastCommitRecords lastLeafHash mapBytes "
            + "mapUse newestBlock oldestReaderLag payloadBytes records revokedRecords root tables usedBytes vkey"
        ),
        (["log", "list", "--count", "1"], "kind l1Block l1Coordinates payloadHash payloadLength position"),
        (
          ["log", "show", "3"],
          "checksum event kind l1Block leafHash logIndex payloadHash payloadLength position transactionIndex"
        ),
        (["log", "verify"], "findings isSound records root"),
        (
          ["replay"],
          "block blocksPerSecond isLive outputsAgreed outputsDisagreed records resumedAt seconds stateRoot"
        ),
        (["projection", "list"], "projections"),
        (["projection", "digest", "proposer-state"], "digest l1Block l1BlockHash name tables"),
        (["projection", "rebuild", "proposer-state"], "isLive l1Block name records seconds version"),
        (
          ["projection", "verify", "proposer-state"], "agrees l1Block name rebuiltDigest seconds storedDigest"
        ),
        (["output", "list"], "asOf imported l1Time outputs"),
        (["output", "show", "3"], "asOf differences imported output unanswered"),
        (["output", "verify"], "agreed findings seconds verified"),
        (["safe-head", "--at-l1", "3"], "asOf batch canonicalAcc indexInBatch isFinal l1Block safeHead"),
        (["doctor"], "findings"),
      ]
      for (arguments, keys) in expected {
        let found = try world.json(arguments)[0].keys.sorted().joined(separator: " ")
        #expect(found == keys, "\(arguments)")
      }
    }
  }

  @Test("what cannot be done ends with 3, and says what to do")
  func cannot() throws {
    try DemoWorld.with { world in
      for arguments in [["log", "stats"], ["replay"], ["projection", "digest", "proposer-state"]] {
        let run = try world.expect(3, arguments)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("import"))
      }
      let missing = try world.expect(3, world.importing("/nonexistent.rlp") + ["--json"])
      let object = try JSONSerialization.jsonObject(with: Data(missing.errors.utf8)) as? [String: [String: Any]]
      #expect(object?["error"]?["kind"] as? String == "cannot")
      try world.expect(0, world.importing(world.chain))
      #expect(try world.expect(3, ["projection", "digest", "proposer-state"]).errors.contains("has not been built"))
    }
  }

  @Test(
    "a result that standard output does not take ends with 3",
    arguments: [["log", "list"], ["log", "verify", "--json"], ["log", "stats", "--json"], ["replay"], ["--help"]])
  func fullOutput(arguments: [String]) throws {
    try DemoWorld.withStore { world in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Tool.path)
      process.arguments = arguments + (arguments == ["--help"] ? [] : ["--data-dir", world.store])
      process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 3)
      #expect(said.contains("standard output cannot be written"))
    }
  }

  @Test("a digest is not given of a projection that was folded from another log than the one beside it")
  func foreignDigest() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      try world.importGenesisAlone()
      let refused = try world.expect(3, ["projection", "digest", "proposer-state"])
      #expect(refused.errors.contains("must be rebuilt") && refused.output.isEmpty)
      try world.expect(0, ["projection", "rebuild", "proposer-state"])
      try world.expect(0, ["projection", "digest", "proposer-state"])
    }
  }

  @Test("--quiet says nothing when all is well, and the data directory can come from the environment")
  func quietAndEnvironment() throws {
    try DemoWorld.withStore { world in
      let quiet = try world.expect(0, ["log", "verify", "--quiet"])
      #expect(quiet.output.isEmpty && quiet.errors.isEmpty)
      let run = try Tool.run(["log", "stats"], environment: ["VARVE_DATA_DIR": world.store])
      #expect(run.exitCode == 0)
      #expect(run.output.contains("finalized L1 block"))
    }
  }
}
