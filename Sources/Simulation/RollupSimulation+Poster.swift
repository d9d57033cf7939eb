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
      // Another block in the place of one that is not signed on L1 itself.
      guard blocks.count > 1 else { return nil }
      var changed = blocks
      changed[random.below(blocks.count - 1)].transactions.append([0xc0])
      fault.data = .event(changed)
    }
    return fault
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
