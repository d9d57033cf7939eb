import L1
import Primitives
import Roles
import Rollup
import Settlement

// Whoever posts batches is not the sequencer, and may do it badly.
extension RollupSimulation {
  /// Posts a batch, or something else, or nothing.
  mutating func post(_ batch: BatchSubmission, _ intent: Intent) throws {
    if posterIsOutUntil > step { return }
    if random.chance(plan.posterOutage) {
      // Long enough for messages to be forced in.
      posterIsOutUntil = step + 6 + random.below(16)
      return
    }
    postings.append(batch)
    if let other = batchOfRetiredKey(insteadOf: batch) {
      return sendLoosely(.postBatch(other), from: SimulatedWorld.poster)
    }
    guard random.chance(plan.posterFault), let fault = faultyBatch(insteadOf: batch) else {
      return try send([intent], from: SimulatedWorld.poster)
    }
    sendLoosely(.postBatch(fault), from: SimulatedWorld.poster)
  }

  private mutating func faultyBatch(insteadOf batch: BatchSubmission) -> BatchSubmission? {
    guard case .event(let blocks) = batch.data else { return nil }
    var fault = batch
    switch random.below(5) {
    case 0:
      // The data comes late, or never.
      fault.data = .elsewhere(.external, dataHash: BatchData.hash(of: blocks.map(\.order.commitment)))
      if random.chance(60) { owed.append((step + 2 + random.below(12), batch.batchIndex, blocks)) }
    case 1:
      // One that was posted before.
      fault = random.pick(postings)
      fault.batchIndex = batch.batchIndex
    case 2:
      // The first blocks only.
      let count = 1 + random.below(blocks.count)
      guard let signature = signature(of: blocks[count - 1]) else { return nil }
      fault.lastOrder = blocks[count - 1].order
      fault.signature = signature
      fault.data = .event(Array(blocks.prefix(count)))
    case 3:
      // The last blocks only.
      let rest = Array(blocks.suffix(1 + random.below(blocks.count)))
      fault.firstBlock = rest[0].number
      fault.data = .event(rest)
    default:
      // Another block in the place of one that is not signed on L1 itself: the contract must refuse it.
      guard blocks.count > 1 else { return nil }
      var changed = blocks
      changed[random.below(blocks.count - 1)].transactions.append([0xc0])
      fault.data = .event(changed)
    }
    return fault
  }

  /// Fresh blocks by the key of the newest stored block's origin, which is not the sequencer's any more: leaked, or
  /// slow. The contract takes them as well, and they take the heights of what the next key has signed.
  private mutating func batchOfRetiredKey(insteadOf batch: BatchSubmission) -> BatchSubmission? {
    var head = node.view.derivation.head
    guard let key = key(for: head.l1Origin), key.address != node.sequencer.key,
      case .event(let given) = batch.data, leaks.chance(plan.retiredKey)
    else { return nil }
    let count = leaks.chance(70) ? given.count : 1 + leaks.below(given.count + 1)
    let heights = head.number + 1...head.number + UInt64(count)
    // Where the key has signed for the sequencer, this would be a lie of its own.
    let isFree = heights.allSatisfy { height in !(signed[height] ?? []).contains { $0.key == key } }
    guard isFree else { return nil }
    let consumed = min(
      given[given.count - 1].messagesConsumed, node.view.messageCount(throughL1Block: head.l1Origin.number))
    var blocks: [RollupBlock] = []
    for height in heights {
      let block = RollupBlock(
        number: height, parentOrder: head.order, timestamp: head.timestamp + 1, l1Origin: head.l1Origin,
        messagesConsumed: consumed, transactions: [[0xc2, 0x02, UInt8(leaks.next() % 128)]])
      blocks.append(block)
      head = OrderHead(block)
    }
    let signings = blocks.map {
      Signing(commitment: SequencerCommitment(order: $0.order, l2ChainID: configuration.chainID), key: key)
    }
    leakedSignings += signings
    report.retiredKeyBatches += 1
    return BatchSubmission(
      batchIndex: batch.batchIndex, firstBlock: blocks[0].number, lastOrder: blocks[count - 1].order,
      signature: signature(of: signings[count - 1]).signature, data: .event(blocks))
  }

  private func signature(of block: RollupBlock) -> [UInt8]? {
    let order = block.order.commitment
    return signed[block.number]?.last { $0.commitment.orderCommitment == order }.map { signature(of: $0).signature }
  }

  /// Data that is due.
  mutating func deliverOwedData() {
    for debt in owed where debt.step <= step {
      sendLoosely(.deliverBatchData(batchIndex: debt.index, blocks: debt.blocks), from: SimulatedWorld.poster)
    }
    owed.removeAll { $0.step <= step }
  }
}

extension RollupSimulation {
  /// What the contract has said in an L1 block, as the invariants and the watcher are told. With `contractWithoutLinks` a
  /// batch of several blocks has one of the poster's own in the place of the first.
  func said(_ block: EmbeddedBlock) -> [L1Fact] {
    guard bug == .contractWithoutLinks else { return block.facts }
    let facts = block.facts
    return facts.indices.map { index in
      guard case .blockSequenced(var first) = facts[index].event, first.indexInBatch == 0,
        index + 1 < facts.count, case .blockSequenced(let second) = facts[index + 1].event,
        second.batchIndex == first.batchIndex, case .rollup(var own) = first.block
      else { return facts[index] }
      own.transactions.append([0xc0])
      first.block = .rollup(own)
      return L1Fact(coordinates: facts[index].coordinates, event: .blockSequenced(first))
    }
  }
}
