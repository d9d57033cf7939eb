import L1
import Primitives
import Projections
import Roles
import Rollup
import Settlement
import StateTransition

extension DevnetStage {
  /// Posts an output whose state is another from the first transaction of a block on; what its poster will say of it.
  mutating func lie(_ devnet: inout Devnet) async throws(NodeError) -> Lie? {
    devnet.isProposing = false
    for nonce in 0..<4 as Range<UInt64> { devnet.sequencer.submit(DevnetParty.user.transfer(nonce: nonce)) }
    try await advance(&devnet) { ($0.node.finalized?.number ?? 0) > 4 && $0.view.safeHead >= 6 }
    guard let finalized = devnet.node.finalized,
      let block = devnet.view.blocks.first(where: { !$0.derived.block.transactions.isEmpty })?.derived.block.number,
      let honest = Proposer(account: DevnetParty.liar.address, interval: 4)
        .intents(devnet.view, finalized: finalized).first, case .proposeOutput(var wrong) = honest.call
    else { return nil }
    wrong.stateRoot = Hash256(0xbad, 0xbad, 0xbad, 0xbad)
    let intent = Intent(
      .proposeOutput, .proposeOutput(wrong), value: honest.value, because: "it hopes that nobody looks")
    try devnet.perform([intent], as: DevnetParty.liar.address)
    try await advance(&devnet, limit: 3) { !$0.view.outputs.isEmpty }
    return Lie(block: block, step: 1, claim: wrong.claim.hash)
  }

  mutating func wrongOutput(_ devnet: inout Devnet, challengers: [DevnetParty]) async throws(NodeError) {
    devnet.challengers = []
    guard let lie = try await lie(&devnet) else { return expect(false, "there is something to lie about") }
    expect(
      try devnet.node.verdict(onOutput: 0)?.judgement == .disagrees, "the node's own execution gives another state root"
    )
    let before = try wealths(of: challengers, devnet)
    let liarBefore = try wealth(of: .liar, devnet)
    try await takeTurns(challengers, against: lie, &devnet)
    let isOver = try await advance(&devnet) { $0.view.games.first.map { $0.status != .inProgress } ?? false }
    expect(isOver && devnet.view.games.first?.status == .challengerWins, "the challenger wins")
    expectOneTransaction(devnet, lie)
    expect(devnet.view.outputs.first?.status == .deleted, "the wrong output is deleted, and never became final")
    try await pass(6, &devnet)
    let after = try wealths(of: challengers, devnet)
    expect(zip(before, after).allSatisfy { $0 <= $1 }, "no honest challenger lost anything")
    expect(
      zip(before, after).allSatisfy { $0 < $1 },
      challengers.count == 1 ? "the challenger was rewarded" : "each was rewarded for what it countered")
    expect(try wealth(of: .liar, devnet) < liarBefore, "who posted the wrong output paid for it")
  }

  /// The challengers meet the lie: one after the other alone, until each has made a claim, and then all at once, when the
  /// later one's calls are too late and revert.
  private mutating func takeTurns(
    _ challengers: [DevnetParty], against lie: Lie, _ devnet: inout Devnet
  ) async throws(NodeError) {
    let liar = Challenger(account: DevnetParty.liar.address, lie: lie)
    func isInGame(_ party: DevnetParty, _ devnet: Devnet) -> Bool {
      devnet.view.games.first?.claims.contains { $0.claimant == party.address } ?? false
    }
    if challengers.count > 1 {
      for party in challengers.reversed() {
        say("only the \(party.rawValue) is awake, until it has answered")
        devnet.challengers = [Challenger(account: party.address), liar]
        try await advance(&devnet, limit: 8) { isInGame(party, $0) }
      }
      say("now all are")
    }
    devnet.challengers = challengers.map { Challenger(account: $0.address) } + [liar]
    guard challengers.count > 1 else { return }
    expect(challengers.allSatisfy { isInGame($0, devnet) }, "each of the honest challengers stakes in the game")
  }

  /// What the dispute came down to.
  private mutating func expectOneTransaction(_ devnet: Devnet, _ lie: Lie) {
    let proven = seen.compactMap { entry in
      if case .stepProven(let event) = entry.event { event } else { nil }
    }
    let truth = GameTruth(l1Head: devnet.view.outputs[0].output.l1Head, devnet.view)
    guard let step = proven.first, let trace = try? truth.trace(ofBlock: lie.block, archive: devnet.node.archive) else {
      return expect(false, "one step was executed on L1")
    }
    let disputed = (0..<trace.points.count).first { trace.points[$0].state.hash == step.preState }
    expect(
      disputed.map { $0 < trace.fates.count } ?? false,
      "the dispute came down to one transaction: number \(disputed ?? 0) of block \(lie.block)")
    expect(
      step.postState == trace.claim(after: UInt64(disputed ?? 0) + 1), "L1 executed it to the state that the node has")
  }

  private func wealths(of parties: [DevnetParty], _ devnet: Devnet) throws(NodeError) -> [UInt256] {
    var found: [UInt256] = []
    for party in parties { found.append(try wealth(of: party, devnet)) }
    return found
  }

  mutating func griefing(_ devnet: inout Devnet) async throws(NodeError) {
    devnet.sequencer.submit(DevnetParty.user.transfer(nonce: 0))
    try await advance(&devnet) { !$0.view.outputs.isEmpty }
    devnet.isProposing = false
    guard let output = devnet.view.outputs.first?.output else { return expect(false, "there is an output") }
    let lie = Lie(block: output.l2BlockNumber, step: 1, claim: Hash256(0xbad, 0, 0, 1))
    devnet.challengers.append(Challenger(account: DevnetParty.liar.address, lie: lie))
    let liarBefore = try wealth(of: .liar, devnet)
    let before = try wealths(of: [.proposer, .challenger], devnet)
    let isOver = try await advance(&devnet) { $0.view.games.first.map { $0.status != .inProgress } ?? false }
    expect(isOver && devnet.view.games.first?.status == .defenderWins, "the defender wins")
    devnet.isProposing = true
    devnet.challengers.removeLast()
    let isFinal = try await advance(&devnet) { $0.view.outputs.first?.status == .final }
    expect(isFinal, "the honest output is final all the same")
    expect(try wealth(of: .liar, devnet) < liarBefore, "the griefer lost its bond")
    let after = try wealths(of: [.proposer, .challenger], devnet)
    expect(
      zip(before, after).allSatisfy { $0 <= $1 },
      "neither the proposer nor the challenger that defended it lost anything")
  }
}
