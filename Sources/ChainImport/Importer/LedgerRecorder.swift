import EventStore
import Primitives
import Rollup

/// Turns the blocks of a chain into the events of a ledger (`Docs/Events.md`, "An imported Ethereum chain"): holds what one
/// block's events take from those before.
struct LedgerRecorder: Sendable {
  /// `CanonicalAccumulator` and `BatchData.accumulator` after the last block.
  private(set) var canonicalAcc, batchAcc: Hash256

  init(canonicalAcc: Hash256 = .zero, batchAcc: Hash256 = .zero) {
    self.canonicalAcc = canonicalAcc
    self.batchAcc = batchAcc
  }

  /// The records of the chain's first block. The chain configuration, already at position 0, is a fact of this block.
  mutating func recordGenesis(_ block: ImportedBlock, configuration: NewRecord) -> NewBlock {
    let records = [
      blockAppended(block), NewRecord(.outputProposed(output(of: block)), at: .block(0)),
    ]
    return finish(block, records, facts: [configuration] + records)
  }

  /// The records of the next block.
  mutating func record(_ block: ImportedBlock) -> NewBlock {
    let place = L1Coordinates.block(block.number)
    let batch = batch(of: block)
    let sequenced = BlockSequenced(batchIndex: block.number, indexInBatch: 0, block: .ethereum(block.bytes))
    let records = [
      blockAppended(block),
      NewRecord(.sequencerBatchDelivered(batch), at: place),
      NewRecord(.blockSequenced(sequenced), at: place),
      NewRecord(
        .outputProposed(output(of: block)),
        at: L1Coordinates(blockNumber: block.number, transactionIndex: 1, logIndex: 1)),
    ]
    batchAcc = batch.afterAcc
    return finish(block, records, facts: records)
  }

  private mutating func finish(_ block: ImportedBlock, _ records: [NewRecord], facts: [NewRecord]) -> NewBlock {
    var accumulator = CanonicalAccumulator(before: canonicalAcc)
    for fact in facts { accumulator.add(fact.kind, fact.payload.rawSpan) }
    canonicalAcc = accumulator.value(blockHash: block.hash)
    return NewBlock(number: block.number, hash: block.hash, records: records)
  }

  private func blockAppended(_ block: ImportedBlock) -> NewRecord {
    let event = L1BlockAppended(header: block.headerBytes, canonicalAccBefore: canonicalAcc, completeness: .embedded)
    return NewRecord(.l1BlockAppended(event), at: .block(block.number))
  }

  private func batch(of block: ImportedBlock) -> SequencerBatchDelivered {
    let dataHash = BatchData.hash(of: [block.hash])
    return SequencerBatchDelivered(
      batchIndex: block.number, beforeAcc: batchAcc,
      afterAcc: BatchData.accumulator(after: batchAcc, dataHash: dataHash),
      firstBlock: block.number, lastBlock: block.number, messagesConsumed: 0, poster: .zero, signedCommitment: [],
      dataHash: dataHash, dataLocation: .external, data: .present)
  }

  private func output(of block: ImportedBlock) -> OutputProposed {
    let claim = OutputClaim(
      outputRoot: block.hash, parentOrder: block.header.parentHash, l1OriginHash: block.hash,
      l2BlockNumber: block.number, batchIndex: block.number, indexInBatch: 0, messagesConsumed: 0)
    return OutputProposed(
      outputIndex: block.number, outputVersion: 1, outputRoot: block.hash, claim: claim.hash,
      stateRoot: block.header.stateRoot, blockHash: block.hash, l2BlockNumber: block.number, l1Head: block.id,
      parentOutput: block.number == 0 ? nil : block.number - 1, proposer: .zero, bond: .zero)
  }
}

extension LedgerRecorder {
  /// The state after a stored block, from its own records. O(payloads of that block).
  init(after block: (id: BlockID, positions: Range<Position>), in log: EventLog) throws(ReadError) {
    var facts = block.id.number == 0 ? [try log.record(at: .zero)] : []
    var position = block.positions.lowerBound
    while position < block.positions.upperBound {
      let record = try log.record(at: position)
      if !record.kind.isObservation { facts.append(record) }
      position = position.next
    }
    try self.init(facts: facts, blockHash: block.id.hash)
  }

  /// The state after the block that consists of these facts.
  private init(facts: [StoredRecord], blockHash: Hash256) throws(ReadError) {
    var before = Hash256.zero
    var batch = Hash256.zero
    for fact in facts {
      switch try fact.event() {
      case .l1BlockAppended(let event): before = event.canonicalAccBefore
      case .sequencerBatchDelivered(let event): batch = event.afterAcc
      default: break
      }
    }
    var accumulator = CanonicalAccumulator(before: before)
    for fact in facts { accumulator.add(fact.kind, fact.payload.rawSpan) }
    self.init(canonicalAcc: accumulator.value(blockHash: blockHash), batchAcc: batch)
  }
}
