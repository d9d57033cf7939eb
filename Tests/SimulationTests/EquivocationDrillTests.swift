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

  @Test("no honest case may come to an accusation that stands")
  func honestCases() {
    for kind in DrillCase.allCases where kind.isHonest {
      #expect([.alert, .excused, .refused, .nothing].contains(kind.expectation), "\(kind)")
    }
  }
}
