import Primitives
import Simulation
import Testing

@Suite("Simulation")
struct SimulationTests {
  @Test("all invariants hold, whatever happens", arguments: 0..<4 as Range<UInt64>)
  func invariants(seed: UInt64) throws {
    let report = try RollupSimulation.play(seed: seed, steps: 60)
    #expect(report.l2Blocks > 0)
  }

  /// 16: a move that hit another game after a reorganisation. 3302: moves in a game that begins with a wrong parent's state.
  /// 12803: L1 took back the same dispute until the challenge period was over.
  @Test("the invariants hold at the seeds where one did not", arguments: [16, 3302, 12803])
  func foundBefore(seed: UInt64) throws {
    _ = try RollupSimulation.play(seed: seed, steps: 60)
  }

  @Test("equal seeds give equal runs, other seeds others")
  func deterministic() throws {
    let first = try RollupSimulation.play(seed: 1, steps: 40, isRepeated: true)
    let other = try RollupSimulation.play(seed: 2, steps: 40)
    #expect(first.digest != other.digest)
  }

  @Test("a few seeds have all there is to play")
  func coverage() throws {
    var runs: [SimulationReport] = []
    for seed in [2] + [UInt64](18..<28) { runs.append(try RollupSimulation.play(seed: seed, steps: 60)) }
    let total = SimulationReport(of: runs)
    let counts = [
      total.reorganisations, total.crashes, total.forcedBlocks, total.rejectedBatches, total.keyRotations,
      total.retiredKeyBatches, total.conflictingSignatures, total.finalOutputs, total.deletedOutputs, total.games,
      total.reverts, total.betrayals, total.slashedKeys, total.accompliceClaims, total.pauses,
      total.blacklistedGames,
    ]
    #expect(!counts.contains(0), "\(total)")
  }

  /// Where each planted bug shows: a seed, and steps enough.
  private static let bugs: [(bug: PlantedBug, seed: UInt64, steps: Int)] = PlantedBug.allCases.map {
    switch $0 {
    case .nobodyFinalizes: ($0, 2, 130)
    case .credulousProposer: ($0, 11, 60)
    case .viewWithoutLimits: ($0, 21, 60)
    case .viewWithoutWindows: ($0, 24, 80)
    case .patientChallenger, .truthfulAccomplice, .silentWatcher, .forgedEvidence, .viewWithoutCredits,
      .viewWithoutEnds:
      ($0, 24, 60)
    default: ($0, 2, 60)
    }
  }

  @Test("each invariant's checker fires when its bug is planted", arguments: bugs)
  func planted(bug: PlantedBug, seed: UInt64, steps: Int) throws {
    let violation = #expect(throws: Violation.self) {
      _ = try RollupSimulation.play(seed: seed, steps: steps, bug: bug, isRepeated: bug == .strayRandom)
    }
    #expect(violation?.invariant == bug.breaks, "\(violation?.description ?? "nothing")")
  }

  @Test("the seeds that show the planted bugs are sound without them", arguments: Set(bugs.map(\.seed)).sorted())
  func sound(seed: UInt64) throws {
    let steps = Self.bugs.filter { $0.seed == seed }.map(\.steps).max() ?? 0
    _ = try RollupSimulation.play(seed: seed, steps: steps)
  }

  @Test("every invariant has a bug that breaks it")
  func complete() {
    #expect(Set(PlantedBug.allCases.map(\.breaks)) == Set(Invariant.allCases))
  }
}
