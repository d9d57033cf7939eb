import Foundation
import TestSupport
import Testing

/// Ctrl-C at any moment: what was begun can be gone on with, and comes to what it would have been.
@Suite("Interruption")
struct InterruptionTests {
  /// Into how many parts a run's time is cut; it is interrupted after each.
  static let parts = 6

  /// The seconds that a run takes to its end.
  private static func seconds(_ run: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let time = try clock.measure(run)
    return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }

  @Test("a child process ends with its parent")
  func child() throws {
    try DemoWorld.withStore { world in
      let held = try HeldTool(["log", "verify", "--data-dir", world.store], holding: .output)
      let child = try #require(held.child(["log", "verify", "--child"]))
      // The other signals may be blocked in whoever runs the tests, and then are in what it starts.
      kill(held.process.processIdentifier, SIGKILL)
      held.process.waitUntilExit()
      #expect(HeldTool.hasEnded(child))
      _ = try held.finish()
    }
  }

  @Test("a check that somebody stops says neither that a log is sound nor that it is damaged")
  func stoppedCheck() throws {
    try DemoWorld.withStore { world in
      let held = try HeldTool(["log", "verify", "--data-dir", world.store], holding: .output)
      kill(try #require(held.child(["log", "verify", "--child"])), SIGKILL)
      #expect(try held.finish() == 3)
    }
  }

  /// Whether a run ended with success, by SIGINT, or by saying that it was stopped.
  private static func hasEnded(_ run: ToolRun) -> Bool {
    if run.exitCode == 0 || run.exitCode == 128 + SIGINT { return true }
    if run.exitCode == 3, run.errors.contains("was stopped; run it again to go on") { return true }
    Issue.record("exit code \(run.exitCode): \(run.output)\(run.errors)")
    return false
  }

  @Test("a replay, or a rebuild, that is interrupted at any moment goes on and comes to the same digest")
  func fold() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      let digest = try world.digest()
      for (verb, again) in [
        (["replay"], ["replay", "--resume"]),
        (
          ["projection", "rebuild", "proposer-state", "--batch-size", "7"], ["projection", "rebuild", "proposer-state"]
        ),
      ] {
        let whole = try Self.seconds { try world.expect(0, verb) }
        for part in 1...Self.parts {
          let run = try world.interrupt(verb, after: whole * Double(part) / Double(Self.parts))
          guard Self.hasEnded(run) else { return }
          // What readers have meanwhile is the version before, or already the new one: equal, as the log is the same.
          #expect(try world.digest() == digest)
          try world.expect(0, again)
          #expect(try world.digest() == digest)
          try world.expect(0, ["projection", "verify", "proposer-state"])
        }
      }
    }
  }

  @Test("an import that is interrupted at any moment leaves a sound log, and goes on to the same root")
  func chainImport() throws {
    try DemoWorld.withStore { world in
      let root = try world.root()
      var whole = 0.0
      for part in 0...Self.parts {
        try FileManager.default.removeItem(atPath: world.store)
        if part == 0 {
          whole = try Self.seconds { try world.expect(0, world.importing(world.chain)) }
          continue
        }
        let run = try world.interrupt(world.importing(world.chain), after: whole * Double(part) / Double(Self.parts))
        guard Self.hasEnded(run) else { return }
        if FileManager.default.fileExists(atPath: "\(world.store)/ledger/data.mdb") {
          try world.expect(0, ["log", "verify"])
        }
        try world.expect(0, world.importing(world.chain))
        #expect(try world.root() == root)
      }
    }
  }
}

extension DemoWorld {
  /// Runs the tool on the store, and interrupts it after so many seconds.
  func interrupt(_ arguments: [String], after seconds: Double) throws -> ToolRun {
    try Tool.run(arguments + ["--data-dir", store], interruptedAfter: seconds)
  }

  /// The digest of the live version.
  func digest() throws -> String {
    let object = try #require(try json(["projection", "digest", "proposer-state"]).first)
    return try #require(object["digest"] as? String)
  }

  /// The root of the log's tree.
  func root() throws -> String {
    let object = try #require(try json(["log", "stats"]).first)
    return try #require(object["root"] as? String)
  }
}
