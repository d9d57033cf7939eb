import EventStore
package import Evidence
import Primitives
import Projections
import Rollup
import Testimony

extension EvidenceMaker {
  /// The receipt of a transaction in a block that the sequencer signed, with what has become of it as far as the logs tell;
  /// nil when no signed block of that height with a body is known, or it has no such transaction.
  package func receipt(height: UInt64, index: Int) throws(NodeError) -> InclusionReceipt? {
    guard let domain = store.configuration.commitmentDomain,
      let (signed, block) = try signedBlock(at: height),
      var receipt = InclusionReceipt(
        signed, block: block, index: index, l2ChainID: store.configuration.chainID, domain: domain)
    else { return nil }
    receipt.fate = try fate(of: signed)
    return receipt
  }

  /// The signed block of a height whose body was heard first.
  private func signedBlock(at height: UInt64) throws(NodeError) -> (SignedCommitment, RollupBlock)? {
    let (heard, progress) = try rows { () throws(FoldError) in
      (try answers.statements(at: height), try answers.progress())
    }
    // What the sequencer said, before what somebody else did.
    let positions = heard.compactMap { row -> (isStranger: Bool, position: UInt64)? in
      guard row.statement.format == .varve, case .testimony(let position) = row.source else { return nil }
      let key = row.statement.origin.flatMap { progress?.authority(atL1Origin: $0.number) }
      return (key != nil && key != row.statement.signer, position)
    }
    let ordered = positions.sorted { ($0.isStranger ? 1 : 0, $0.position) < ($1.isStranger ? 1 : 0, $1.position) }
    for (_, position) in ordered {
      let event = try observed(at: position)
      guard case .rollup(let block)? = event.block, block.number == height,
        let signed = try? SignedCommitment(rlp: event.raw.rawSpan)
      else { continue }
      return (signed, block)
    }
    return nil
  }

  /// The first batch on L1 that gives the height an order now; nil when there is none. Whether derivation takes its
  /// blocks, what L1 has before it decides.
  private func fate(of signed: SignedCommitment) throws(NodeError) -> InclusionReceipt.Fate? {
    let height = signed.commitment.blockNumber
    guard height > 0 else { return nil }
    let stored = try rows { () throws(FoldError) in try answers.stored(at: height) }
    for row in stored.sorted(by: { $0.batchIndex < $1.batchIndex }) {
      guard let last = try rows({ () throws(FoldError) in try answers.statement(row.last) }),
        let commitment = try storedCommitment(row, last.statement)
      else { continue }
      let orders = try rows { () throws(FoldError) in try answers.chain(below: last.statement, downTo: height - 1) }
      guard let orders else { throw .evidence("not all orders of batch \(row.batchIndex) are kept") }
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
