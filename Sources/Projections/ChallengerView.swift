import Primitives
package import Rollup

/// What a challenger needs to act, and what a person needs to see why: outputs and how long each can be disputed, dispute
/// games as trees of claims with clocks, everybody's bonds and credits, and the safe head at every L1 block.
///
/// | table | key | value |
/// |---|---|---|
/// | `derivation` … `rejections` | | `OrderTables` |
/// | `periods` | 0 | the challenge period in force |
/// | `outputs` | output index | `OutputRow` |
/// | `openOutputs` | output index | nothing: those neither final nor deleted |
/// | `games` | game id | `GameRow` |
/// | `openGames` | game id | nothing: those in progress |
/// | `claims` | game id, claim index | `ClaimRow` |
/// | `accounts` | address | `AccountRow` |
///
/// Verdicts are `ProposerState`'s, which executes; here is what L1 says. A chain that was imported has no rows.
package struct ChallengerView: Projection {
  package typealias Finding = Never

  package static let name = "challenger-view"
  package static let schemaVersion: UInt32 = 1
  package static let readMode = ReadMode.canonical

  package static let order = OrderTables(firstIndex: 0)
  package static let periods = ProjectionTable(index: 7, name: "periods")
  package static let outputs = ProjectionTable(index: 8, name: "outputs")
  package static let openOutputs = ProjectionTable(index: 9, name: "openOutputs")
  package static let games = ProjectionTable(index: 10, name: "games")
  package static let openGames = ProjectionTable(index: 11, name: "openGames")
  package static let claims = ProjectionTable(index: 12, name: "claims")
  package static let accounts = ProjectionTable(index: 13, name: "accounts")

  package static let tables =
    order.all + [periods, outputs, openOutputs, games, openGames, claims, accounts]

  let configuration: ChainConfiguration

  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
  }

  package func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    guard let rollup = configuration.rollup else { return nil }
    let orderFold = OrderFold(tables: Self.order, configuration: configuration)
    if case .chainConfigured = fact.event {
      try orderFold.begin(in: view)
      view.put(Self.periods, OrderTables.onlyKey, row: Period(seconds: rollup.challengePeriod))
      return nil
    }
    _ = try orderFold.apply(fact.event, in: view)
    try settle(fact, in: view)
    return nil
  }

  private func settle(_ fact: Fact, in view: ProjectionView) throws(FoldError) {
    switch fact.event {
    case .configUpdated(let event):
      if case .challengePeriod(let seconds) = event.update {
        view.put(Self.periods, OrderTables.onlyKey, row: Period(seconds: seconds))
      }
    case .outputProposed(let event): try propose(event, at: fact.coordinates.blockNumber, in: view)
    case .outputFinalized(let event): try close(event.outputIndex, .final, in: view)
    case .outputsDeleted(let event): try delete(event, in: view)
    case .disputeGameCreated, .move, .stepProven, .claimResolved, .resolved, .gameBlacklisted:
      try play(fact, in: view)
    case .bondDeposited, .bondLocked, .bondReleased, .bondSlashed, .rewardPaid, .creditClaimed:
      try account(fact.event, in: view)
    default: break
    }
  }

  /// Time of an L1 block that has been folded, in seconds. One lookup.
  package static func time(ofL1Block number: UInt64, in view: ProjectionView) throws(FoldError) -> UInt64 {
    let block: DerivationL1Block? = try view.row(order.l1Blocks, ProposerState.key(number))
    guard let block else { throw .derivation(.storage("L1 block \(number) has no row")) }
    return block.timestamp
  }
}

extension DerivationL1Block: RLPRow {}

/// How long an output can be disputed from now on.
struct Period: RLPRow {
  var seconds: UInt64

  init(seconds: UInt64) { self.seconds = seconds }

  init(_ reader: inout RLPReader) throws(RLPError) { seconds = try reader.readUInt64() }

  func append(to writer: inout RLPWriter) { writer.append(seconds) }
}
