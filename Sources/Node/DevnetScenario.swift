import L1
import Primitives
import Roles
import Rollup
import Settlement
import StateTransition

/// A script that a devnet plays, and what must hold at its end.
package enum DevnetScenario: String, CaseIterable, Sendable {
  case honest
  case wrongOutput = "wrong-output"
  case doubleSign = "double-sign"
  case censorship
  case reorg
  case twoChallengers = "two-challengers"
  case griefing
  case withheldData = "withheld-data"

  package var title: String {
    switch self {
    case .honest: "everybody is honest: a transaction is ordered, stored, executed, claimed, checked, final"
    case .wrongOutput: "a wrong output is taken apart down to one step; the challenger is rewarded"
    case .doubleSign: "the sequencer signs two orders for one height, and loses its bond and its key"
    case .censorship: "the sequencer leaves a message out, and is overruled"
    case .reorg: "L1 leaves a branch with batches and outputs; they come back; two nodes agree"
    case .twoChallengers: "two honest challengers meet one wrong output; neither loses"
    case .griefing: "a dishonest challenger disputes an honest output, and pays for it"
    case .withheldData: "a batch comes without its data; the order waits, nobody stakes on what is not known"
    }
  }

  /// Plays the script on a fresh devnet.
  ///
  /// - Parameter say: told a line for every step, with the position of the record that holds it.
  /// - Returns: what did not hold; empty when everything did.
  package func run(
    _ devnet: inout Devnet, say: @escaping (UInt64?, String) -> Void
  ) async throws(NodeError) -> [String] {
    var stage = DevnetStage(say: say)
    switch self {
    case .honest: try await stage.honest(&devnet)
    case .wrongOutput: try await stage.wrongOutput(&devnet, challengers: [.challenger])
    case .doubleSign: try await stage.doubleSign(&devnet)
    case .censorship: try await stage.censorship(&devnet)
    case .reorg: try await stage.reorg(&devnet)
    case .twoChallengers: try await stage.wrongOutput(&devnet, challengers: [.challenger, .secondChallenger])
    case .griefing: try await stage.griefing(&devnet)
    case .withheldData: try await stage.withheldData(&devnet)
    }
    return stage.failures
  }
}

/// Where a script is played: lines out, and what did not hold.
struct DevnetStage {
  let say: (UInt64?, String) -> Void
  private(set) var failures: [String] = []

  init(say: @escaping (UInt64?, String) -> Void) { self.say = say }

  /// Notes something that must hold.
  mutating func expect(_ condition: Bool, _ what: String) {
    say(nil, condition ? "  holds: \(what)" : "  DOES NOT HOLD: \(what)")
    if !condition { failures.append(what) }
  }

  /// L1 blocks go by until something holds.
  ///
  /// - Returns: whether it came to hold within `limit` blocks.
  @discardableResult
  mutating func advance(
    _ devnet: inout Devnet, limit: Int = 200, until isDone: (Devnet) -> Bool
  ) async throws(NodeError) -> Bool {
    for _ in 0..<limit {
      if isDone(devnet) { return true }
      try await devnet.tick()
      tell(&devnet)
    }
    return isDone(devnet)
  }

  func tell(_ devnet: inout Devnet) {
    for news in devnet.takeNews() {
      if let line = news.line { say(line.position, line.text) }
    }
  }

  /// A signed transfer of the user.
  func transfer(nonce: UInt64, to: Address = DevnetParty.friend.address) -> [UInt8] {
    let draft = Transaction(nonce: nonce, gasPrice: 2_000_000_000, gasLimit: 21_000, to: to, value: 1_000_000)
    return (try? draft.signed(by: DevnetParty.user.privateKey, chainID: DevnetGenesis.l2ChainID).encode()) ?? []
  }

  /// What an account of L2 has.
  func balance(of address: Address, _ devnet: Devnet) -> UInt256 {
    guard let header = devnet.view.result(of: devnet.view.safeHead)?.header else { return .zero }
    let state = CommittedState(root: header.stateRoot, parent: header.id, data: devnet.node.archive)
    return (try? state.account(address))??.balance ?? .zero
  }
}

