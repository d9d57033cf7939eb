import Primitives
import Rollup
import Testimony

extension EquivocationView {
  /// A batch carries the sequencer's signature over its last block: half of a double sign that is on L1.
  func deliver(_ event: SequencerBatchDelivered, atL1Block l1Block: UInt64, in view: ProjectionView) throws(FoldError) {
    guard !event.signedCommitment.isEmpty, event.firstBlock <= event.lastBlock,
      let signed = try? SignedCommitment(rlp: event.signedCommitment.rawSpan),
      let statement = try? reader.statement(of: signed)
    else { return }
    let row = StatementRow(
      statement: statement,
      source: .batch(event.batchIndex, l1Block: l1Block, signedCommitment: event.signedCommitment))
    var id = try insert(row, in: view)
    if let id {
      try compareWithStored(row, id, in: view)
    } else if let known = try known(statement, in: view) {
      // L1 may have left the block that had it before.
      if case .batch = known.row.source { view.put(Self.statements, known.id.key, row: row) }
      id = known.id
    }
    guard let id else { return }
    view.put(
      Self.batches, ProposerState.key(event.batchIndex),
      row: OpenBatchRow(firstBlock: event.firstBlock, lastBlock: event.lastBlock, l1Block: l1Block, statement: id))
  }

  /// A statement that was inserted before.
  func known(
    _ statement: Statement, in view: ProjectionView
  ) throws(FoldError) -> (id: StatementID, row: StatementRow)? {
    try Self.statements(at: statement.height, by: statement.signer, in: view).rows.first {
      $0.row.statement.digest == statement.digest
    }
  }

  /// Takes a batch's next block. With the last one the batch is whole, and the signature binds its blocks from the last one
  /// down, as far as each extends the one before it.
  func sequence(_ event: BlockSequenced, atL1Block number: UInt64, in view: ProjectionView) throws(FoldError) {
    let batchKey = ProposerState.key(event.batchIndex)
    guard case .rollup(let block) = event.block, let batch: OpenBatchRow = try view.row(Self.batches, batchKey) else {
      return
    }
    view.put(Self.batchBlocks, batchKey + ProposerState.key(event.indexInBatch), row: block.order)
    guard event.indexInBatch == batch.lastBlock - batch.firstBlock else { return }
    // Data that comes later can come again, when L1 has left its block.
    if number == batch.l1Block { view.delete(Self.batches, batchKey) }
    guard let l1Block = try l1Block(batch.l1Block, in: view), let dataBlock = try self.l1Block(number, in: view) else {
      return
    }
    let last: StatementRow? = try view.row(Self.statements, batch.statement.key)
    var expected = last?.statement.order
    for index in (0...event.indexInBatch).reversed() {
      let key = batchKey + ProposerState.key(index)
      let order: BlockOrder? = try view.row(Self.batchBlocks, key)
      view.delete(Self.batchBlocks, key)
      guard let order, order.number == batch.firstBlock + index, order.commitment == expected else {
        if expected != nil { try noteUnboundBlocks(in: view) }
        expected = nil
        continue
      }
      expected = order.parentOrder
      try store(
        StoredOrderRow(
          order: order, batchIndex: event.batchIndex, l1Block: l1Block, dataBlock: dataBlock, last: batch.statement),
        order.commitment, in: view)
    }
  }

  /// Whoever posts has put blocks of its own among the signed ones: what honest sequencers go on from, nobody's word
  /// says.
  private func noteUnboundBlocks(in view: ProjectionView) throws(FoldError) {
    var progress = try currentProgress(in: view)
    guard !progress.hasUnboundBlocks else { return }
    progress.hasUnboundBlocks = true
    view.put(Self.progress, OrderTables.onlyKey, row: progress)
    for key in progress.knownKeys { try judgeAccused(key, in: view) }
  }

