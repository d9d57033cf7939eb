// Lies and honest disturbances, told and judged.

import Primitives
import Simulation
import Testing

@Suite("Equivocation drill")
struct EquivocationDrillTests {
  @Test("every kind of case comes to what it must, with evidence that says the same", arguments: DrillCase.allCases)
  func cases(kind: DrillCase) throws {
    for seed in [UInt64](1...5) {
      let result = try EquivocationDrill.play(kind, seed: seed)
      #expect(result.outcome == kind.expectation, "seed \(seed)")
      #expect(result.evidenceFault == nil, "seed \(seed)")
    }
  }

  @Test("a drill plays every kind in turn, and the same drill again from the same seed")
  func drill() throws {
    var kinds: Set<DrillCase> = []
    for number in 0..<UInt64(DrillCase.allCases.count) {
      let result = try EquivocationDrill.play(number, seed: 7)
      #expect(try EquivocationDrill.play(number, seed: 7) == result)
      #expect(result.isExpected, "\(result)")
      kinds.insert(result.kind)
    }
    #expect(kinds.count == DrillCase.allCases.count)
  }

  @Test(
    "who listens to a simulated rollup finds no honest word guilty, and takes what the contract takes",
    arguments: [3, 5, 11, 14, 21] as [UInt64])
  func simulations(seed: UInt64) throws {
    let watched = try EquivocationDrill.watch(simulation: seed, steps: 60)
    #expect(watched.faults.isEmpty, "\(watched.faults)")
    #expect(watched.evidence == watched.accusations)
  }

  @Test("a sequencer without its guard is found out by who listens")
  func unguarded() throws {
    let found = try (1...12 as ClosedRange<UInt64>).contains { seed in
      try EquivocationDrill.watch(simulation: seed, steps: 60, bug: .unwatchedSequencer).honestAccused > 0
    }
    #expect(found)
  }

  @Test("no honest case may come to an accusation that stands")
  func honestCases() {
    for kind in DrillCase.allCases where kind.isHonest {
      #expect([.alert, .excused, .refused, .nothing].contains(kind.expectation), "\(kind)")
    }
  }
}
