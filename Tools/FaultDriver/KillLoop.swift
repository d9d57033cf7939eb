import EventStore
import Foundation
import Primitives
import Rollup
import SystemPackage

/// A fault put in on purpose after the last cycle, to see that the checker finds it.
enum Sabotage: String {
  /// Puts back the files of the cycle before: acknowledged records are gone.
  case lose
  /// Changes one byte of a stored record.
  case tear
}

/// The loop: start a victim, kill it, check; while the log is small, and then every hundredth time, check everything.
struct KillLoop {
  let directory: FilePath
  let cycles: Int
  let seed: UInt64
  let sabotage: Sabotage?

  private var random: SplitMix64
  private var checker: Checker
  private var acknowledged = 0
  private var killedEarly = 0

  init(directory: FilePath, cycles: Int, seed: UInt64, sabotage: Sabotage?) {
    self.directory = directory
    self.cycles = cycles
    self.seed = seed
    self.sabotage = sabotage
    random = SplitMix64(seed: seed)
    checker = Checker(directory: directory)
  }

  /// Runs all cycles, and prints what was found. False at the first violation.
  mutating func run() -> Bool {
    let start = Victim.now()
    for cycle in 1...cycles {
      do {
        try runOnce(cycle)
      } catch let failure as SabotageFailure {
        print("cycle \(cycle) of seed \(seed): the log could not be broken on purpose: \(failure.reason)")
        return false
      } catch {
        print("VIOLATION in cycle \(cycle) of seed \(seed): \(error)")
        print("the log is left as it is in \(directory)")
        return false
      }
    }
    let openings = checker.openings.sorted()
    func milliseconds(_ value: Double) -> String { String(format: "%.1f ms", value) }
    print(
      """
      \(cycles) kills (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s, \(killedEarly) of them before anything was acknowledged
      \(acknowledged) records acknowledged, \(checker.size) recovered, \(checker.size - UInt64(acknowledged)) of them committed but not yet acknowledged
      open after a kill: median \(milliseconds(openings[openings.count / 2])), longest \(milliseconds(openings[openings.count - 1]))
      nothing acknowledged was lost, no record is torn, every root is that of its records
      \(checker.readings) times all of the log was read, verified and restored elsewhere
      """)
    return true
  }

  private mutating func runOnce(_ cycle: Int) throws {
    let isSabotaged = sabotage != nil && cycle == cycles
    let data = directory.appending("data.mdb").string
    if isSabotaged, sabotage == .lose { try copy(data, to: data + ".before") }
    // A run with a fault needs records to break: each of its cycles has time to acknowledge some.
    let milliseconds = Double.random(in: 2...30, using: &random)
    let isAfterOpening = sabotage != nil || Int.random(in: 0..<4, using: &random) > 0
    let victim = try Victim(directory: directory, seed: seed &* 1_000_000 &+ UInt64(cycle))
    let report = try victim.kill(after: sabotage == nil ? milliseconds : 300, ofFirstLine: isAfterOpening)
    guard report.wasKilled else { throw Checker.Violation(description: "the appending process ended by itself") }
    acknowledged += report.acknowledged.count
    if isSabotaged { try spoil(data, report) }
    guard FileManager.default.fileExists(atPath: data) else {
      guard report.acknowledged.isEmpty, checker.size == 0 else {
        throw Checker.Violation(description: "the data file is gone")
      }
      killedEarly += 1
      return
    }
    if report.acknowledged.isEmpty { killedEarly += 1 }
    try checker.check(report)
    if checker.isSmall || cycle % 100 == 0 || cycle == cycles { try checker.checkAll() }
    if cycle % 100 == 0 { print("\(cycle) kills, \(checker.size) records, all whole") }
  }

  /// Does to the file what a store that loses or tears records would have done.
  private func spoil(_ data: String, _ report: Report) throws {
    guard sabotage == nil || !report.acknowledged.isEmpty else {
      throw SabotageFailure(reason: "nothing was acknowledged")
    }
    switch sabotage {
    case .lose: try copy(data + ".before", to: data)
    case .tear: try tear(data, report)
    case nil: return
    }
  }

  /// Flips a bit of the last acknowledged record that is long enough to be recognised in the file. Pages that are no longer
  /// used may hold older copies of it, so each copy is changed.
  private func tear(_ data: String, _ report: Report) throws {
    let log = try EventLog.open(directory, mode: .readOnly)
    let payloads = report.acknowledged.reversed().lazy.map { try? log.record(at: Position($0.position)).payload }
    guard let mark = payloads.compactMap({ $0 }).first(where: { $0.count >= 24 }).map({ Data($0.prefix(24)) }) else {
      throw SabotageFailure(reason: "no acknowledged record is long enough")
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: data))
    var copies = 0
    while let place = bytes.range(of: mark) {
      bytes[place.upperBound - 1] ^= 0x10
      copies += 1
    }
    guard copies > 0 else { throw SabotageFailure(reason: "the record is not in the file") }
    try bytes.write(to: URL(fileURLWithPath: data))
  }

  private func copy(_ path: String, to other: String) throws {
    do {
      try? FileManager.default.removeItem(atPath: other)
      try FileManager.default.copyItem(atPath: path, toPath: other)
    } catch { throw SabotageFailure(reason: "\(error)") }
  }
}

/// A log could not be broken on purpose, which says nothing about the log.
struct SabotageFailure: Error {
  let reason: String
}