  private func store(
    _ row: StoredOrderRow, _ commitment: Hash256, in view: ProjectionView
  ) throws(FoldError) {
    let height = row.order.number
    let known = try Self.storedOrders(at: height, in: view)
    let slot = known.firstIndex { $0.order == row.order && $0.last.signer == row.last.signer } ?? known.count
    guard slot < Int(StoredOrderRow.limit) else { return }
    // The first place that L1 has for it counts, whatever is posted again.
    let stands = slot < known.count ? try isOnL1(known[slot], in: view) : false
    if !stands { view.put(Self.stored, ProposerState.key(height) + [UInt8(slot)], row: row) }
    for (id, statement) in try Self.statements(at: height, by: row.last.signer, in: view).rows {
      try compare(statement, id, row, commitment, in: view)
    }
  }

  /// Holds a statement against every order that L1 ever stored at its height.
  func compareWithStored(_ row: StatementRow, _ id: StatementID, in view: ProjectionView) throws(FoldError) {
    guard row.statement.format == .varve else { return }
    for stored in try Self.storedOrders(at: id.height, in: view) where stored.last.signer == id.signer {
      try compare(row, id, stored, stored.order.commitment, in: view)
    }
  }

  private func compare(
    _ row: StatementRow, _ id: StatementID, _ stored: StoredOrderRow, _ commitment: Hash256, in view: ProjectionView
  ) throws(FoldError) {
    if commitment == row.statement.order { return try compare(row, id, withPreimage: stored.order, in: view) }
    // Statements about one height, or about two that are next to each other, are compared as statements.
    guard stored.last.height > id.height + 1, row.statement.format == .varve else { return }
    let own = try Self.statements(at: id.height, by: id.signer, in: view).rows
    guard !own.contains(where: { $0.row.statement.order == commitment }),
      let last: StatementRow = try view.row(Self.statements, stored.last.key)
    else { return }
    // That the last block descends from the stored one was seen when it was stored; it has to be shown as well.
    guard try Self.chain(below: last.statement, downTo: id.height, in: view)?.last?.parentOrder == commitment else {
      return
    }
    try accuse(Contradiction(row.statement, storedAbove: last.statement), [id, stored.last], in: view)
  }

  /// The stored orders that a block descends from, its parent first, down to that at `height` + 1; nil when they are not all
  /// kept, or there are more than evidence can have. O(heights between).
  static func chain(
    below upper: Statement, downTo height: UInt64, in view: ProjectionView
  ) throws(FoldError) -> [BlockOrder]? {
    guard upper.height > height, upper.height - height <= Contradiction.greatestAncestorCount,
      var expected = upper.parent
    else { return nil }
    var chain: [BlockOrder] = []
    for number in (height + 1..<upper.height).reversed() {
      guard let order = try storedOrders(at: number, in: view).map(\.order).first(where: { $0.commitment == expected })
      else { return nil }
      chain.append(order)
      expected = order.parentOrder
    }
    return chain
  }

  /// The L1 block of a number, as L1 has it now.
  private func l1Block(_ number: UInt64, in view: ProjectionView) throws(FoldError) -> BlockID? {
    try ProposerState.rows { () throws(TableReadError) in
      try view.value(Self.l1Blocks, ProposerState.key(number).rawSpan)
    }.map { BlockID(number: number, hash: Hash256($0.rawSpan)) }
  }

  /// Whether L1 has, as it is now, the batch that stored an order, and its data.
  func isOnL1(_ stored: StoredOrderRow, in view: ProjectionView) throws(FoldError) -> Bool {
    guard try l1Block(stored.l1Block.number, in: view) == stored.l1Block else { return false }
    return try l1Block(stored.dataBlock.number, in: view) == stored.dataBlock
  }

  /// Every order that batches on L1 gave a height, the first one first.
  static func storedOrders(at height: UInt64, in view: ProjectionView) throws(FoldError) -> [StoredOrderRow] {
    var rows: [StoredOrderRow] = []
    for slot in 0..<StoredOrderRow.limit {
      guard let row: StoredOrderRow = try view.row(stored, ProposerState.key(height) + [slot]) else { break }
      rows.append(row)
    }
    return rows
  }
}
