import L1
import Primitives
import Roles
import Rollup
import Settlement
import StateTransition

extension DevnetStage {
  mutating func withheldData(_ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet) { $0.view.outputs.count >= 1 }
    try await dataComesLate(&devnet)
    try await dataNeverComes(&devnet)
  }

  /// A batch of which L1 gets the hash only; its blocks. The sequencer has signed them in good faith.
  private mutating func postWithoutData(_ devnet: inout Devnet) async throws(NodeError) -> (
    index: UInt64, [RollupBlock]
  )? {
    devnet.isPosting = false
    try await pass(1, &devnet)
    // One of them is a block that an output is due for.
    let interval = devnet.proposer.interval
    try await advance(&devnet, limit: Int(interval)) { devnet in
      devnet.sequencer.pending.contains { $0.number.isMultiple(of: interval) }
    }
    let blocks = devnet.sequencer.pending
    guard let first = blocks.first, let last = blocks.last, let signed = devnet.sign(last, as: .sequencer) else {
      return nil
    }
    let batch = BatchSubmission(
      batchIndex: devnet.view.nextBatchIndex, firstBlock: first.number, lastOrder: last.order,
      signature: signed.signature,
      data: .elsewhere(.external, dataHash: BatchData.hash(of: blocks.map(\.order.commitment))))
    try devnet.perform(
      [Intent(.postBatch, .postBatch(batch), because: "the poster keeps the data to itself")],
      as: DevnetParty.poster.address)
    devnet.isSequencing = false
    try await pass(2, &devnet)
    let index = batch.batchIndex
    expect(devnet.view.derivation.awaitedBatch == index, "derivation waits for the data of batch \(index)")
    return (index, blocks)
  }

  private mutating func dataComesLate(_ devnet: inout Devnet) async throws(NodeError) {
    guard let (index, blocks) = try await postWithoutData(&devnet), let last = blocks.last else {
      return expect(false, "there are blocks to withhold")
    }
    try await expectNoClaim(about: blocks, &devnet)
    try devnet.perform(
      [
        Intent(
          .deliverData, .deliverBatchData(batchIndex: index, blocks: blocks),
          because: "whoever has the data may bring it")
      ], as: DevnetParty.user.address)
    let goesOn = try await advance(&devnet, limit: 4) { $0.view.safeHead >= last.number }
    expect(goesOn, "with the data, checked against dataHash, the order goes on")
    (devnet.isPosting, devnet.isSequencing) = (true, true)
    let isAhead = try await advance(&devnet, limit: 6) { $0.view.safeHead > last.number + 1 }
    expect(isAhead, "and the sequencer too")
    let isClaimed = try await advance(&devnet, limit: 8) { devnet in
      devnet.view.outputs.contains { blocks.map(\.number).contains($0.output.l2BlockNumber) }
    }
    expect(isClaimed, "and now that the data is known, the proposer claims what comes of it")
  }

  /// The batch is final, and the next output is about a block in it.
  private mutating func expectNoClaim(about blocks: [RollupBlock], _ devnet: inout Devnet) async throws(NodeError) {
    func next(_ devnet: Devnet) -> UInt64 {
      (devnet.view.bestOutput.map { devnet.view.outputs[$0].output.l2BlockNumber } ?? 0) + devnet.proposer.interval
    }
    try await pass(Int(DevnetGenesis.finalityDepth) + 1, &devnet)
    expect(
      blocks.contains { $0.number == next(devnet) },
      "the next output is due, and about block \(next(devnet)), whose data is missing")
    let count = devnet.view.outputs.count
    try await pass(2, &devnet)
    expect(
      devnet.view.outputs.count == count && devnet.view.games.isEmpty,
      "nobody stakes on what is not known: no output claims it, and nobody disputes one that does not")
  }

  private mutating func dataNeverComes(_ devnet: inout Devnet) async throws(NodeError) {
    say("a second batch comes without its data, and this time nobody brings it")
    guard let (index, blocks) = try await postWithoutData(&devnet), let last = blocks.last else {
      return expect(false, "there are blocks to withhold")
    }
    let head = devnet.view.safeHead
    let honest: [DevnetParty] = [.proposer, .challenger, .sequencer]
    var before: [UInt256] = []
    for party in honest { before.append(try wealth(of: party, devnet)) }
    let liarBefore = try wealth(of: .liar, devnet)
    devnet.isProposing = false
    guard let output = try await claimUnknown(last, &devnet) else {
      return expect(false, "there is an output to extend")
    }
    let isDropped = try await advance(&devnet, limit: 20) { devnet in
      devnet.view.rejections.contains { $0.batchIndex == index && $0.reason == .dataWithheld }
    }
    expect(isDropped, "when the sequencing window is over, the batch is dropped")
    (devnet.isPosting, devnet.isSequencing) = (true, true)
    let goesOn = try await advance(&devnet, limit: 20) { $0.view.safeHead > head + 3 }
    expect(goesOn, "the sequencer posts again what it signed, and the order goes on")
    let isDeleted = try await advance(&devnet) { $0.view.outputs[Int(output)].status != .open }
    expect(
      isDeleted && devnet.view.outputs[Int(output)].status == .deleted,
      "the output about what nobody can derive is disputed and deleted")
    devnet.isProposing = true
    devnet.challengers.removeLast()
    let isFinal = try await advance(&devnet) { devnet in
      devnet.view.outputs.contains { $0.status == .final && $0.output.l2BlockNumber > head }
    }
    expect(isFinal, "honest outputs over the blocks after it become final")
    try await pass(4, &devnet)
    for (party, wealth) in zip(honest, before) {
      expect(try self.wealth(of: party, devnet) >= wealth, "the \(party.rawValue) lost nothing")
    }
    expect(try wealth(of: .liar, devnet) < liarBefore, "who claimed what it could not know has paid")
  }

  /// A liar claims a state after a block whose data is missing; index of its output.
  private mutating func claimUnknown(_ block: RollupBlock, _ devnet: inout Devnet) async throws(NodeError) -> UInt64? {
    guard let l1Head = devnet.view.l1Head else { return nil }
    let parent = devnet.view.bestOutput
    let start = parent.map { devnet.view.outputs[$0].output.l2BlockNumber } ?? 0
    let limit = 1 << devnet.view.currentSettings.splitDepth as UInt64
    let wrong = OutputSubmission(
      stateRoot: Hash256(0xbad, 1, 1, 1), messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: Hash256(0xbad, 2, 2, 2), l2BlockNumber: min(block.number, start + limit),
      parentOrder: block.order.commitment, l1OriginHash: block.l1Origin.hash,
      batchIndex: devnet.view.nextBatchIndex - 1,
      indexInBatch: 0, messagesConsumed: block.messagesConsumed, l1Head: l1Head, parentOutput: parent.map(UInt64.init),
      parentLineage: devnet.view.lineage(ofOutput: parent.map(UInt64.init)))
    let value = devnet.view.currentSettings.bonds.output
    try devnet.perform(
      [Intent(.proposeOutput, .proposeOutput(wrong), value: value, because: "it claims what nobody can check yet")],
      as: DevnetParty.liar.address)
    let lie = Lie(block: devnet.view.safeHead + 1, step: 1, claim: wrong.claim.hash)
    devnet.challengers.append(Challenger(account: DevnetParty.liar.address, lie: lie))
    let count = devnet.view.outputs.count
    try await advance(&devnet, limit: 4) { $0.view.outputs.contains { $0.output.claim == wrong.claim.hash } }
    return devnet.view.outputs[count...].firstIndex { $0.output.claim == wrong.claim.hash }.map(UInt64.init)
  }
}
