import EventStore
package import Evidence
import Primitives
import Projections
import Rollup
import Testimony

extension EvidenceMaker {
  /// The receipt of a transaction in a block that the sequencer signed, with what has become of it as far as the logs tell;
  /// nil when no signed block of that height with a body is known, or none has such a transaction.
  package func receipt(height: UInt64, index: Int) throws(NodeError) -> InclusionReceipt? {
    guard let domain = store.configuration.commitmentDomain else { return nil }
    for row in try statements(at: height) {
      guard let (signed, block) = try signedBlock(of: row),
        var receipt = InclusionReceipt(
          signed, block: block, index: index, l2ChainID: store.configuration.chainID, domain: domain)
      else { continue }
      receipt.fate = try fate(of: signed)
      if try isGraver(receipt) { receipt.fate = nil }
      return receipt
    }
    return nil
  }

  /// Whether the file alone would call the key guilty, and the logs do not.
  private func isGraver(_ receipt: InclusionReceipt) throws(NodeError) -> Bool {
    let trusted = receipt.fate?.hashes ?? []
    guard let finding = (try? receipt.verify(trusting: trusted))?.equivocation, finding.judgement.verdict.isGuilt else {
      return false
    }
    let judgement = try rows { () throws(FoldError) in
      try answers.judgement(of: finding.contradiction, in: store.configuration)
    }
    return judgement?.verdict.isGuilt != true
  }

  /// What was said of a height: by the sequencer before anybody else, what was heard before what batches carry.
  private func statements(at height: UInt64) throws(NodeError) -> [StatementRow] {
    let (said, progress) = try rows { () throws(FoldError) in
      (try answers.statements(at: height), try answers.progress())
    }
    func rank(_ row: StatementRow) -> (Int, Int, UInt64) {
      let key = row.statement.origin.flatMap { progress?.authority(atL1Origin: $0.number) }
      let stranger = key == nil || key == row.statement.signer ? 0 : 1
      switch row.source {
      case .testimony(let position): return (stranger, 0, position)
      case .batch(let index, _, _): return (stranger, 1, index)
      }
    }
    return said.filter { $0.statement.format == .varve }.sorted { rank($0) < rank($1) }
  }

  /// What was signed, and its block where that was heard with it, or stored by a batch.
  private func signedBlock(of row: StatementRow) throws(NodeError) -> (SignedCommitment, RollupBlock)? {
    switch row.source {
    case .testimony(let position):
      let event = try observed(at: position)
      guard case .rollup(let block)? = event.block, let signed = try? SignedCommitment(rlp: event.raw.rawSpan) else {
        return nil
      }
      return (signed, block)
    case .batch(_, _, let raw):
      guard let signed = try? SignedCommitment(rlp: raw.rawSpan), let block = try storedBlock(row.statement) else {
        return nil
      }
      return (signed, block)
    }
  }

  /// The block that a batch on L1 stored, as it was read from the batch's data.
  private func storedBlock(_ statement: Statement) throws(NodeError) -> RollupBlock? {
    let stored = try rows { () throws(FoldError) in try answers.stored(at: statement.height) }
    do throws(ReadError) {
      for row in stored where row.order.commitment == statement.order {
        for record in try records(ofL1Block: row.dataBlock.number, before: .max) {
          guard case .blockSequenced(let event) = try record.event(), event.batchIndex == row.batchIndex,
            case .rollup(let block) = event.block, block.order == row.order
          else { continue }
          return block
        }
      }
      return nil
    } catch { throw .read(error) }
  }

  /// The first batch on L1 that gives the height the promised order now, or else another one; nil when there is none.
  /// Derivation takes no block whose origin L1 has left; whether it takes this one, what L1 has before it decides.
  private func fate(of signed: SignedCommitment) throws(NodeError) -> InclusionReceipt.Fate? {
    let height = signed.commitment.blockNumber
    guard height > 0 else { return nil }
    func rank(_ row: StoredOrderRow) -> (Int, UInt64) {
      (row.order.commitment == signed.commitment.orderCommitment ? 0 : 1, row.batchIndex)
    }
    let stored = try rows { () throws(FoldError) in try answers.stored(at: height) }
    for row in stored.sorted(by: { rank($0) < rank($1) }) {
      guard try rows({ () throws(FoldError) in try answers.isCanonical(row.order.l1Origin) }) == true,
        let last = try rows({ () throws(FoldError) in try answers.statement(row.last) }),
        let commitment = try storedCommitment(row, last.statement)
      else { continue }
      let orders = try rows { () throws(FoldError) in try answers.chain(below: last.statement, downTo: height - 1) }
      // Of a height only so many orders are kept.
      guard let orders else { continue }
      let (own, other) = (signed.commitment.l1Origin.number, commitment.commitment.l1Origin.number)
      let range = min(own, other)...max(own, other)
      let blocks = Set([row.l1Block.number, row.dataBlock.number])
      return InclusionReceipt.Fate(
        batchCommitment: commitment, orders: orders,
        l1: try segment(over: range.lowerBound...max(range.upperBound, row.dataBlock.number)),
        log: try excerpt(batches: blocks.map { BatchPlace(index: row.batchIndex, l1Block: $0) }, around: range))
    }
    return nil
  }

  /// What the batch that stored an order carries, if L1 still has it.
  private func storedCommitment(
    _ row: StoredOrderRow, _ last: Statement
  ) throws(NodeError) -> SignedCommitment? {
    let reader = StatementReader(store.configuration)
    do throws(ReadError) {
      for record in try records(ofL1Block: row.l1Block.number, before: .max) {
        guard case .sequencerBatchDelivered(let batch) = try record.event(), batch.batchIndex == row.batchIndex,
          let signed = try? SignedCommitment(rlp: batch.signedCommitment.rawSpan),
          (try? reader.statement(of: signed, by: last.signer))?.digest == last.digest
        else { continue }
        return signed
      }
      return nil
    } catch { throw .read(error) }
  }
}
