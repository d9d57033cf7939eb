import EVM
import SecondMachine
import TestSupport
import Testing

@Suite("Two interpreters")
struct DifferentialTests {
  @Test(
    "random code spends the same gas, returns the same and leaves the same world in both", arguments: Revision.allCases)
  func agree(revision: Revision) {
    let report = MachineComparison.run(
      seed: SeededGenerator(name: "agree(\(revision))").seed, revision: revision, rounds: 600)
    #expect(report.difference == nil)
    #expect(report.successes * 3 >= report.runs, "\(report.successes) of \(report.runs) succeed")
  }

  @Test("comparing goes on until a third has succeeded, and ends where that does not come")
  func enough() {
    // The first hundred fail.
    let late = ComparisonReport(rounds: 20) { round, report in
      report.runs += 1
      if round >= 100 { report.successes += 1 }
    }
    #expect(late.runs == 150 && late.successes == 50 && late.difference == nil)
    let never = ComparisonReport(rounds: 20) { _, report in report.runs += 1 }
    #expect(never.runs == 300 && never.difference == "0 of 300 succeed")
    let different = ComparisonReport(rounds: 20) { round, report in
      report.runs += 1
      if round == 4 { report.difference = "here" }
    }
    #expect(different.runs == 5)
  }

  /// One of each group of prices, and of each kind of instruction.
  @Test(
    "an instruction that costs one gas too much in one of them is found",
    arguments: [
      0x01, 0x0a, 0x20, 0x31, 0x3c, 0x40, 0x52, 0x54, 0x55, 0x57, 0x5b, 0xa2, 0xf0, 0xf1, 0xf4, 0xff,
    ] as [UInt8])
  func planted(opcode: UInt8) {
    let report = MachineComparison.run(
      seed: 1, revision: .byzantium, rounds: 2_000, planted: [opcode: 1])
    #expect(report.difference != nil, "\(report.runs) runs")
  }
}
