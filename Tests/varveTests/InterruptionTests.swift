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
    // Before the projection itself, in what it reads of another one.
    if run.exitCode == 3, run.errors.contains("stopped before all were begun; run it again to go on") { return true }
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

  @Test("a backup, or a restore, that is interrupted at any moment is no log, and is made when it is run again")
  func copies() throws {
    try DemoWorld.withStore { world in
      let root = try world.root()
      func again(_ name: String, _ command: (String) -> [String]) throws {
        let whole = try Self.seconds {
          let run = try Tool.run(command("\(world.directory)/\(name)"))
          #expect(run.exitCode == 0, "\(run.errors)")
        }
        for part in 1...Self.parts {
          let target = "\(world.directory)/\(name)-\(part)"
          let run = try Tool.run(command(target), interruptedAfter: whole * Double(part) / Double(Self.parts))
          guard Self.hasEnded(run) else { return }
          if FileManager.default.fileExists(atPath: "\(target)/ledger/data.mdb") {
            // It has its name last, so all is done.
            #expect(FileManager.default.fileExists(atPath: "\(target)/varve.json"))
          } else {
            #expect(try Tool.run(["log", "stats", "--data-dir", target]).exitCode == 3)
            let second = try Tool.run(command(target))
            #expect(second.exitCode == 0, "\(second.errors)")
          }
          let verified = try Tool.run(["log", "verify", "--data-dir", target])
          #expect(verified.exitCode == 0 && verified.output.contains(root), "\(verified.errors)")
        }
      }
      try again("backup") { ["log", "backup", $0, "--data-dir", world.store] }
      try again("restored") { ["log", "restore", "\(world.directory)/backup", "--data-dir", $0] }
    }
  }

  @Test("a store that is made where a backup is restored to, while that is verified, is left as it is")
  func meanwhile() throws {
    try DemoWorld.withStore { world in
      let backup = "\(world.directory)/backup"
      try world.expect(0, ["log", "backup", backup])
      let target = "\(world.directory)/target"
      // Its note that the target has no key stands still, after the backup was looked at and before anything is written.
      let held = try HeldTool(["log", "restore", backup, "--data-dir", target], holding: .errors)
      let child = try #require(held.child(["log", "verify", "--child"]))
      #expect(HeldTool.hasEnded(child))
      let made = try Tool.run(world.importing(world.chain) + ["--data-dir", target])
      #expect(made.exitCode == 0, "\(made.errors)")
      let manifest = try Data(contentsOf: URL(fileURLWithPath: "\(target)/varve.json"))
      #expect(try held.finish() == 1)
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(target)/varve.json")) == manifest)
      #expect(try Tool.run(["log", "checkpoint", "--data-dir", target]).exitCode == 0)
    }
  }

  @Test("what a copy has left that was killed at any of its steps is written over by the next")
  func leftOfCopies() throws {
    try DemoWorld.withStore { world in
      let whole = try Data(contentsOf: URL(fileURLWithPath: "\(world.store)/ledger/data.mdb"))
      let manifest = try Data(contentsOf: URL(fileURLWithPath: "\(world.store)/varve.json"))
      for (number, left) in [
        ["ledger/writer.lock": Data("1\n".utf8), "ledger/.new-copy/ledger/data.mdb.tmp": whole.prefix(5000)],
        ["ledger/.new-copy/ledger/data.mdb": whole.prefix(5000)],
        ["ledger/.new-copy/ledger/data.mdb": whole, "varve.json": manifest],
      ].enumerated() {
        let copy = "\(world.directory)/copy-\(number)"
        for (name, bytes) in left {
          let url = URL(fileURLWithPath: "\(copy)/\(name)")
          try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
          try bytes.write(to: url)
        }
        #expect(try Tool.run(["log", "stats", "--data-dir", copy]).exitCode == 3)
        #expect(try Tool.run(["log", "restore", copy, "--data-dir", "\(copy)-restored"]).exitCode == 3)
        try world.expect(0, ["log", "backup", copy])
        #expect(try Tool.run(["log", "verify", "--data-dir", copy]).exitCode == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(copy)/ledger").sorted()
        #expect(names == ["data.mdb", "lock.mdb", "writer.lock"])
      }
    }
  }

  @Test(
    "a copy that cannot be checked because its disk is full is not called damaged",
    .enabled(if: SmallFileSystem.isPermittedOrRequired, "a small file system cannot be mounted here"))
  func fullDisk() throws {
    try DemoWorld.withStore { world in
      let size = try Data(contentsOf: URL(fileURLWithPath: "\(world.store)/ledger/data.mdb")).count
      // Room for the copy, and not for the file that its readers share.
      let small = try #require(SmallFileSystem(at: "\(world.directory)/small", bytes: size + 4 * 4096))
      defer { small.unmount() }
      let refused = try world.expect(3, ["log", "backup", "\(small.path)/copy"])
      #expect(refused.errors.contains("No space left on device") && !refused.errors.contains("not sound"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(small.path)/copy/ledger").isEmpty)
      #expect(small.enlarge(megabytes: 8))
      try world.expect(0, ["log", "backup", "\(small.path)/copy"])
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
