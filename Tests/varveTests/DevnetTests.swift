import Foundation
import TestSupport
import Testing

/// Directories of devnets, and the tool on them.
private struct DevnetWorld {
  let directory: String

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  @discardableResult
  func expect(
    _ exitCode: Int32, _ arguments: [String], on store: String, location: SourceLocation = #_sourceLocation
  ) throws -> ToolRun {
    let run = try Tool.run(arguments + ["--data-dir", path(store)])
    let said = "varve \(arguments.joined(separator: " ")): \(run.output)\(run.errors)"
    #expect(run.exitCode == exitCode, Comment(rawValue: said), sourceLocation: location)
    return run
  }

  func json(_ arguments: [String], on store: String, exitCode: Int32 = 0) throws -> [[String: Any]] {
    try objects(in: try expect(exitCode, arguments + ["--json"], on: store).output)
  }

  func objects(in text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  static func with(_ body: (DevnetWorld) throws -> Void) throws {
    try withTemporaryDirectory { try body(DevnetWorld(directory: $0)) }
  }
}

@Suite("A devnet's store")
struct DevnetTests {
  @Test("every command that reads a store reads a devnet's; the wrong output is found from the log alone")
  func wrongOutput() throws {
    try DevnetWorld.with { world in
      let lines = try world.json(["devnet", "--scenario", "wrong-output"], on: ".")
      let holders = lines.filter { $0["position"] != nil }
      #expect(holders.count > 20)
      #expect(holders.allSatisfy { $0["kind"] is String && $0["scenario"] as? String == "wrong-output" })
      let store = "wrong-output"
      try checkHolders(holders, world, store)
      try world.expect(0, ["log", "verify"], on: store)
      for name in ["proposer-state", "challenger-view"] {
        let before = try world.json(["projection", "digest", name], on: store)[0]["digest"] as? String
        try world.expect(0, ["projection", "verify", name], on: store)
        try world.expect(0, ["projection", "rebuild", name, "--restart", "--batch-size", "3"], on: store)
        #expect(try world.json(["projection", "digest", name], on: store)[0]["digest"] as? String == before)
      }
      let list = try world.json(["projection", "list"], on: store)[0]["projections"] as? [[String: Any]]
      let names = ["proposer-state", "challenger-view", "sender-index", "query-index", "equivocation-view"]
      #expect(list?.map { $0["name"] as? String } == names)
      let replay = try world.expect(1, ["replay"], on: store)
      #expect(replay.errors.contains("output 0") && replay.errors.contains("stateRoot"))
    }
  }

  /// Each line's position holds a record of the kind that it names.
  private func checkHolders(_ lines: [[String: Any]], _ world: DevnetWorld, _ store: String) throws {
    let records = try world.json(["log", "list", "--count", "100000"], on: store)
    var kinds: [Int: String] = [:]
    for record in records {
      if let position = record["position"] as? Int { kinds[position] = record["kind"] as? String }
    }
    for line in lines {
      let position = try #require(line["position"] as? Int)
      #expect(kinds[position] == line["kind"] as? String, "\(line)")
    }
  }

  @Test("a dispute is listed and shown, its step is proven as a file, and the file is checked without a store")
  func disputes() throws {
    try DevnetWorld.with { world in
      try world.expect(0, ["devnet", "--scenario", "two-challengers", "--quiet"], on: ".")
      let store = "two-challengers"
      let games = try world.json(["dispute", "list"], on: store)[0]["games"] as? [[String: Any]]
      #expect(games?.count == 1 && games?[0]["status"] as? String == "challengerWins")
      let shown = try world.json(["dispute", "show", "0"], on: store)[0]
      let claims = try #require(shown["claims"] as? [[String: Any]])
      let refuted = try #require(claims.first { $0["isRefutedByStep"] as? Bool == true }?["claim"] as? Int)
      try world.expect(3, ["dispute", "show", "9"], on: store)
      try world.expect(3, ["dispute", "prove-step", "0", "0", "--out", world.path("none.proof")], on: store)

      let file = world.path("step.proof")
      let proven = try world.json(["dispute", "prove-step", "0", "\(refuted)", "--out", file], on: store)[0]
      let hash = try #require(proven["statementHash"] as? String)
      let checked = try world.json(["dispute", "verify-step", file, "--trust", hash], on: "nowhere")[0]
      #expect(
        checked["isRefuted"] as? Bool == true && checked["postState"] as? String == proven["postState"] as? String)
      try world.expect(
        1, ["dispute", "verify-step", file, "--trust", "0x" + String(repeating: "0", count: 64)], on: "nowhere")
      try world.expect(2, ["dispute", "verify-step", file, "--trust", "x"], on: "nowhere")
      try world.expect(3, ["dispute", "verify-step", world.path("missing")], on: "nowhere")
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      bytes[bytes.count - 5] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      try world.expect(1, ["dispute", "verify-step", file], on: "nowhere")
    }
  }

