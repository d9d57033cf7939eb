import Primitives
package import Rollup

/// Derivation over a projection's rows: the part that every projection of a rollup shares.
struct OrderFold {
  let tables: OrderTables
  let configuration: ChainConfiguration

  /// Writes the state before the first record.
  func begin(in view: ProjectionView) throws(FoldError) {
    let state: Derivation
    do { state = try Derivation(configuration) } catch { throw .derivation(error) }
    view.put(tables.derivation, OrderTables.onlyKey, state.encode())
  }

  /// Takes a fact, and says what follows from it. O(log n) rows for every step.
  func apply(_ event: Event, in view: ProjectionView) throws(FoldError) -> [DerivationStep] {
    if !Derivation.concerns(event.kind), try !isReading(in: view) { return [] }
    let before = try state(in: view)
    var state = before
    var storage = RowStorage(tables: tables, view: view)
    let steps: [DerivationStep]
    do { steps = try state.apply(event, storage: &storage) } catch { throw .derivation(error) }
    // An L1 block that changes nothing has a row as well: it is known what was derivable there.
    if state != before || event.kind == .l1BlockAppended {
      view.put(tables.derivation, OrderTables.onlyKey, state.encode())
      let head = SafeHead(
        l1Block: state.l1Block, head: state.head, cursor: state.cursor, awaitedBatch: state.awaitedBatch)
      view.put(tables.safeHeads, ProposerState.key(state.l1Block.number), head.encode())
    }
    for case .rejected(let rejected) in steps {
      var writer = RLPWriter()
      rejected.append(to: &writer)
      view.put(tables.rejections, ProposerState.key(rejected.batchIndex), writer.bytes)
    }
    return steps
  }

  /// How far derivation has come.
  func state(in view: ProjectionView) throws(FoldError) -> Derivation {
    guard let rollup = configuration.rollup else { throw .derivation(.notARollup) }
    return try state(in: view) { row throws(RLPError) in try Derivation(rlp: row, rules: BlockRules(rollup)) }
  }

  /// The first rule that a block breaks, if a batch in the next L1 block brings it; nil when it follows `head` then.
  func violation(by block: RollupBlock, after head: OrderHead, in view: ProjectionView) throws(FoldError)
    -> RejectionReason?
  {
    let state = try state(in: view)
    var storage = RowStorage(tables: tables, view: view)
    let next = state.l1Block.number + 1
    // Of that L1 block only its place counts: no block of its own batches can have it for an origin.
    storage.upcoming = (next, DerivationL1Block(hash: .zero, timestamp: 0, messagesBefore: state.messageCount))
    do {
      return try state.rules.violation(by: block, after: head, l1Block: next, storage: storage)
    } catch { throw .derivation(error) }
  }

  /// Whether it stands in the middle of a batch.
  private func isReading(in view: ProjectionView) throws(FoldError) -> Bool {
    try state(in: view) { row throws(RLPError) in try Derivation.isReading(rlp: row) }
  }

  private func state<State>(
    in view: ProjectionView, _ decode: (RawSpan) throws(RLPError) -> State
  ) throws(FoldError) -> State {
    let key = OrderTables.onlyKey
    let state = try ProposerState.rows { () throws(TableReadError) in
      try view.row(tables.derivation, key.rawSpan, decode: decode)
    }
    guard let state else { throw .configuration("a rollup's log begins with a ChainConfigured") }
    return state
  }
}

extension OrderTables {
  /// What was derivable at an L1 block; nil when the rows do not reach it. One lookup.
  package func safeHead(atL1Block number: UInt64, in view: ProjectionView) throws(FoldError) -> SafeHead? {
    try ProposerState.rows { () throws(TableReadError) in
      try view.row(safeHeads, ProposerState.key(number).rawSpan) { row throws(RLPError) in try SafeHead(rlp: row) }
    }
  }

