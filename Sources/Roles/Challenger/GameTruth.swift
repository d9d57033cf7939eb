package import Primitives
package import Rollup
package import StateTransition

/// What the state is after every block and every step, by the data up to an L1 block: all that an honest player knows.
package struct GameTruth {
  package let l1Head: BlockID
  let view: RollupView

  /// Number of the newest block that the data gives.
  let end: UInt64

  private let traces: BlockTraces

  /// - Parameter traces: what is shared with other games.
  init(l1Head: BlockID, _ view: RollupView, traces: BlockTraces) {
    self.l1Head = l1Head
    self.view = view
    self.traces = traces
    end = view.l1Block(l1Head.number)?.safeHead ?? 0
  }

  package init(l1Head: BlockID, _ view: RollupView) {
    self.init(l1Head: l1Head, view, traces: BlockTraces())
  }

  /// The claim after a block. Behind the end of the data the last one repeats.
  package func claim(ofBlock number: UInt64) -> Hash256 {
    view.result(of: min(number, end))?.claimHash ?? view.genesis.claimHash
  }

  /// The order as the contract had it at the L1 head.
  package var order: some DisputedOrder { ViewOrder(view: view, l1Head: l1Head) }

  /// The execution of a block, step by step; nil behind the end of the data.
  package func trace(ofBlock number: UInt64, archive: StateArchive) throws(StepError) -> BlockTrace<StateArchive>? {
    guard number >= 1, number <= end, let parent = view.result(of: number - 1) else { return nil }
    return try traces.trace(of: view.blocks[Int(number) - 1], onto: parent.header.stateRoot, archive)
  }

  /// The proof of the step with this index of a block.
  package func prove(
    step index: UInt64, ofBlock number: UInt64, archive: StateArchive
  ) throws(StepError) -> OneStepProof {
    let before = min(number - 1, end)
    guard let parent = view.result(of: before) else { throw .notExecutable("block \(before) is unknown") }
    if index == 0 {
      let origin =
        before == 0 ? view.settings[0].settings.genesisOrigin : view.blocks[Int(before) - 1].derived.block.l1Origin
      let point = OpeningPoint(claim: parent.claim, header: parent.header, l1OriginNumber: origin.number)
      let order = ViewOrder(view: view, l1Head: l1Head)
      return .opening(
        try point.prove(order: order, source: order, data: archive, configuration: view.configuration).proof)
    }
    guard let trace = try trace(ofBlock: number, archive: archive) else { return .rest(parent.claim) }
    guard let point = Int(exactly: index - 1), let proof = try trace.prove(point) else { return .rest(trace.claim) }
    return .inside(proof)
  }
}

/// The order as the contract has it, from the events that it emitted.
struct ViewOrder: DisputedOrder, OrderData {
  let view: RollupView
  let l1Head: BlockID

  func disputedBatch(_ index: UInt64) -> DisputedBatch? {
    guard index > 0, index <= UInt64(view.batches.count) else { return nil }
    let batch = view.batches[Int(index) - 1]
    guard batch.l1Block <= l1Head.number else { return nil }
    switch batch.content {
    case .blocks(let count, let hash, let dataBlock, let deadline):
      let hasData = dataBlock.map { $0 <= l1Head.number } ?? false
      return DisputedBatch(
        .blocks(count: count, dataHash: hash, hasData: hasData, dataDeadline: deadline), l1Block: batch.l1Block)
    case .forced(let last): return DisputedBatch(.forced(lastMessage: last), l1Block: batch.l1Block)
    }
  }

  func disputedMessage(_ index: UInt64) -> DisputedMessage? {
    guard index < UInt64(view.messages.count) else { return nil }
    let entry = view.messages[Int(index)]
    guard entry.l1Block <= l1Head.number else { return nil }
    return DisputedMessage(
      accumulator: entry.message.afterInboxAcc, deadlineBlock: entry.message.deadlineBlock,
      deadlineTime: entry.message.deadlineTime)
  }

  func messageCount(throughL1Block number: UInt64) -> UInt64 {
    view.messageCount(throughL1Block: min(number, l1Head.number))
  }

  func settings(atL1Block number: UInt64) -> RollupSettings { view.settings(atL1Block: number).execution }

  /// O(blocks of the batch), all of which are hashed.
  func block(at place: DerivationCursor) -> PlacedBlock? {
    guard place.batchIndex > 0, place.batchIndex <= UInt64(view.batches.count) else { return nil }
    let data = view.batches[Int(place.batchIndex) - 1].data
    guard place.indexInBatch < UInt64(data.count) else { return nil }
    let commitments = data.map(\.order.commitment)
    let index = Int(place.indexInBatch)
    return PlacedBlock(block: data[index], path: BatchData.path(to: index, in: commitments[...]))
  }

  func message(_ index: UInt64) -> MessageDelivered? {
    index < UInt64(view.messages.count) ? view.messages[Int(index)].message : nil
  }
}
