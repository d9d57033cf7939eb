import Primitives
package import Rollup

/// What a user asks about: transactions by hash and by address, logs by address and topic, blocks, inbox messages and what
/// became of them, and outputs about a block.
///
/// | table | key | value |
/// |---|---|---|
/// | `derivation` … `rejections` | | `OrderTables` |
/// | `clock` | 0 | `L1Moment` of the newest L1 block |
/// | `period` | 0 | the challenge period in force |
/// | `blocks` | L2 block | `IndexedBlock`; genesis has none |
/// | `transactions` | hash ‖ L2 block ‖ index | `IndexedTransaction` |
/// | `addresses` | address ‖ L2 block ‖ index | roles (1) and hash of the transaction |
/// | `logsByAddress` | address ‖ L2 block ‖ receipt (4) ‖ log (4) | nothing |
/// | `logsByTopic` | place (1) ‖ topic ‖ L2 block ‖ receipt (4) ‖ log (4) | nothing |
/// | `inbox` | message index | `IndexedMessage` |
/// | `outputs` | L2 block ‖ output index | `IndexedOutput` |
/// | `outputBlocks` | output index | L2 block |
/// | `games` | game id | `IndexedGame` |
///
/// An index is a transaction's place among the block's messages and, behind them, its transactions; a receipt's number
/// leaves out those that could not be carried out. The same transaction may stand in the order more than once.
///
/// Execution is `ProposerState`'s: this fold reads its results, and goes no further than they do.
package struct QueryIndex: Projection {
  package typealias Finding = Never

  package static let name = "query-index"
  package static let schemaVersion: UInt32 = 2
  package static let readMode = ReadMode.canonical
  package static var upstreams: [any Projection.Type] { [SenderIndex.self] }
  package static var requirements: [any Projection.Type] { [ProposerState.self] }

  package static let order = OrderTables(firstIndex: 0)
  package static let clock = ProjectionTable(index: 7, name: "clock")
  package static let period = ProjectionTable(index: 8, name: "period")
  package static let blocks = ProjectionTable(index: 9, name: "blocks")
  package static let transactions = ProjectionTable(index: 10, name: "transactions")
  package static let addresses = ProjectionTable(index: 11, name: "addresses")
  package static let logsByAddress = ProjectionTable(index: 12, name: "logsByAddress")
  package static let logsByTopic = ProjectionTable(index: 13, name: "logsByTopic")
  package static let inbox = ProjectionTable(index: 14, name: "inbox")
  package static let outputs = ProjectionTable(index: 15, name: "outputs")
  package static let outputBlocks = ProjectionTable(index: 16, name: "outputBlocks")
  package static let games = ProjectionTable(index: 17, name: "games")

  package static let tables =
    order.all + [
      clock, period, blocks, transactions, addresses, logsByAddress, logsByTopic, inbox, outputs, outputBlocks, games,
    ]

  package static let unreadTables = [transactions, addresses, logsByAddress, logsByTopic]

  let configuration: ChainConfiguration

  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
  }

  package func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    switch fact.event {
    case .chainConfigured:
      guard let rollup = configuration.rollup else { return nil }
      try OrderFold(tables: Self.order, configuration: configuration).begin(in: view)
      view.put(Self.period, OrderTables.onlyKey, row: Period(seconds: rollup.challengePeriod))
      return nil
    case .l1BlockAppended(let event): try tell(event, at: fact.coordinates, in: view)
    default: break
    }
    let now = try moment(of: fact, in: view)
    if configuration.rollup != nil {
      try foldRollup(fact, at: now, into: view)
    } else if case .blockSequenced(let event) = fact.event {
      try add(imported: event, at: now, in: view)
    }
    try settle(fact.event, at: now, in: view)
    return nil
  }

  private func foldRollup(_ fact: Fact, at now: L1Moment, into view: ProjectionView) throws(FoldError) {
    switch fact.event {
    case .messageDelivered(let message):
      view.put(
        Self.inbox, ProposerState.key(message.messageIndex),
        row: IndexedMessage(message: message, delivered: now, consumed: nil))
    case .configUpdated(let event):
      if case .challengePeriod(let seconds) = event.update {
        view.put(Self.period, OrderTables.onlyKey, row: Period(seconds: seconds))
      }
    default: break
    }
    let steps = try OrderFold(tables: Self.order, configuration: configuration).apply(fact.event, in: view)
    for case .block(let block) in steps { try add(derived: block, at: now, in: view) }
  }

  /// Notes the time of an L1 block.
  private func tell(_ event: L1BlockAppended, at coordinates: L1Coordinates, in view: ProjectionView) throws(FoldError)
  {
    let header: BlockHeader
    do { header = try BlockHeader(rlp: event.header.rawSpan) } catch { throw .malformedBlock(error) }
    view.put(
      Self.clock, OrderTables.onlyKey,
      row: L1Moment(coordinates: coordinates, blockHash: header.hash, timestamp: header.timestamp))
  }

  /// When L1 has a fact. One lookup.
  private func moment(of fact: Fact, in view: ProjectionView) throws(FoldError) -> L1Moment {
    let block: L1Moment? = try view.row(Self.clock, OrderTables.onlyKey)
    guard let block, block.coordinates.blockNumber == fact.coordinates.blockNumber else {
      throw .derivation(.storage("L1 block \(fact.coordinates.blockNumber) has not begun"))
    }
    return L1Moment(coordinates: fact.coordinates, blockHash: block.blockHash, timestamp: block.timestamp)
  }
}
