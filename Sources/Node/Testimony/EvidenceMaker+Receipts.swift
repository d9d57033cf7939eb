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
    guard let domain = scan.configuration.commitmentDomain,
      let (signed, block) = try signedBlock(at: height),
      var receipt = InclusionReceipt(
        signed, block: block, index: index, l2ChainID: scan.configuration.chainID, domain: domain)
    else { return nil }
    receipt.fate = try fate(of: signed)
    return receipt
  }

  /// The first signed block of a height whose body was heard.
  private func signedBlock(at height: UInt64) throws(NodeError) -> (SignedCommitment, RollupBlock)? {
    guard let testimony = scan.testimony else { return nil }
    do throws(ReadError) {
      var found: (SignedCommitment, RollupBlock)?
      try testimony.read(try testimony.head().positions) { (view: borrowing RecordView) throws(ReadError) in
        guard found == nil, case .sequencerCommitmentObserved(let event) = try view.event(), event.format == .varve,
          case .rollup(let block)? = event.block, block.number == height,
          let signed = try? SignedCommitment(rlp: event.raw.rawSpan)
        else { return }
        found = (signed, block)
      }
      return found
    } catch { throw .read(error) }
  }

  /// What batches on L1 gave the height; what is canonical now before what was.
  private func fate(of signed: SignedCommitment) throws(NodeError) -> InclusionReceipt.Fate? {
    let answers = EquivocationAnswers(scan.rows)
    let height = signed.commitment.blockNumber
    do throws(FoldError) {
      let stored = try answers.stored(at: height)
      let same = stored.first { $0.order.commitment == signed.commitment.orderCommitment }
      guard let row = same ?? stored.last, let last = try answers.statement(row.last),
        case .batch(let batch, let raw) = last.source, let commitment = try? SignedCommitment(rlp: raw.rawSpan)
      else { return nil }
      var orders: [BlockOrder] = []
      for number in (height..<last.statement.height).reversed() {
        guard let order = try answers.stored(at: number).first(where: { $0.last == row.last })?.order else {
          return nil
        }
        orders.append(order)
      }
      let (own, other) = (signed.commitment.l1Origin.number, commitment.commitment.l1Origin.number)
      let range = min(own, other)...max(own, other)
      do throws(NodeError) {
        return InclusionReceipt.Fate(
          batchCommitment: commitment, orders: orders, l1: try segment(over: range),
          log: try excerpt(batches: [batch], around: range))
      } catch { throw FoldError.configuration("\(error)") }
    } catch { throw .evidence("\(error)") }
  }
}
