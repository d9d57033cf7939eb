import EventStore
import Foundation
import StoreFiles
import SystemPackage
import TestSupport
import Testing

/// A repair that is stopped at each of its steps, and run again.
@Suite("Stopped repairs")
struct RepairStepTests {
  /// How far a repair came.
  enum Stop: CaseIterable {
    case makingTheDraft, beforeSettingProjectionsAside, beforeTheExchange, beforeTheQuarantine
  }

  @Test(
    "a repair that was stopped at any step is finished by the next one, and loses nothing", arguments: Stop.allCases)
  func again(stop: Stop) throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state"])
      let root = try world.json(["log", "stats"])[0]["root"] as? String
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: world.groupHash(31)) > 0)
      let damaged = try Data(contentsOf: URL(fileURLWithPath: "\(world.store)/ledger/data.mdb"))
      let manifest = try Data(contentsOf: URL(fileURLWithPath: "\(world.store)/varve.json"))
      try repair(world, until: stop)
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(world.store)/varve.json")) == manifest)

      try world.expect(0, ["log", "repair"])
      try world.expect(0, ["log", "verify"])
      #expect(try world.json(["log", "stats"])[0]["root"] as? String == root)
      #expect(try world.expect(0, ["log", "repair"]).errors.contains("nothing to repair"))
      try world.expect(0, ["replay"])
      #expect(!FileManager.default.fileExists(atPath: "\(world.store)/repair"))
      #expect(try quarantined("ledger/data.mdb", in: world) == [damaged])
      #expect(try quarantined("projections/proposer-state/CURRENT", in: world).count == 1)
    }
  }

  /// Does what a repair does, up to a step.
  private func repair(_ world: DemoWorld, until stop: Stop) throws {
    let store = DataDirectory(FilePath(world.store))
    guard stop != .makingTheDraft else {
      // Stopped before the draft's data file had its name.
      let begun = "\(world.store)/repair/ledger/.new-1"
      return try FileManager.default.createDirectory(atPath: begun, withIntermediateDirectories: true)
    }
    #expect(try LogRepair.rebuild(store.ledger, into: store.workshop.ledger).isConfirmed)
    if stop == .beforeSettingProjectionsAside { return }
    try store.holdingLedger { () throws -> Void in
      try store.setProjectionsAside()
      if stop == .beforeTheQuarantine { try store.exchangeLedgers() }
    }
  }

  /// The contents of the files of this name in all quarantines.
  private func quarantined(_ name: String, in world: DemoWorld) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: world.store).filter { $0.hasPrefix("quarantine-") }.sorted()
      .map { "\(world.store)/\($0)/\(name)" }.filter { FileManager.default.fileExists(atPath: $0) }
      .map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
  }

  @Test("while somebody may append, a log is neither repaired nor replaced; while it is repaired, nobody may append")
  func held() throws {
    try DemoWorld.withStore { world in
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: world.groupHash(31)) > 0)
      try DataDirectory(FilePath(world.store)).holdingLedger { () throws -> Void in
        for command in [["log", "repair"], world.importing(world.chain) + ["--replace-damaged"]] {
          #expect(try world.expect(3, command).errors.contains("is in use"))
        }
        #expect(try world.expect(3, world.importing(world.chain)).errors.contains("is held by process"))
      }
      #expect(!FileManager.default.fileExists(atPath: "\(world.store)/quarantine-1"))
      try world.expect(0, ["log", "repair"])
    }
  }

  @Test(
    "a repair holds the log while it makes the new one, and says in its result that nothing confirms it, if nothing does"
  )
  func heldMeanwhile() throws {
    try DemoWorld.withStore { world in
      let root = try world.root()
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: bytes(root)) > 0)
      // The child has checked all records, and stands still where it says that the head row could not be read.
      let held = try HeldTool(["log", "repair", "--data-dir", world.store], holding: .errors)
      let child = try #require(held.child(["log", "repair", "--child"]))
      #expect(try world.expect(3, world.importing(world.chain)).errors.contains("is held by process"))
      #expect(try world.expect(3, ["log", "repair"]).errors.contains("is in use"))
      kill(held.process.processIdentifier, SIGKILL)
      #expect(HeldTool.hasEnded(child))
      _ = try held.finish()
      #expect(FileManager.default.fileExists(atPath: "\(world.store)/repair"))

      let outcome = try world.json(["log", "repair"])[0]
      #expect(outcome["isConfirmed"] as? Bool == false)
      #expect(outcome["root"] as? String == root)
      #expect(!FileManager.default.fileExists(atPath: "\(world.store)/repair"))
    }
  }

  private func bytes(_ hex: String) -> [UInt8] {
    stride(from: 2, to: hex.count, by: 2).map { UInt8(hex.dropFirst($0).prefix(2), radix: 16) ?? 0 }
  }
}
