import Rollup
import TestSupport
import Testing

@testable import Projections

@Suite("What there is to do about an output")
struct OutputStandingTests {
  private func row(_ status: OutputRow.Status = .open, game: UInt64? = nil) throws -> OutputRow {
    OutputRow(
      output: try RollupLedger().wrongOutput(0, block: 1), l1Block: 1, challengeEnd: 1000, status: status, game: game)
  }

  @Test("who can still do something, and for how long")
  func standings() throws {
    let open = try row()
    #expect(OutputStanding(open, .agrees, now: 990) == .challengeable(secondsLeft: 10))
    #expect(OutputStanding(open, nil, now: 990) == .challengeable(secondsLeft: 10))
    #expect(OutputStanding(open, .insufficientData, now: 990) == .challengeable(secondsLeft: 10))
    #expect(OutputStanding(open, .disagrees, now: 990) == .unchallenged(secondsLeft: 10))
    #expect(OutputStanding(open, .notDerivableAtL1Head, now: 999) == .unchallenged(secondsLeft: 1))
    // The contract takes no dispute from the end on.
    #expect(OutputStanding(open, .disagrees, now: 1000) == .closed)
    #expect(OutputStanding(try row(game: 3), .disagrees, now: 2000) == .disputed(game: 3))
    #expect(OutputStanding(try row(.final), .disagrees, now: 0) == .final)
    #expect(OutputStanding(try row(.deleted), .disagrees, now: 0) == .deleted)
  }
}
