import Primitives
package import Rollup
import StateTransition

/// Who signed the transactions of every sequenced block: recovered once, so that no rebuild of the state has to do it.
///
/// | table | key | value |
/// |---|---|---|
/// | `senders` | batch index ‖ index in batch | RLP of [the block's commitment, [20 bytes or nothing, …]] |
///
/// A sender is a function of the transaction's bytes alone: what chain and fork say of the signature is execution's to
/// check, and so is everything else about the block. A row names the block that it is about (`SequencedBlock.commitment`),
/// so it cannot be taken for another's, whatever L1 has revoked meanwhile. Blocks without transactions have no row, and
/// what is no block has none.
package struct SenderIndex: Projection {
  package static let name = "sender-index"
  package static let schemaVersion: UInt32 = 1
  package static let readMode = ReadMode.canonical

  package static let senders = ProjectionTable(index: 0, name: "senders")

  package static let tables = [senders]
  package static let resultTables = [senders]

  package init(configuration: ChainConfiguration) {}

  package func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    guard case .blockSequenced(let event) = fact.event else { return nil }
    view.enter(.decode)
    guard let transactions = try? event.block.transactions(), !transactions.isEmpty,
      let commitment = try? event.block.commitment()
    else { return nil }
    view.enter(.senders)
    let row = SenderRow(commitment: commitment, senders: Transaction.signers(of: transactions, by: view.map))
    view.enter(.rows)
    let place = DerivationCursor(batchIndex: event.batchIndex, indexInBatch: event.indexInBatch)
    view.put(Self.senders, Self.key(place), row: row)
    return nil
  }

  private static func key(_ place: DerivationCursor) -> [UInt8] {
    ProposerState.key(place.batchIndex) + ProposerState.key(place.indexInBatch)
  }
}

extension SenderIndex {
  /// The signers of a block's transactions: as the index has them, if whoever folds has it, else recovered, as many at a
  /// time as can be.
  ///
  /// - Parameter commitment: `SequencedBlock.commitment` of the block.
  static func signers(
    of transactions: [[UInt8]], commitment: Hash256, at place: DerivationCursor, in view: ProjectionView
  ) throws(FoldError) -> [Address?] {
    if transactions.isEmpty { return [] }
    let row = try ProposerState.rows { () throws(TableReadError) in
      try view.result(of: SenderIndex.self, senders, key(place).rawSpan) { bytes throws(RLPError) in
        var reader = RLPReader(bytes)
        let row = try SenderRow(&reader)
        try reader.finish()
        return row
      }
    }
    if let row, row.commitment == commitment, row.senders.count == transactions.count { return row.senders }
    return Transaction.signers(of: transactions, by: view.map)
  }
}

/// The senders of one block.
private struct SenderRow: RLPRow {
  let commitment: Hash256

  /// By index of the transaction; nil where nobody can have signed it.
  let senders: [Address?]

  init(commitment: Hash256, senders: [Address?]) {
    self.commitment = commitment
    self.senders = senders
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    commitment = try fields.readHash256()
    senders = try fields.readAll { (items) throws(RLPError) in
      let bytes = try items.readBytes()
      if bytes.byteCount == 0 { return nil }
      guard bytes.byteCount == Address.byteCount else {
        throw RLPError(
          offset: items.offset, reason: .wrongLength(expected: Address.byteCount, actual: bytes.byteCount))
      }
      return Address(bytes)
    }
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(commitment)
      fields.list { items in
        for sender in senders {
          if let sender { items.append(sender) } else { items.append(bytes: []) }
        }
      }
    }
  }
}
