import Primitives
import Rollup
import Testimony

extension EquivocationView {
  /// Takes a signed message that was heard. What is no statement of anybody's shows nothing, and is passed over: it was
  /// recorded, and that is all.
  func hear(_ event: SequencerCommitmentObserved, in view: ProjectionView) throws(FoldError) {
    let position = try countTestimony(in: view)
    guard let signer = event.signer, let message = try? SignedMessage(event.raw.rawSpan, event.format),
      let statement = try? reader.statement(of: message, by: signer)
    else { return }
    let row = StatementRow(statement: statement, source: .testimony(position))
    var isOwn = false
    if case .rollup(let block)? = event.block { isOwn = statement.isOwn(of: block.order) }
    guard let id = try insert(row, isOwn: isOwn, in: view) else {
      guard let known = try self.known(statement, in: view) else { return }
      // A batch had it first, perhaps, which L1 may leave.
      try expectStored(statement, known.id, in: view)
      // Or it was heard before without the block.
      if case .rollup(let block)? = event.block {
        if isOwn { view.put(Self.statements, known.id.key, row: row) }
        try compare(known.row, known.id, withPreimage: block.order, in: view)
      }
      return
    }
    try compareWithStored(row, id, in: view)
    if statement.format == .varve, try !currentProgress(in: view).hadAuthority(signer) {
      view.put(Self.strangers, signer.bytes + ProposerState.key(id.height), [])
    }
    if case .rollup(let block)? = event.block { try compare(row, id, withPreimage: block.order, in: view) }
    try expectStored(statement, id, in: view)
  }

  /// Notes by when what was heard should be stored.
  private func expectStored(_ statement: Statement, _ id: StatementID, in view: ProjectionView) throws(FoldError) {
    guard let origin = statement.origin, statement.format == .varve else { return }
    let deadline = try currentProgress(in: view).deadline(after: origin.number)
    view.put(Self.due, ProposerState.key(deadline) + id.key, [])
  }

  /// Puts a statement with those of its key about its height, and holds it against them and against those next to it.
  ///
  /// - Returns: nil when it is there already, or there are too many.
  func insert(
    _ row: StatementRow, isOwn: Bool = false, in view: ProjectionView
  ) throws(FoldError) -> StatementID? {
    let statement = row.statement
    let (own, free) = try Self.statements(at: statement.height, by: statement.signer, in: view)
    guard !own.contains(where: { $0.row.statement.digest == statement.digest }), free < StatementID.limit,
      try hasRoom(for: row, isOwn: isOwn, beside: own.map(\.row), in: view)
    else { return nil }
    let id = StatementID(height: statement.height, signer: statement.signer, slot: free)
    view.put(Self.statements, id.key, row: row)
    for other in own { try accuse(Contradiction(other.row.statement, statement), [other.id, id], in: view) }
    if statement.height > 0 { try compare(row, id, withLower: statement.height - 1, in: view) }
    if statement.height < .max { try compare(row, id, withUpper: statement.height + 1, in: view) }
    return id
  }

  /// Every two statements may be an accusation, so the view bounds them by itself: a log may be anybody's, and hold
  /// more than is kept today. Of what is known of L1 at the arrival both make the same, so that what today's log keeps
  /// has room here.
  private func hasRoom(
    for row: StatementRow, isOwn: Bool, beside own: [StatementRow], in view: ProjectionView
  ) throws(FoldError) -> Bool {
    guard case .testimony = row.source else { return own.count { !$0.isHeard } < StatementID.batchLimit }
    let heard = own.filter(\.isHeard).map(\.statement)
    let kept = heard.filter { $0.format == row.statement.format }
    if heard.count >= StatementID.heardLimit {
      guard heard.count < StatementID.heardLimit + 2 else { return false }
      return StatementLimits.isFirstInexcusable(row.statement, beside: kept)
    }
    guard !kept.isEmpty else { return true }
    let facts = ViewFacts(progress: try currentProgress(in: view), view: view)
    var limits = StatementLimits()
    // Of a pair that is kept beyond the limits the first half alone does not show what it is: a new order, or one more
    // statement of one that has its share.
    limits.orders += 2
    limits.perOrder += 1
    limits.total += 2
    return try limits.keeps(row.statement, isOwn: isOwn, beside: kept) { origin throws(FoldError) in
      guard row.statement.format == .varve else { return nil }
      return try facts.isCanonical(origin)
    }
  }

  /// What a key said of a height, and the first free slot.
  static func statements(
    at height: UInt64, by signer: Address, in view: ProjectionView
  ) throws(FoldError) -> (rows: [(id: StatementID, row: StatementRow)], free: UInt8) {
    var rows: [(id: StatementID, row: StatementRow)] = []
    for slot in 0..<StatementID.limit {
      let id = StatementID(height: height, signer: signer, slot: slot)
      guard let row: StatementRow = try view.row(statements, id.key) else { return (rows, slot) }
      rows.append((id, row))
    }
    return (rows, StatementID.limit)
  }

  /// Where the key itself has signed the block that is extended, nothing is broken: two blocks at one height are an
  /// accusation of their own.
  func compare(
    _ row: StatementRow, _ id: StatementID, withLower height: UInt64, in view: ProjectionView
  ) throws(FoldError) {
    let lower = try Self.statements(at: height, by: id.signer, in: view).rows.filter {
      $0.row.statement.format == row.statement.format
    }
    guard let parent = row.statement.parent, !lower.contains(where: { $0.row.statement.order == parent }) else {
      return
    }
    for other in lower { try accuse(Contradiction(other.row.statement, row.statement), [other.id, id], in: view) }
  }

  private func compare(
    _ row: StatementRow, _ id: StatementID, withUpper height: UInt64, in view: ProjectionView
  ) throws(FoldError) {
    let own = try Self.statements(at: id.height, by: id.signer, in: view).rows.map(\.row.statement.order)
    for other in try Self.statements(at: height, by: id.signer, in: view).rows {
      guard let parent = other.row.statement.parent, !own.contains(parent) else { continue }
      try accuse(Contradiction(row.statement, other.row.statement), [id, other.id], in: view)
    }
  }

  func compare(
    _ row: StatementRow, _ id: StatementID, withPreimage order: BlockOrder, in view: ProjectionView
  ) throws(FoldError) {
    try accuse(Contradiction(row.statement, preimage: order), [id], in: view)
  }
}

extension EquivocationProgress {
  /// The L1 block from which on what was signed with this origin should have been stored.
  func deadline(after origin: UInt64) -> UInt64 {
    origin.saturatingSum(sequencingWindow).next
  }
}

extension StatementRow {
  fileprivate var isHeard: Bool { if case .testimony = source { true } else { false } }
}
