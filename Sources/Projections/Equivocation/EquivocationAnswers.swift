package import Primitives
package import Rollup
package import Testimony

/// What the view's rows say, to whoever asks.
package struct EquivocationAnswers {
  private let view: ProjectionView

  package init(_ view: ProjectionView) {
    self.view = view
  }

  /// How far the view has come; nil of one that has folded nothing.
  package func progress() throws(FoldError) -> EquivocationProgress? {
    try view.row(EquivocationView.progress, OrderTables.onlyKey)
  }

  package func statement(_ id: StatementID) throws(FoldError) -> StatementRow? {
    try view.row(EquivocationView.statements, id.key)
  }

  /// An accusation by its number, counted from 0; nil when there are not so many.
  package func accusation(_ number: UInt64) throws(FoldError) -> AccusationRow? {
    try view.row(EquivocationView.accusations, ProposerState.key(number))
  }

  /// All accusations, the oldest first, until `body` returns false.
  package func forEachAccusation(_ body: (UInt64, AccusationRow) -> Bool) throws(FoldError) {
    try view.scanRows(EquivocationView.accusations, from: []) { (key: RawSpan, row: AccusationRow) in
      body(key.bigEndian(at: 0), row)
    }
  }

  /// What an accusation had come to, from first to last.
  package func history(of number: UInt64) throws(FoldError) -> [AccusationEntry] {
    guard let row = try accusation(number) else { return [] }
    var entries: [AccusationEntry] = []
    for index in 0..<row.entries {
      let key = ProposerState.key(number) + ProposerState.key(index)
      if let entry: AccusationEntry = try view.row(EquivocationView.history, key) { entries.append(entry) }
    }
    return entries
  }

  /// What the rows say of two statements, whether anybody is accused of them or not; nil of a view that has folded nothing.
  package func judgement(
    of contradiction: Contradiction, in configuration: ChainConfiguration
  ) throws(FoldError) -> Judgement? {
    guard let progress = try self.progress() else { return nil }
    return try EquivocationView(configuration: configuration).judge(contradiction, progress, in: view)
  }

  /// The orders that an accusation rests on: those between two blocks, the upper one first, or the one that a message
  /// contradicts; nil when not all of them are kept.
  package func orders(of row: AccusationRow) throws(FoldError) -> [BlockOrder]? {
    guard case .brokenParent(let lower, let upper, _) = row.contradiction, upper.height > lower.height + 1 else {
      return row.contradiction.orders
    }
    guard let chain = try EquivocationView.chain(below: upper, downTo: lower.height, in: view) else { return nil }
    return Contradiction(lower, upper, ancestors: chain) == nil ? nil : chain
  }

  /// The statements that an accusation is about, as its contradiction names them; nil when one is not kept.
  package func statements(of row: AccusationRow) throws(FoldError) -> [StatementRow]? {
    var found: [StatementRow] = []
    for id in row.statements { if let statement = try statement(id) { found.append(statement) } }
    let named = row.contradiction.statements
    let ordered = named.compactMap { named in found.first { $0.statement.digest == named.digest } }
    return ordered.count == named.count ? ordered : nil
  }

  /// L1 blocks from `first` to `last` in which messages were forced in. O(blocks).
  package func forcedBlocks(from first: UInt64, through last: UInt64) throws(FoldError) -> [UInt64] {
    var blocks: [UInt64] = []
    try view.scan(EquivocationView.forced, from: ProposerState.key(first)) { key, _ in
      let block: UInt64 = key.bigEndian(at: 0)
      if block <= last { blocks.append(block) }
      return block <= last
    }
    return blocks
  }

  /// What was signed, should be stored, and is not.
  package func alerts() throws(FoldError) -> [StatementRow] {
    var rows: [StatementRow] = []
    try view.scanRows(EquivocationView.alerts, from: []) { (_: RawSpan, row: StatementRow) in
      rows.append(row)
      return true
    }
    return rows
  }

  /// What a key said of a height.
  package func statements(at height: UInt64, by signer: Address) throws(FoldError) -> [StatementRow] {
    try EquivocationView.statements(at: height, by: signer, in: view).rows.map(\.row)
  }

  /// What any key said of a height. O(statements of the height).
  package func statements(at height: UInt64) throws(FoldError) -> [StatementRow] {
    var rows: [StatementRow] = []
    try view.scanRows(EquivocationView.statements, from: ProposerState.key(height)) {
      (key: RawSpan, row: StatementRow) in
      guard key.bigEndian(at: 0, as: UInt64.self) == height else { return false }
      rows.append(row)
      return true
    }
    return rows
  }

  /// The stored orders that a block descends from, its parent first, down to that at `height` + 1; nil when they are not all
  /// kept.
  package func chain(below upper: Statement, downTo height: UInt64) throws(FoldError) -> [BlockOrder]? {
    try EquivocationView.chain(below: upper, downTo: height, in: view)
  }

  /// Whether L1 has the block now; nil when that is not known.
  package func isCanonical(_ block: BlockID) throws(FoldError) -> Bool? {
    guard let progress = try self.progress() else { return nil }
    return try ViewFacts(progress: progress, view: view).isCanonical(block)
  }

  /// Every order that batches on L1 gave a height.
  package func stored(at height: UInt64) throws(FoldError) -> [StoredOrderRow] {
    try EquivocationView.storedOrders(at: height, in: view)
  }
}
