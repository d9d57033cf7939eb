import Hashing
import L1
import Primitives
import Roles
import Rollup
import Settlement
import Signatures

extension RollupSimulation {
  /// Sequencer, proposer and challenger, each by its rules.
  mutating func actHonestly() throws {
    if random.chance(20) {
      let request = MessageRequest(
        kind: .deposit, to: SimulatedWorld.user, value: 1, gasLimit: 21_000, data: [])
      send(transaction(.deliverMessage(request), from: SimulatedWorld.user, value: UInt256(random.next() % 100)))
    }
    // Nobody can carry these out; they have their place in the order all the same.
    if random.chance(50) { sequencer.submit([0xc4] + (0..<4).map { _ in UInt8(random.next() % 128) }) }
    sequence()
    if bug == .lyingProposer {
      proposeWrongly(from: SimulatedWorld.proposer)
    } else {
      send(filtered(proposer.intents(node.view, finalized: chain.finalized)), from: SimulatedWorld.proposer)
    }
    if bug != .sleepingChallenger {
      send(challenger.intents(node.view, archive: node.archive), from: SimulatedWorld.challenger)
    }
  }

  private func filtered(_ intents: [Intent]) -> [Intent] {
    bug == .nobodyFinalizes ? intents.filter { $0.rule != .finalizeOutput } : intents
  }

  private mutating func sequence() {
    sequencer.reconcile(with: node.view)
    for block in sequencer.nextBlocks(node.view) {
      let permission =
        bug == .unguardedSequencer
        ? SigningGuard.Permission(block: block, reason: .first)
        : sequencer.signingGuard.permission(for: block, node.view)
      guard let permission else { break }
      permissions.append(permission)
      if let commitment = sign(SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)) {
        signed.append(commitment)
      }
      sequencer.note(permission)
    }
    // A batch waits a little, so that it has some blocks.
    guard sequencer.pending.count >= 2 || random.chance(30) else { return }
    let contract = chain.contract
    let intents = sequencer.intents(node.view) { commitment in
      guard
        let signature = try? Secp256k1.sign(
          commitment.digest(in: contract.domain), privateKey: SimulatedWorld.secret)
      else { return nil }
      return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
    }
    send(intents, from: SimulatedWorld.sequencer)
  }

  private func sign(_ commitment: SequencerCommitment) -> SignedCommitment? {
    guard
      let signature = try? Secp256k1.sign(
        commitment.digest(in: chain.contract.domain), privateKey: SimulatedWorld.secret)
    else { return nil }
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }
}

extension RollupSimulation {
  /// Wrong outputs, moves of no sense, and every pair of signatures that could be held against the sequencer.
  mutating func actDishonestly() throws {
    if random.chance(10) { proposeWrongly(from: SimulatedWorld.liar) }
    if random.chance(6) { disputeWrongly() }
    finalizeLies()
    if random.chance(40) { moveAtRandom() }
    if random.chance(15) { reportSequencer() }
    if random.chance(10), node.view.messages.count > 0 {
      let last = random.next() % UInt64(node.view.messages.count)
      send(transaction(.forceInclude(lastMessage: last), from: SimulatedWorld.griefer, value: .zero))
    }
  }

  private mutating func proposeWrongly(from account: Address) {
    let view = node.view
    let parent = view.bestOutput
    let number = (parent.map { view.outputs[$0].output.l2BlockNumber } ?? 0) + 1 + random.next() % 4
    let output = OutputSubmission(
      stateRoot: Hash256(random.next(), 0, 0, 0), messagePasserStorageRoot: .zero,
      blockHash: Hash256(random.next(), 0, 0, 1), l2BlockNumber: number, parentOrder: .zero, l1OriginHash: .zero,
      batchIndex: 1, indexInBatch: 0, messagesConsumed: 0, l1Head: chain.finalized,
      parentOutput: parent.map { UInt64($0) })
    send(transaction(.proposeOutput(output), from: account, value: view.currentSettings.bonds.output))
  }

  /// Whoever lied hurries to make it final.
  private mutating func finalizeLies() {
    let view = node.view
    for (index, entry) in view.outputs.enumerated()
    where entry.status == .open && entry.output.proposer == SimulatedWorld.liar && entry.game == nil
      && view.l1Time >= entry.challengeEnd
    {
      send(
        [
          Intent(
            .finalizeOutput, .finalizeOutput(outputIndex: UInt64(index)), because: "its challenge period is over")
        ], from: SimulatedWorld.liar)
    }
  }

  private mutating func disputeWrongly() {
    let view = node.view
    let open = view.outputs.indices.filter { view.outputs[$0].status == .open && view.outputs[$0].game == nil }
    guard !open.isEmpty else { return }
    let index = open[Int(random.next() % UInt64(open.count))]
    let call = ContractCall.createGame(
      outputIndex: UInt64(index), rootClaim: view.outputs[index].output.claim, claim: Hash256(random.next(), 0, 0, 2))
    send(transaction(call, from: SimulatedWorld.griefer, value: view.currentSettings.bonds.claim(atDepth: 1)))
  }

  private mutating func moveAtRandom() {
    let games = node.view.games.filter { $0.status == .inProgress }
    guard !games.isEmpty else { return }
    let game = games[Int(random.next() % UInt64(games.count))]
    let parent = Int(random.next() % UInt64(game.claims.count))
    let claim = game.claims[parent]
    // Now and then what somebody else said, elsewhere.
    let said = game.claims[Int(random.next() % UInt64(game.claims.count))].claim
    let move = MoveRequest(
      gameId: game.id, parentIndex: UInt64(parent), disputed: claim.claim,
      claim: random.chance(30) ? said : Hash256(random.next(), 0, 0, 3), isAttack: random.chance(70))
    let bond = game.rules.bonds.claim(atDepth: claim.position.depth + 1)
    send(transaction(.move(move), from: SimulatedWorld.griefer, value: bond))
  }

  private mutating func reportSequencer() {
    let byHeight = Dictionary(grouping: signed.indices) { signed[$0].commitment.blockNumber }
    for height in byHeight.keys.sorted() {
      guard let indexes = byHeight[height], let first = indexes.first,
        let other = indexes.last(where: {
          signed[$0].commitment.orderCommitment != signed[first].commitment.orderCommitment
        })
      else { continue }
      send(
        transaction(
          .reportDoubleSign(first: signed[first], second: signed[other]), from: SimulatedWorld.griefer, value: .zero))
    }
  }
}
