package import Primitives
import ProjectionStore
package import Projections
import Roles
import Rollup
import StateTransition

// The view that roles decide by, and the rows on disk: two folds of one ledger.
extension RollupNode {
  /// What an account has in the contract, by the rows. One lookup.
  package func account(_ address: Address) throws(NodeError) -> AccountRow {
    try reading { () throws(ProjectionError) in
      try projections.challengerView.read { rows, _ throws(FoldError) in
        try ChallengerView.account(address, in: rows)
      }
    }
  }

  /// The verdict on an output, by the rows; nil when there is no such output. One lookup.
  package func verdict(onOutput index: UInt64) throws(NodeError) -> OutputVerdict? {
    try reading { () throws(ProjectionError) in
      try projections.proposerState.read { rows, _ throws(FoldError) in
        try ProposerState.verdict(on: index, in: rows)
      }
    }
  }

  /// Digests of all projections, as they are on disk. O(rows).
  package func digests() throws(NodeError) -> [Hash256] {
    try reading { () throws(ProjectionError) in
      [
        try projections.proposerState.digest().digest, try projections.challengerView.digest().digest,
        try projections.queryIndex.digest().digest,
      ]
    }
  }

  /// Whether all projections are what folding the ledger from position 0 gives. O(records).
  package func isFreshFold() throws(NodeError) -> Bool {
    try reading { () throws(ProjectionError) in
      guard try projections.proposerState.verify().agrees else { return false }
      guard try projections.challengerView.verify().agrees else { return false }
      return try projections.queryIndex.verify().agrees
    }
  }

  /// What the rows say otherwise than the view; empty when both agree. O(rows of blocks, outputs and games).
  package func differencesFromRows() throws(NodeError) -> [String] {
    try reading { () throws(ProjectionError) in
      let order = try projections.proposerState.read { rows, cursor throws(FoldError) in
        try ViewAgreement(view).differences(fromProposerState: rows, at: cursor)
      }
      let settlement = try projections.challengerView.read { rows, cursor throws(FoldError) in
        try ViewAgreement(view).differences(fromChallengerView: rows, at: cursor)
      }
      return order + settlement
    }
  }

  private func reading<R>(_ body: () throws(ProjectionError) -> R) throws(NodeError) -> R {
    do { return try body() } catch { throw .projection(error) }
  }
}
