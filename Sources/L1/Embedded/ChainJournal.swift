import EventStore
import Primitives
import Rollup
import Settlement

/// Keeps an embedded chain in a log: for each block its header, its transactions and what the contract said.
struct ChainJournal: Sendable {
  private let log: EventLog

  init(_ log: EventLog) {
    self.log = log
  }

  /// Appends what makes the chain of one whose blocks from the finalized one on were `old`: blocks, after a
  /// reorganisation if there was one, and finality.
  func record(from old: [BlockID], to new: EmbeddedChain) throws(L1Error) {
    guard let ancestor = old.last(where: { new.block(hash: $0.hash) != nil }), let oldTip = old.last,
      let finalized = old.first
    else { throw .store("the chain has left its finalized block") }
    do throws(AppendError) {
      if ancestor != oldTip {
        try log.appendReorg(oldTip: oldTip, newTip: new.head.id, commonAncestor: ancestor)
      }
      let added = new.blocks[(Int(ancestor.number) + 1)...]
      if !added.isEmpty { try log.appendBlocks(added.map(newBlock)) }
      if new.finalized != finalized {
        let event = Event.l1Finalized(L1Finalized(block: new.finalized))
        try log.append([NewRecord(event, at: .observed(at: new.head.id.number))])
      }
    } catch {
      throw .store("\(error)")
    }
  }

  private func newBlock(_ block: EmbeddedBlock) -> NewBlock {
    let place = L1Coordinates.block(block.id.number)
    let appended = L1BlockAppended(header: block.rawHeader, canonicalAccBefore: .zero, completeness: .embedded)
    let transactions = block.receipts.indices.map { index in
      let event = L1TransactionIncluded(
        transaction: block.transactions[index].encode(), succeeded: block.receipts[index].failure == nil)
      return NewRecord(.l1TransactionIncluded(event), at: place)
    }
    let facts = block.facts.map { NewRecord($0.event, at: $0.coordinates) }
    return NewBlock(
      number: block.id.number, hash: block.id.hash,
      records: [NewRecord(.l1BlockAppended(appended), at: place)] + transactions + facts)
  }

  /// Brings a chain that has nothing but its block 0 to where the log ends; begins an empty log with block 0.
  func restore(_ chain: inout EmbeddedChain, verifier: some StepVerifier) throws(L1Error) {
    do {
      guard try log.newestBlock() != nil else {
        try log.appendBlocks([newBlock(chain.head)])
        return
      }
      let finalized = try log.finalizedBlock()?.number ?? 0
      var number: UInt64 = 0
      while let stored = try log.block(number) {
        try restore(number, stored, &chain, verifier: verifier)
        if number <= finalized { chain.finalize(through: number) }
        number += 1
      }
      chain.skipBranches(through: try newestBranch())
    } catch let error as L1Error {
      throw error
    } catch {
      throw .store("\(error)")
    }
  }

  private func restore(
    _ number: UInt64, _ stored: (id: BlockID, positions: Range<Position>), _ chain: inout EmbeddedChain,
    verifier: some StepVerifier
  ) throws {
    guard number > 0 else {
      guard stored.id == chain.head.id else {
        throw L1Error.store("the log begins with another block than this chain; name another folder")
      }
      return
    }
    var header: BlockHeader?
    var transactions: [L1Transaction] = []
    try log.read(stored.positions) { (view: borrowing RecordView) throws(ReadError) in
      switch try view.event() {
      case .l1BlockAppended(let event): header = try? BlockHeader(rlp: event.header.rawSpan)
      case .l1TransactionIncluded(let event):
        if let transaction = try? L1Transaction(raw: event.transaction.rawSpan) { transactions.append(transaction) }
      default: break
      }
    }
    guard let header else { throw L1Error.store("block \(number) has no header") }
    try chain.repeatBlock(header, transactions, verifier: verifier)
  }

  /// The highest branch number of any block, left ones too: the next branch is another.
  private func newestBranch() throws -> UInt64 {
    var newest: UInt64 = 0
    try log.read(try log.head().positions) { (view: borrowing RecordView) throws(ReadError) in
      guard view.kind == .l1BlockAppended, case .l1BlockAppended(let event) = try view.event(),
        let header = try? BlockHeader(rlp: event.header.rawSpan)
      else { return }
      newest = max(newest, header.nonce)
    }
    return newest
  }
}
