package import Primitives
package import Rollup
import StateTransition

/// Decides a step by executing it again, statelessly: what an L1 does that can run this code itself.
package struct ReexecutingVerifier: StepVerifier {
  private let configuration: ChainConfiguration

  /// - Parameter configuration: a rollup's, of which the contract keeps the hash.
  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
  }

  /// The contract itself vouches.
  package var address: Address { .zero }

  package func postState(of step: DisputedStep, proof: [UInt8]) throws(StepProofError) -> Hash256 {
    do {
      return try OneStepProof(rlp: proof.rawSpan).execute(
        from: step.preState, stepIndex: step.stepIndex, order: StepOrder(step: step), configuration: configuration)
    } catch { throw StepProofError(error.description) }
  }
}

/// The contract's own view of the order, as a step looks at it.
private struct StepOrder: DisputedOrder {
  let step: DisputedStep

  var l1Head: BlockID { step.l1Head }

  func disputedBatch(_ index: UInt64) -> DisputedBatch? {
    step.order.batch(index).map { batch in
      switch batch.content {
      case .blocks(let first, let last, let dataHash, _, let data):
        DisputedBatch(
          .blocks(
            count: last - first + 1, dataHash: dataHash, hasData: data.l1Block != nil, dataDeadline: data.deadline),
          l1Block: batch.l1Block)
      case .forced(_, let lastMessage):
        DisputedBatch(.forced(lastMessage: lastMessage), l1Block: batch.l1Block)
      }
    }
  }

  func disputedMessage(_ index: UInt64) -> DisputedMessage? {
    step.order.message(index).map {
      DisputedMessage(accumulator: $0.accumulator, deadlineBlock: $0.deadlineBlock, deadlineTime: $0.deadlineTime)
    }
  }

  func messageCount(throughL1Block number: UInt64) -> UInt64 { step.order.messageCount(throughL1Block: number) }

  func settings(atL1Block number: UInt64) -> RollupSettings { step.order.settings(atL1Block: number) }
}