  @Test("two nodes that saw different reorganisations compare equal; one that is behind, or another chain's, does not")
  func compare() throws {
    try DevnetWorld.with { world in
      try world.expect(0, ["devnet", "--scenario", "reorg", "--quiet"], on: ".")
      try world.expect(0, ["devnet", "--scenario", "honest", "--quiet"], on: ".")
      let other = world.path("reorg/second")
      let equal = try world.json(["log", "compare", other], on: "reorg")[0]
      #expect(equal["outcome"] as? String == "equal")
      let first = try #require(equal["first"] as? [String: Any])
      let second = try #require(equal["second"] as? [String: Any])
      #expect(first["records"] as? Int != second["records"] as? Int)
      for name in ["proposer-state", "challenger-view"] {
        let digest = try world.json(["projection", "digest", name], on: "reorg")[0]["digest"] as? String
        #expect(try world.json(["projection", "digest", name], on: "reorg/second")[0]["digest"] as? String == digest)
      }
      let known = try KnownDigests.of("reorg")
      #expect(known.count == 3)
      for (name, digest) in known {
        #expect(
          try world.json(["projection", "digest", name], on: "reorg")[0]["digest"] as? String == digest, "\(name)")
      }
      // Another script over the same genesis: another L1 from some block on, final in both.
      let different = try world.json(["log", "compare", world.path("honest")], on: "reorg", exitCode: 1)[0]
      #expect(different["outcome"] as? String == "twoFinalBlocks")
      #expect((different["firstDifference"] as? Int ?? 0) == (different["equalThrough"] as? Int ?? -1) + 1)
      #expect(different["first"] is [String: Any])
      try world.expect(3, ["log", "compare", world.path("nowhere")], on: "reorg")
    }
  }

  @Test(
    "a live devnet that is interrupted ends well, one that is killed loses nothing, and the next goes on",
    .timeLimit(.minutes(3)))
  func interruption() throws {
    try DevnetWorld.with { world in
      let live = ["devnet", "--pace", "0.01", "--data-dir", world.path("live")]
      var reached: UInt64 = 0
      for (run, signal) in [SIGINT, SIGKILL, SIGTERM].enumerated() {
        let tool = try RunningTool(live, outputPath: world.path("output-\(run)"))
        #expect(tool.waitFor("L1 block \(reached + 4),"))
        let code = tool.end(signal)
        #expect(code == (signal == SIGKILL ? 128 + SIGKILL : 0))
        let blocks = tool.output.matches(of: #/L1 block (\d+), L2 block/#).compactMap { UInt64($0.output.1) }
        // It begins where the one before was, which may have come further than it had time to say.
        #expect(blocks.first.map { $0 >= reached && $0 <= reached + 1 } ?? false, "run \(run): \(blocks)")
        reached = try #require(blocks.last)
        if signal != SIGKILL { #expect(tool.output.contains("the next start goes on from there")) }
      }
      let last = try world.expect(0, ["devnet", "--blocks", "1"], on: "live")
      #expect(last.output.contains("L1 block \(reached + 1),"))
      try world.expect(0, ["log", "verify"], on: "live")
      try world.expect(0, ["replay"], on: "live")
      try world.expect(0, ["projection", "verify", "challenger-view"], on: "live")
    }
  }

  @Test("a node's store that lost its manifest keeps its name")
  func lostManifest() throws {
    try DevnetWorld.with { world in
      let live = ["devnet", "--pace", "0", "--blocks", "2", "--quiet", "--data-dir", world.path("live")]
      #expect(try Tool.run(live).exitCode == 0)
      let manifest = world.path("live/varve.json")
      let identity = try String(contentsOfFile: manifest, encoding: .utf8)
      try FileManager.default.removeItem(atPath: manifest)
      let again = try Tool.run(live)
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(try String(contentsOfFile: manifest, encoding: .utf8) == identity)
    }
  }

  @Test(
    "a pace that is no time to wait is refused in one line, before anything is made",
    arguments: ["nan", "inf", "-inf", "1e30", "-1", "86401"])
  func pace(_ pace: String) throws {
    try DevnetWorld.with { world in
      let run = try world.expect(2, ["devnet", "--blocks", "2", "--pace=\(pace)"], on: "live")
      #expect(run.errors.contains("--pace takes seconds from 0 to 86400"))
      #expect(!FileManager.default.fileExists(atPath: world.path("live")))
    }
  }

  @Test("a script never clears a directory that is no devnet's")
  func clearing() throws {
    try DevnetWorld.with { world in
      let place = world.path("honest")
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      try Data([1]).write(to: URL(fileURLWithPath: "\(place)/precious"))
      try world.expect(3, ["devnet", "--scenario", "honest"], on: ".")
      #expect(FileManager.default.fileExists(atPath: "\(place)/precious"))
    }
  }
}