extension DevnetStage {
  mutating func honest(_ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet, limit: 3) { _ in false }
    let before = balance(of: DevnetParty.friend.address, devnet)
    say(nil, "the user submits a transaction to the sequencer")
    devnet.sequencer.submit(transfer(nonce: 0))
    say(nil, "the friend puts a deposit for itself into the inbox on L1")
    try devnet.perform([deposit(value: 5)], as: DevnetParty.friend.address)
    let isFinal = try await advance(&devnet) { $0.view.outputs.first?.status == .final }
    expect(isFinal, "an honest output is final within its bound")
    expect(
      balance(of: DevnetParty.friend.address, devnet) == before + 1_000_005,
      "the friend has what the transaction and the deposit gave, by the node's own execution")
    let fates = devnet.view.blocks.flatMap(\.result.fates)
    expect(
      fates.count == 2 && !fates.contains { if case .invalid = $0 { true } else { false } }, "both were carried out")
    expect(devnet.view.games.isEmpty, "nobody disputed anything")
    expect(
      devnet.view.outputs.allSatisfy { Challenger.verdict(on: $0.output, devnet.view) == .agree },
      "the challenger recomputed every output and agrees")
  }

  func deposit(value: UInt256) -> Intent {
    let request = MessageRequest(
      kind: .deposit, to: DevnetParty.friend.address, value: value, gasLimit: 50_000, data: [])
    return Intent(.forceMessages, .deliverMessage(request), value: value, because: "the user goes straight to L1")
  }

  /// Posts an output whose state root is another; returns its index and what it claims.
  mutating func lie(_ devnet: inout Devnet) async throws(NodeError) -> Lie? {
    devnet.isProposing = false
    for nonce in 0..<4 as Range<UInt64> { devnet.sequencer.submit(transfer(nonce: nonce)) }
    try await advance(&devnet) { ($0.node.finalized?.number ?? 0) > 4 && $0.view.safeHead >= 6 }
    guard let finalized = devnet.node.finalized,
      let honest = Proposer(account: DevnetParty.liar.address, interval: 4)
        .intents(devnet.view, finalized: finalized).first, case .proposeOutput(var wrong) = honest.call
    else { return nil }
    wrong.stateRoot = Hash256(0xbad, 0xbad, 0xbad, 0xbad)
    let intent = Intent(
      .proposeOutput, .proposeOutput(wrong), value: honest.value, because: "it hopes that nobody looks")
    try devnet.perform([intent], as: DevnetParty.liar.address)
    try await advance(&devnet, limit: 3) { !$0.view.outputs.isEmpty }
    return Lie(block: wrong.l2BlockNumber, step: 1, claim: wrong.claim.hash)
  }

  mutating func wrongOutput(_ devnet: inout Devnet, challengers: [DevnetParty]) async throws(NodeError) {
    devnet.challengers = []
    guard let lie = try await lie(&devnet) else {
      expect(false, "there is something to lie about")
      return
    }
    devnet.challengers =
      challengers.map { Challenger(account: $0.address) } + [Challenger(account: DevnetParty.liar.address, lie: lie)]
    let before = challengers.map { devnet.l1.balance(of: $0.address) }
    let isOver = try await advance(&devnet) { $0.view.games.first.map { $0.status != .inProgress } ?? false }
    expect(isOver && devnet.view.games.first?.status == .challengerWins, "the challenger wins")
    expect(devnet.view.outputs.first?.status == .deleted, "the wrong output is deleted, and never became final")
    try await advance(&devnet, limit: 6) { _ in false }
    let after = challengers.map { devnet.l1.balance(of: $0.address) }
    expect(zip(before, after).allSatisfy { $0 <= $1 }, "no honest challenger lost anything")
    expect(zip(before, after).contains { $0 < $1 }, "a challenger was rewarded")
  }

  mutating func griefing(_ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet) { !$0.view.outputs.isEmpty }
    guard let output = devnet.view.outputs.first?.output else { return }
    let lie = Lie(block: output.l2BlockNumber, step: 1, claim: Hash256(0xbad, 0, 0, 1))
    devnet.challengers.append(Challenger(account: DevnetParty.liar.address, lie: lie))
    let before = devnet.l1.balance(of: DevnetParty.liar.address)
    let isOver = try await advance(&devnet) { $0.view.games.first.map { $0.status != .inProgress } ?? false }
    expect(isOver && devnet.view.games.first?.status == .defenderWins, "the defender wins")
    let isFinal = try await advance(&devnet) { $0.view.outputs.first?.status == .final }
    expect(isFinal, "the honest output is final all the same")
    expect(devnet.l1.balance(of: DevnetParty.liar.address) < before, "the griefer lost its bond")
  }

  mutating func doubleSign(_ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet) { $0.view.safeHead >= 3 }
    guard var second = devnet.view.blocks.last?.derived.block,
      let first = devnet.sign(
        SequencerCommitment(order: second.order, l2ChainID: DevnetGenesis.l2ChainID), as: .sequencer)
    else { return }
    second.timestamp += 1
    let permission = devnet.sequencer.signingGuard.permission(for: second, devnet.view)
    expect(permission == nil, "the sequencer's own guard refuses to sign block \(second.number) twice")
    say(nil, "a copy of the key without the guard signs another order for block \(second.number)")
    guard
      let other = devnet.sign(
        SequencerCommitment(order: second.order, l2ChainID: DevnetGenesis.l2ChainID), as: .sequencer)
    else { return }
    devnet.isSequencing = false
    devnet.isPosting = false
    let report = Intent(
      .reportDoubleSign, .reportDoubleSign(first: first, second: other),
      because: "one key has signed two orders for one height, with one origin")
    try devnet.perform([report], as: DevnetParty.challenger.address)
    let isSlashed = try await advance(&devnet, limit: 4) {
      $0.view.sequencerBonds[DevnetParty.sequencer.address] == nil
    }
    expect(isSlashed, "the bond behind the key is gone")
    expect(devnet.view.currentSettings.sequencer == .zero, "the key can sign no more")
  }

  mutating func censorship(_ devnet: inout Devnet) async throws(NodeError) {
    devnet.sequencer.isCensoring = true
    try await advance(&devnet, limit: 4) { _ in false }
    let before = balance(of: DevnetParty.friend.address, devnet)
    try devnet.perform([deposit(value: 7)], as: DevnetParty.user.address)
    try await advance(&devnet, limit: 12) { devnet in
      guard let message = devnet.view.messages.first?.message, let tip = devnet.view.l1Blocks.last else { return false }
      return tip.id.number >= message.deadlineBlock && tip.timestamp >= message.deadlineTime
    }
    let force = Intent(
      .forceMessages, .forceInclude(lastMessage: 0), because: "both deadlines have passed and the message is left out")
    try devnet.perform([force], as: DevnetParty.user.address)
    let isIn = try await advance(&devnet, limit: 6) { $0.view.blocks.contains { $0.derived.isForced } }
    expect(isIn, "the message makes a block of its own")
    expect(balance(of: DevnetParty.friend.address, devnet) == before + 7, "the deposit took effect")
    let head = devnet.view.safeHead
    devnet.sequencer.isCensoring = false
    let goesOn = try await advance(&devnet, limit: 30) { $0.view.safeHead > head + 2 }
    expect(goesOn, "the sequencer goes on from the forced block, and its guard knows why it may")
  }

  mutating func reorg(_ devnet: inout Devnet) async throws(NodeError) {
    devnet.proposer.finalizedOnly = false
    try await advance(&devnet) { !$0.view.outputs.isEmpty }
    let oldHead = devnet.view.safeHead
    let time = devnet.view.l1Time
    do throws(L1Error) {
      try devnet.l1.reorganise(depth: 2, transactions: .resubmit, miningAt: [time + 1, time + 13, time + 25])
    } catch { throw .l1(error) }
    try await devnet.follow()
    tell(&devnet)
    try devnet.act()
    let isBack = try await advance(&devnet, limit: 40) { $0.view.safeHead > oldHead }
    expect(isBack, "the order goes on past what it was")
    expect(
      devnet.view.outputs.allSatisfy { $0.status != .open || Challenger.verdict(on: $0.output, devnet.view) == .agree },
      "every output that stands is true on the new branch")
    let isFinal = try await advance(&devnet) { $0.view.outputs.contains { $0.status == .final } }
    expect(isFinal, "an output is final after the reorganisation")
  }

  mutating func withheldData(_ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet) { $0.view.safeHead >= 2 }
    devnet.isPosting = false
    try await advance(&devnet, limit: 2) { _ in false }
    let blocks = devnet.sequencer.pending
    guard let first = blocks.first, let last = blocks.last,
      let signed = devnet.sign(
        SequencerCommitment(order: last.order, l2ChainID: DevnetGenesis.l2ChainID), as: .sequencer)
    else { return }
    let batch = BatchSubmission(
      batchIndex: devnet.view.nextBatchIndex, firstBlock: first.number, lastOrder: last.order,
      signature: signed.signature,
      data: .elsewhere(.external, dataHash: BatchData.hash(of: blocks.map(\.order.commitment))))
    let index = batch.batchIndex
    try devnet.perform(
      [Intent(.postBatch, .postBatch(batch), because: "the poster keeps the data to itself")],
      as: DevnetParty.poster.address)
    devnet.isSequencing = false
    try await advance(&devnet, limit: 4) { _ in false }
    expect(devnet.view.derivation.awaitedBatch == index, "derivation waits for batch \(index)")
    expect(devnet.view.games.isEmpty, "nobody stakes on what is not known")
    try devnet.perform(
      [
        Intent(
          .deliverData, .deliverBatchData(batchIndex: index, blocks: blocks),
          because: "whoever has the data may bring it")
      ], as: DevnetParty.user.address)
    let goesOn = try await advance(&devnet, limit: 4) { $0.view.safeHead >= last.number }
    expect(goesOn, "with the data, checked against dataHash, the order goes on")
  }
}
