import EVM
import SecondMachine
import TestSupport
import Testing

@Suite("Random transactions against the second machine")
struct TransactionComparisonTests {
  @Test(
    "transactions of all types, several on a state, cost the same, return the same and leave the same state",
    arguments: Revision.allCases)
  func agree(revision: Revision) {
    let report = TransactionComparison.run(
      seed: SeededGenerator(name: "agree(\(revision))").seed, revision: revision, chains: 150)
    #expect(report.difference == nil)
    #expect(report.successes * 3 >= report.runs, "\(report.successes) of \(report.runs) succeed")
  }

  @Test("an instruction that costs one gas too much in one of them is found", arguments: [0x03, 0x54, 0xf1] as [UInt8])
  func planted(opcode: UInt8) {
    let report = TransactionComparison.run(seed: 1, revision: .osaka, chains: 500, planted: [opcode: 1])
    #expect(report.difference != nil, "\(report.runs) runs")
  }
}
