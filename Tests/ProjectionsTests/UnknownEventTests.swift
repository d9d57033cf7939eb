import Primitives
@testable import Projections
import Rollup
import TestSupport
import Testing

@Suite("Events about what L1 has not told of")
struct UnknownEventTests {
  /// What is missing, and whether `QueryIndex` has rows of such things.
  private static let events: [(event: Event, missing: String, isIndexed: Bool)] = {
    let (account, position) = (MiniChain.address(61), GamePosition.root.left)
    func move(_ game: UInt64, answering parent: UInt64) -> Event {
      .move(
        Move(
          gameId: game, claimIndex: 6, parentIndex: parent, position: position, claim: .zero, claimant: account,
          isAttack: true, bond: 1))
    }
    func step(_ game: UInt64, _ claim: UInt64) -> Event {
      .stepProven(
        StepProven(
          gameId: game, claimIndex: claim, preState: .zero, postState: .zero, witnessHash: .zero, prover: account,
          verifier: .zero))
    }
    return [
      (.outputFinalized(OutputFinalized(outputIndex: 7, outputRoot: .zero, l2BlockNumber: 1)), "output 7", true),
      (.outputsDeleted(OutputsDeleted(prevNextOutputIndex: 3, newNextOutputIndex: 0)), "output 2", true),
      // Not looked for one by one.
      (
        .outputsDeleted(OutputsDeleted(prevNextOutputIndex: .max, newNextOutputIndex: 0)), "output \(UInt64.max - 1)",
        true
      ),
      (
        .disputeGameCreated(
          DisputeGameCreated(gameId: 1, outputIndex: 7, rootClaim: .zero, challenger: account, bond: 1)), "output 7",
        true
      ),
      (.resolved(Resolved(gameId: 9, status: .challengerWins)), "game 9", true),
      (.gameBlacklisted(GameBlacklisted(gameId: 9)), "game 9", true),
      (.claimResolved(ClaimResolved(gameId: 9, claimIndex: 0, counteredBy: account)), "of game 9", false),
      (.claimResolved(ClaimResolved(gameId: 0, claimIndex: 5, counteredBy: .zero)), "claim 5 of game 0", false),
      (move(9, answering: 0), "game 9", false),
      (move(0, answering: 5), "claim 5 of game 0", false),
      (step(9, 0), "of game 9", false),
      (step(0, 5), "claim 5 of game 0", false),
    ]
  }()

  /// With an output, and a game about it.
  private func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.add(.outputProposed(ledger.wrongOutput(0, block: 0)))
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1)))
    return ledger
  }

  private func expect<P: Projection>(_ missing: String, in type: P.Type, after event: Event) throws {
    var ledger = try ledger()
    let fold = LiveFold<P>(configuration: ledger.configuration)
    for fact in ledger.facts { try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
    let before = fold.digest
    try ledger.add(event)
    let last = ledger.facts[ledger.facts.count - 1]
    let error = #expect(throws: FoldError.self, "\(P.name), \(event.kind)") {
      try fold.apply(Fact(coordinates: last.coordinates, event: last.event))
    }
    guard case .derivation(.storage(let reason)) = error else {
      Issue.record("\(P.name), \(event.kind): \(String(describing: error))")
      return
    }
    #expect(reason.contains("\(missing) has no row"), "\(P.name), \(event.kind): \(reason)")
    #expect(fold.digest == before)
  }

  @Test("an event about an output, a game or a claim of which nothing is known stops the projection, with its name")
  func unknown() throws {
    for (event, missing, isIndexed) in Self.events {
      try expect(missing, in: ChallengerView.self, after: event)
      if isIndexed { try expect(missing, in: QueryIndex.self, after: event) }
    }
    let resolved = Event.claimResolved(ClaimResolved(gameId: 9, claimIndex: 0, counteredBy: .zero))
    try expect("game 9", in: QueryIndex.self, after: resolved)
  }
}
