package import Primitives
package import Rollup

/// Executes one step of a block. The seam at which the contract decides a dispute: an embedded L1 re-executes, an EVM L1
/// names whom it trusts until a verifier can run there.
package protocol StepVerifier: Sendable {
  /// Who vouches for the result; zero when the contract itself executes.
  var address: Address { get }

  /// The state that the step leads to. A function of the two arguments alone.
  ///
  /// - Throws: when the proof is not one of this step: then nothing is decided.
  func postState(of step: DisputedStep, proof: [UInt8]) throws(StepProofError) -> Hash256
}

/// One step of one block, as the contract knows it from its own state.
package struct DisputedStep: Equatable, Sendable {
  /// The L2 block.
  package var blockNumber: UInt64

  /// 0 is the opening step; then one for each transaction, the closing step, and repetitions of its result.
  package var stepIndex: UInt64

  /// What the step begins with: before the opening step the `OutputClaim` of the block before, then `StepState`s, and
  /// behind the closing step the `OutputClaim` of this block.
  package var preState: Hash256

  /// Last L1 block whose data counts.
  package var l1Head: BlockID

  /// The order as it stood at `l1Head`.
  package var order: OrderView

  package init(blockNumber: UInt64, stepIndex: UInt64, preState: Hash256, l1Head: BlockID, order: OrderView) {
    self.blockNumber = blockNumber
    self.stepIndex = stepIndex
    self.preState = preState
    self.l1Head = l1Head
    self.order = order
  }
}

/// Why a proof proves nothing.
package struct StepProofError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package init(_ reason: String) {
    self.reason = reason
  }

  package var description: String { reason }
}
