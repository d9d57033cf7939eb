// `varve simulate`: rollups played from seeds.

import ArgumentParser
import Dispatch
import Primitives
import Simulation
import Synchronization

struct SimulateCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Plays whole rollups from seeds: dishonest actors, reorganisations, crashes, lost messages.",
    discussion: """
      All of it is virtual time, and nothing is read or written. What must hold is
      checked after every step; the first thing that does not is told with the
      seed, which plays the same run again, byte for byte. Several seeds are
      played on all processors.

      EXAMPLES
        varve simulate --seed 7 --steps 500
        varve simulate --seeds 1..5000 --twice
        varve simulate --seeds 1..9 --bug sleepingChallenger
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("One seed to play.", valueName: "number"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("The first and the last of the seeds to play.", valueName: "first..last"))
  var seeds: SeedRange?

  @Option(help: ArgumentHelp("Steps of a run: L1 blocks, but for those that are reorganised.", valueName: "number"))
  var steps: Int = 100

  @Flag(help: "Play every seed twice, and hold the runs against each other.")
  var twice = false

  @Option(help: ArgumentHelp("Plant a bug, to see that it is found.", valueName: "name"))
  var bug: PlantedBug?

  func validate() throws {
    guard steps > 0 else { throw ValidationError("--steps is at least 1") }
    guard seed == nil || seeds == nil else { throw ValidationError("--seed or --seeds, not both") }
  }

  func execute(_ console: Console) throws {
    let range = seeds?.range ?? (seed ?? 1)...(seed ?? 1)
    let sweep = Sweep(steps: steps, bug: bug, isRepeated: twice)
    let outcomes = try sweep.play(range) { seed, violation in
      console.line(
        Line(seed: seed, steps: violation.step, violation: violation.description), text: "seed \(seed): \(violation)")
    }
    let total = Line(outcomes, seeds: range, steps: steps)
    console.line(total, text: total.text)
    if !outcomes.violations.isEmpty { throw Stop(exitCode: Failure.Kind.disagreement.rawValue) }
  }
}

extension PlantedBug: ExpressibleByArgument {}

/// Seeds `first..last`, both of them included.
struct SeedRange: ExpressibleByArgument {
  let range: ClosedRange<UInt64>

  init?(argument: String) {
    let ends = argument.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = UInt64(ends[0]), let last = UInt64(ends[1]), first <= last,
      last - first < 100_000_000
    else { return nil }
    range = first...last
  }
}

/// Many seeds, on all processors.
private struct Sweep: Sendable {
  let steps: Int
  let bug: PlantedBug?
  let isRepeated: Bool

  struct Outcome: Sendable {
    var reports: [UInt64: SimulationReport] = [:]
    var violations: [UInt64: Violation] = [:]
    var failure: (any Error)?
  }

  /// - Parameter tell: gets each violation when it is found.
  /// - Throws: what kept a run from being played at all.
  func play(_ seeds: ClosedRange<UInt64>, tell: @Sendable (UInt64, Violation) -> Void) throws -> Outcome {
    let outcome = Mutex(Outcome())
    DispatchQueue.concurrentPerform(iterations: Int(seeds.upperBound - seeds.lowerBound) + 1) { index in
      let seed = seeds.lowerBound + UInt64(index)
      do {
        let report = try RollupSimulation.play(seed: seed, steps: steps, bug: bug, isRepeated: isRepeated)
        outcome.withLock { $0.reports[seed] = report }
      } catch let violation as Violation {
        outcome.withLock {
          $0.violations[seed] = violation
          tell(seed, violation)
        }
      } catch {
        outcome.withLock { if $0.failure == nil { $0.failure = SeedFailure(seed: seed, cause: error) } }
      }
    }
    let result = outcome.withLock { $0 }
    if let failure = result.failure { throw failure }
    return result
  }
}

/// A run that could not be played to its end.
private struct SeedFailure: Error, CustomStringConvertible {
  let seed: UInt64
  let cause: any Error

  var description: String { "seed \(seed): \(cause)" }
}

/// What is printed of one seed, or of many.
private struct Line: Encodable {
  var seed: UInt64
  var lastSeed: UInt64?
  var steps: Int
  var violations: Int?
  var digest: String?
  var l2Blocks, forcedBlocks, rejectedBatches, finalOutputs, deletedOutputs, games, reorganisations, crashes: Int?
  var keyRotations, retiredKeyBatches, conflictingSignatures, slashedKeys, accompliceClaims: Int?
  var pauses, blacklistedGames: Int?
  var violation: String?

  init(seed: UInt64, steps: Int, violation: String) {
    self.seed = seed
    self.steps = steps
    self.violation = violation
  }

  init(_ outcome: Sweep.Outcome, seeds: ClosedRange<UInt64>, steps: Int) {
    seed = seeds.lowerBound
    if seeds.count > 1 { lastSeed = seeds.upperBound }
    self.steps = steps
    violations = outcome.violations.count
    let ordered = outcome.reports.keys.sorted().compactMap { outcome.reports[$0] }
    let total = SimulationReport(of: ordered)
    digest = "\(total.digest)"
    l2Blocks = total.l2Blocks
    forcedBlocks = total.forcedBlocks
    rejectedBatches = total.rejectedBatches
    finalOutputs = total.finalOutputs
    deletedOutputs = total.deletedOutputs
    games = total.games
    reorganisations = total.reorganisations
    crashes = total.crashes
    keyRotations = total.keyRotations
    retiredKeyBatches = total.retiredKeyBatches
    conflictingSignatures = total.conflictingSignatures
    slashedKeys = total.slashedKeys
    accompliceClaims = total.accompliceClaims
    pauses = total.pauses
    blacklistedGames = total.blacklistedGames
  }

  var text: String {
    let who = lastSeed.map { "seeds \(seed) to \($0)" } ?? "seed \(seed)"
    let parts = [
      (l2Blocks, "L2 blocks"), (forcedBlocks, "of them forced"), (rejectedBatches, "batches rejected"),
      (finalOutputs, "outputs final"), (deletedOutputs, "deleted"), (games, "games"),
      (reorganisations, "reorganisations"), (crashes, "crashes"), (keyRotations, "key rotations"),
      (retiredKeyBatches, "batches of retired keys"),
      (conflictingSignatures, "heights signed again"), (slashedKeys, "keys slashed"),
      (accompliceClaims, "claims of accomplices"), (pauses, "pauses"), (blacklistedGames, "games declared void"),
    ]
    let counts = parts.map { "\($0.0 ?? 0) \($0.1)" }.joined(separator: ", ")
    return "\(who), \(steps) steps each: \(violations ?? 0) violations; \(counts); digest \(digest ?? "")"
  }
}
