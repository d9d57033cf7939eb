import L1
import Primitives
import Roles
import Rollup
import Settlement
import StateTransition

/// A script that a devnet plays, and what must hold at its end.
package enum DevnetScenario: String, CaseIterable, Sendable {
  case honest
  case wrongOutput = "wrong-output"
  case doubleSign = "double-sign"
  case censorship
  case reorg
  case twoChallengers = "two-challengers"
  case griefing
  case withheldData = "withheld-data"

  package var title: String {
    switch self {
    case .honest: "everybody is honest: a transaction is ordered, stored, executed, claimed, checked, final"
    case .wrongOutput: "a wrong output is taken apart down to one transaction; the challenger is rewarded"
    case .doubleSign: "the sequencer signs two orders for one height, and loses its bond and its key; a new key goes on"
    case .censorship: "the sequencer leaves a message out, and is overruled"
    case .reorg: "L1 leaves a branch with batches and outputs, and comes back; two nodes see it differently and agree"
    case .twoChallengers: "two honest challengers meet one wrong output; neither loses"
    case .griefing: "a dishonest challenger disputes an honest output, and pays for it"
    case .withheldData: "a batch comes without its data: once the data is late, once it never comes"
    }
  }

  /// Plays the script on a fresh devnet.
  ///
  /// - Parameter say: told a line for every step, with what holds it.
  /// - Returns: what did not hold; empty when everything did.
  package func run(
    _ devnet: inout Devnet, say: @escaping (DevnetLine) -> Void
  ) async throws(NodeError) -> [String] {
    var stage = DevnetStage(say: say)
    switch self {
    case .honest: try await stage.honest(&devnet)
    case .wrongOutput: try await stage.wrongOutput(&devnet, challengers: [.challenger])
    case .doubleSign: try await stage.doubleSign(&devnet)
    case .censorship: try await stage.censorship(&devnet)
    case .reorg: try await stage.reorg(&devnet)
    case .twoChallengers: try await stage.wrongOutput(&devnet, challengers: [.challenger, .secondChallenger])
    case .griefing: try await stage.griefing(&devnet)
    case .withheldData: try await stage.withheldData(&devnet)
    }
    try stage.close(devnet)
    return stage.failures
  }
}
