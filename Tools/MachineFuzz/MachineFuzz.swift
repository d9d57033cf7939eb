import EVM
import Foundation
import Primitives
import SecondMachine

/// Holds the virtual machine of an optimised build, which goes from instruction to instruction by jumps, to the second
/// machine, which the unit tests hold that of a debug build to.
///
///     MachineFuzz ROUNDS SEED
///
/// Each revision gets so many calls and creations, each in a world of its own, and a fourth as many chains of
/// transactions; and more, until a third of them has succeeded. The same seed gives the same ones. Then comes what nests
/// or lasts. Ends with 0 if all held, 1 if something did not, 2 if it was called wrongly, 3 if this is no optimised build.
@main
struct MachineFuzz {
  static func main() {
    #if DEBUG
      say("this is a debug build: build with -c release")
      exit(3)
    #else
      let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
      guard arguments.count == 2, CommandLine.arguments.count == 3, (1...1 << 32).contains(arguments[0]) else {
        say("MachineFuzz ROUNDS SEED")
        exit(2)
      }
      exit(run(rounds: Int(arguments[0]), seed: arguments[1]) ? 0 : 1)
    #endif
  }

  private static func run(rounds: Int, seed: UInt64) -> Bool {
    print("seed \(seed)")
    var seeds = SplitMix64(seed: seed)
    var (runs, differences) = (0, 0)
    for revision in Revision.allCases {
      let calls = MachineComparison.run(seed: seeds.next(), revision: revision, rounds: rounds)
      let chains = TransactionComparison.run(seed: seeds.next(), revision: revision, chains: (rounds + 3) / 4)
      for (report, what) in [(calls, "calls"), (chains, "transactions")] {
        runs += report.runs
        print("\(revision): \(report.runs) \(what), \(report.successes) succeed")
        if let difference = report.difference { say("FAILED: \(difference)") }
        if report.difference != nil { differences += 1 }
      }
    }
    let violations = hostile()
    for violation in violations { say("FAILED: \(violation)") }
    print("\(runs) runs of \(Revision.allCases.count) revisions: \(differences) differences")
    return differences == 0 && violations.isEmpty
  }

  /// What does not hold of code that nests or lasts.
  private static func hostile() -> [String] {
    var violations: [String] = []
    let calls = HostileCode.nestedCalls()
    if calls != 1025 { violations.append("calls nest \(calls ?? 0) deep") }
    let creations = HostileCode.nestedCreations()
    if creations != 1024 { violations.append("creations nest \(creations) deep") }
    let gas = HostileCode.loop(rounds: 2_000_000)
    if gas != 3 + 26 * 2_000_000 { violations.append("a loop costs \(gas) gas") }
    // As much as 30,000,000 gas can have searched for jump destinations.
    let start = ContinuousClock.now
    let (made, price) = HostileCode.creations(610, initcodeSize: 2_290_000, revision: .paris)
    let time = ContinuousClock.now - start
    print("calls and creations nest 1,024 deep, 14,000,000 instructions: \(violations.isEmpty ? "as they must" : "no")")
    print("\(made) creations from 2,290,000 bytes each, \(price) gas: \(time)")
    if made != 610 { violations.append("\(made) contracts of 610 are made") }
    if time > .seconds(20) { violations.append("creations from long code took \(time)") }
    return violations
  }

  private static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
