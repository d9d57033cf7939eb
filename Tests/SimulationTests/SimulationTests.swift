import Simulation
import Testing

@Suite("Simulation")
struct SimulationTests {
  @Test("all invariants hold, whatever happens", arguments: 0..<3 as Range<UInt64>)
  func invariants(seed: UInt64) throws {
    var simulation = try RollupSimulation(seed: seed)
    let report = try simulation.run(steps: 80)
    #expect(report.l2Blocks > 0 && report.games > 0)
  }

  @Test("equal seeds give equal runs, other seeds others")
  func deterministic() throws {
    var reports: [SimulationReport] = []
    for seed in [1, 1, 2] as [UInt64] {
      var simulation = try RollupSimulation(seed: seed)
      reports.append(try simulation.run(steps: 40))
    }
    #expect(reports[0] == reports[1])
    #expect(reports[0].digest != reports[2].digest)
  }

  @Test(
    "an invariant's checker fires when its bug is planted",
    arguments: [PlantedBug.miscountedValue, .deafNode, .forgetfulNode, .lyingProposer])
  func planted(bug: PlantedBug) throws {
    var simulation = try RollupSimulation(seed: 0, bug: bug)
    let violation = #expect(throws: Violation.self) { _ = try simulation.run(steps: 120) }
    #expect(violation?.invariant == bug.breaks)
  }
}
