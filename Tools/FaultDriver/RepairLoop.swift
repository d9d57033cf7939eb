import EventStore
import Foundation
import Primitives
import StoreFiles
import SystemPackage

/// Damaged ledgers: what follows from the records is made anew, by a repair that is killed several times and run again; a
/// lost record is refused, and a backup that was taken before takes the ledger's place.
struct RepairLoop {
  let work: FilePath
  let seed: UInt64

  /// How many damaged ledgers are wanted.
  let ledgers: Int

  /// How they are repaired: but for plainly, violations are to be found.
  let manner: Repair.Manner

  /// A repair is killed so often at most.
  private static let mostKills = 3

  /// Of fewer ledgers none need be refused, and no repair killed.
  private static let fewLedgers = 24

  private var random: SplitMix64

  /// What becomes of the ledgers, and of the repairs that were not let to their end.
  private var repaired = 0
  private var refused = 0
  private var killed = 0
  private var killedInPlace = 0

  init(work: FilePath, seed: UInt64, ledgers: Int, manner: Repair.Manner) {
    self.work = work
    self.seed = seed
    self.ledgers = ledgers
    self.manner = manner
    random = SplitMix64(seed: seed)
  }

  /// Damages and repairs, and prints what was found. False when something was violated.
  mutating func run() throws -> Bool {
    let start = Victim.now()
    let source = try RepairSource(making: DataDirectory(work.appending("source")), chainIn: work)
    let leaves = try source.leaves()
    let backup = DataDirectory(work.appending("backup"))
    _ = try backup.makeLog(
      in: backup.ledger, copying: EventLog.open(source.store.ledger, mode: .readOnly), source.store.manifest(),
      check: { try Upkeep.Places.soundSize($0.ledger) })
    let flaws = RepairSource.Flaw.allCases
    var violations: [String] = []
    var milliseconds = 100.0
    for number in 0..<ledgers {
      let flaw = flaws[number % flaws.count]
      let store = DataDirectory(work.appending("ledger-\(number)"))
      do {
        try FileManager.default.copyItem(atPath: source.store.path.string, toPath: store.path.string)
        let copy = RepairSource(madeIn: store)
        try copy.damage(flaw, &random)
        let begun = Victim.now()
        if flaw.canBeMended {
          let check = RepairCheck(store: store, leaves: leaves, damaged: try copy.digest(), manner: manner)
          // The first goes to its end: so long does one take.
          if number > 0 { try killRepairs(of: store, check, within: milliseconds) }
          try check.run()
          if number == 0 { milliseconds = Victim.now() - begun }
          repaired += 1
        } else {
          try requireRefusal(of: copy)
          try Restoring(place: work.appending("restoring")).run(
            EventLog.open(backup.ledger, mode: .readOnly), store.ledgerSigner(of: store.manifest()),
            inPlaceOf: store.ledger)
          refused += 1
        }
      } catch { violations.append("ledger \(number) of seed \(seed), \(flaw): \(error)") }
      try? FileManager.default.removeItem(atPath: store.path.string)
    }
    for violation in violations.prefix(5) { print("VIOLATION \(violation)") }
    print(
      """
      \(ledgers) damaged ledgers (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s
      \(repaired) repaired: all records as before, the damaged file set aside, and \(killed) repairs of these killed before \
      they were done, \(killedInPlace) of them while the new ledger took the old one's place
      \(refused) refused, as a record was lost, and a backup restored in their place, \(violations.count) violations
      """)
    guard ledgers < Self.fewLedgers || killed > 0 && refused > 0 else {
      print("VIOLATION: what was to be disturbed did not happen")
      return false
    }
    return violations.isEmpty
  }

  /// Starts repairs, and kills each at a random moment.
  private mutating func killRepairs(of store: DataDirectory, _ check: RepairCheck, within milliseconds: Double) throws {
    for _ in 0..<Int.random(in: 0...Self.mostKills, using: &random) {
      let victim = try Victim(["repair", store.path.string, manner.rawValue])
      let report = try victim.kill(after: Double.random(in: 0...milliseconds, using: &random), ofFirstLine: true)
      guard report.wasKilled || report.exitCode == 0 else {
        throw Checker.Violation(description: "a repair ended with code \(report.exitCode)")
      }
      if report.wasKilled {
        killed += 1
        if report.lines["begin", default: 0] == 2, report.lines["repaired"] == nil { killedInPlace += 1 }
      }
      try check.requireLedger()
    }
  }

  /// Says why, and leaves the ledger as it is, and nothing beside it.
  private func requireRefusal(of damaged: RepairSource) throws {
    let before = try damaged.digest()
    do { try Repair(store: damaged.store).mend() } catch is RepairError {
      let names = Set(try FileManager.default.contentsOfDirectory(atPath: damaged.store.path.string))
      guard try damaged.digest() == before, names.isDisjoint(with: ["repair", "quarantine-1"]) else {
        throw Checker.Violation(description: "a refused repair has changed the store")
      }
      return
    }
    throw Checker.Violation(description: "a ledger that has lost a record was repaired")
  }
}