  /// Why batch `index`, or the rest of it, was dropped; nil when it was not.
  package func rejection(ofBatch index: UInt64, in view: ProjectionView) throws(FoldError) -> BatchRejected? {
    try ProposerState.rows { () throws(TableReadError) in
      try view.row(rejections, ProposerState.key(index).rawSpan) { row throws(RLPError) in
        var reader = RLPReader(row)
        let rejected = try BatchRejected(&reader)
        try reader.finish()
        return rejected
      }
    }
  }

  /// An inbox message; nil when there is none with this index.
  package func message(_ index: UInt64, in view: ProjectionView) throws(FoldError) -> MessageDelivered? {
    do { return try RowStorage(tables: self, view: view).message(index) } catch { throw .derivation(error) }
  }
}

/// Derivation's rows in a projection's tables.
private struct RowStorage: DerivationStorage {
  let tables: OrderTables
  let view: ProjectionView

  /// An L1 block that is not there yet.
  var upcoming: (number: UInt64, block: DerivationL1Block)?

  init(tables: OrderTables, view: ProjectionView) {
    self.tables = tables
    self.view = view
  }

  func l1Block(_ number: UInt64) throws(DerivationError) -> DerivationL1Block? {
    if let upcoming, upcoming.number == number { return upcoming.block }
    return try row(tables.l1Blocks, ProposerState.key(number)) { reader throws(RLPError) in
      try DerivationL1Block(&reader)
    }
  }

  func put(_ block: DerivationL1Block, number: UInt64) {
    var writer = RLPWriter()
    block.append(to: &writer)
    view.put(tables.l1Blocks, ProposerState.key(number), writer.bytes)
  }

  func message(_ index: UInt64) throws(DerivationError) -> MessageDelivered? {
    let bytes: [UInt8]?
    do { bytes = try view.value(tables.messages, ProposerState.key(index).rawSpan) } catch {
      throw .storage(error.description)
    }
    guard let bytes else { return nil }
    do { return try MessageDelivered(payload: bytes.rawSpan) } catch { throw .storage(error.description) }
  }

  func put(_ message: MessageDelivered) {
    view.put(tables.messages, ProposerState.key(message.messageIndex), message.encodePayload())
  }

  func waiting(_ batchIndex: UInt64) throws(DerivationError) -> WaitingBatch? {
    try row(tables.waiting, ProposerState.key(batchIndex)) { reader throws(RLPError) in try WaitingBatch(&reader) }
  }

  func put(_ waiting: WaitingBatch?, batchIndex: UInt64) {
    guard let waiting else { return view.delete(tables.waiting, ProposerState.key(batchIndex)) }
    var writer = RLPWriter()
    waiting.append(to: &writer)
    view.put(tables.waiting, ProposerState.key(batchIndex), writer.bytes)
  }

  func waitingBlock(_ cursor: DerivationCursor) throws(DerivationError) -> SequencedBlock? {
    try row(tables.waitingBlocks, key(cursor)) { reader throws(RLPError) in
      var fields = try reader.readList()
      let block = try SequencedBlock(&fields)
      try fields.finish()
      return block
    }
  }

  func put(_ block: SequencedBlock?, at cursor: DerivationCursor) {
    guard let block else { return view.delete(tables.waitingBlocks, key(cursor)) }
    var writer = RLPWriter()
    writer.list { block.append(to: &$0) }
    view.put(tables.waitingBlocks, key(cursor), writer.bytes)
  }

  private func key(_ cursor: DerivationCursor) -> [UInt8] {
    ProposerState.key(cursor.batchIndex) + ProposerState.key(cursor.indexInBatch)
  }

  private func row<Row>(
    _ table: ProjectionTable, _ key: [UInt8], _ decode: (inout RLPReader) throws(RLPError) -> Row
  ) throws(DerivationError) -> Row? {
    do {
      return try view.row(table, key.rawSpan) { row throws(RLPError) in
        var reader = RLPReader(row)
        let value = try decode(&reader)
        try reader.finish()
        return value
      }
    } catch { throw .storage(error.description) }
  }
}
