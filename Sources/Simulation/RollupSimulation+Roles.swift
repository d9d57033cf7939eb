import L1
import Primitives
import Roles
import Rollup
import Settlement
import StateTransition

// Sequencer, poster, proposer and challenger of the honest node, each by its rules.
extension RollupSimulation {
  mutating func actHonestly() throws {
    submitTransactions()
    try sequence()
    try propose()
    if bug == .sleepingChallenger { return }
    for challenger in livingChallengers {
      var intents = challenger.intents(node.view, archive: node.archive, traces: node.traces)
      if bug == .patientChallenger { intents.removeAll { isBesideOurs($0.call) } }
      try send(intents, from: challenger.account)
    }
  }

  /// Whether a move or a step is about a claim that is not against an honest party's.
  private func isBesideOurs(_ call: ContractCall) -> Bool {
    let place: (game: UInt64, claim: UInt64)
    switch call {
    case .move(let move): place = (move.gameId, move.parentIndex)
    case .step(let step): place = (step.gameId, step.claimIndex)
    default: return false
    }
    let claims = node.view.games[Int(place.game)].claims
    guard let parent = claims[Int(place.claim)].parentIndex else { return false }
    return !SimulatedWorld.honest.contains(claims[Int(parent)].claimant)
  }

  private var livingChallengers: [Challenger] {
    switch plan.challengers {
    case .one: [challenger]
    case .two: [challenger, reliever]
    case .relieved(let end): step < end ? [challenger, reliever] : [reliever]
    }
  }

  private mutating func propose() throws {
    if bug == .lyingProposer, let output = wrongOutput() {
      let call = ContractCall.proposeOutput(output)
      try send([Intent(.proposeOutput, call, value: bondOfOutputs, because: "it lies")], from: proposer.account)
      return
    }
    var intents = proposer.intents(node.view, finalized: finalized)
    if bug == .nobodyFinalizes { intents.removeAll { $0.rule == .finalizeOutput } }
    if bug == .credulousProposer { intents = intents.map(extendingAnything) }
    try send(intents, from: proposer.account)
  }

  /// The planted bug of a proposer that extends the newest output without a look.
  private func extendingAnything(_ intent: Intent) -> Intent {
    guard case .proposeOutput(var output) = intent.call else { return intent }
    let parent = node.view.outputs.indices.last {
      let entry = node.view.outputs[$0]
      return entry.status == .open && entry.output.l2BlockNumber < output.l2BlockNumber
        && entry.output.l1Head.number <= output.l1Head.number
    }
    guard let parent else { return intent }
    output.parentOutput = UInt64(parent)
    output.parentLineage = node.view.outputs[parent].lineage
    return Intent(intent.rule, .proposeOutput(output), value: intent.value, because: intent.reason)
  }

  var bondOfOutputs: UInt256 { node.view.currentSettings.bonds.output }

  /// The newest L1 block that the node knows to stay.
  var finalized: BlockID {
    node.disk.ledger.block(node.disk.ledger.finalized)?.id ?? chain.genesis.header.id
  }

  private mutating func submitTransactions() {
    if random.chance(plan.transfer) {
      // Some come too early, and have no effect.
      let nonce = userNonce + random.next() % 2
      let draft = Transaction(
        nonce: nonce, gasPrice: 2_000_000_000, gasLimit: 21_000, to: SimulatedWorld.liar, value: 1 + UInt256(nonce))
      if let transfer = try? draft.signed(by: SimulatedWorld.user.secret, chainID: configuration.chainID) {
        node.sequencer.submit(transfer.encode())
      }
    }
    // Nobody can carry these out; they have their place in the order all the same.
    if random.chance(plan.junk) { node.sequencer.submit([0xc4] + (0..<4).map { _ in UInt8(random.next() % 128) }) }
  }

  private var userNonce: UInt64 {
    guard let header = node.view.result(of: node.view.safeHead)?.header else { return 0 }
    let state = CommittedState(root: header.stateRoot, parent: header.id, data: node.archive)
    return ((try? state.account(SimulatedWorld.user.address)) ?? nil)?.nonce ?? 0
  }

  /// The key that may sign a block, of those that the sequencer has.
  func key(for block: BlockID) -> SimulatedKey? {
    let address = node.view.settings(atL1Block: block.number).settings.sequencer
    return SimulatedWorld.keys.first { $0.address == address }
  }

  private mutating func sequence() throws {
    node.sequencer.key = node.view.currentSettings.sequencer
    node.sequencer.isCensoring = leavesMessagesOut
    node.sequencer.reconcile(with: node.view)
    for block in node.sequencer.nextBlocks(node.view) {
      let permission =
        bug?.isUnguarded == true
        ? SigningGuard.Permission(block: block, reason: .first, forcedThrough: 0)
        : node.sequencer.signingGuard.permission(for: block, node.view)
      guard let permission else { break }
      try node.disk.keep(permission)
      publish(block)
      node.sequencer.note(permission)
    }
    // Nobody may sign: what is ordered until then is posted when somebody may again.
    guard node.sequencer.key != .zero else { return }
    // A batch waits a little, so that it has some blocks.
    guard node.sequencer.pending.count >= 2 || random.chance(30) else { return }
    let intents = node.sequencer.intents(node.view) { commitment in
      key(for: commitment.l1Origin).map { signature(of: Signing(commitment: commitment, key: $0)) }
    }
    for intent in intents {
      if case .postBatch(let batch) = intent.call {
        try post(batch, intent)
      } else {
        try send([intent], from: node.sequencer.key)
      }
    }
  }

  /// Signs a block, for all the world to see.
  private mutating func publish(_ block: RollupBlock) {
    guard let key = key(for: block.l1Origin) else { return }
    let commitment = SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)
    let earlier = signed[block.number] ?? []
    if earlier.contains(where: { $0.commitment.orderCommitment == commitment.orderCommitment }) { return }
    let new = Signing(commitment: commitment, key: key)
    signed[block.number] = earlier + [new]
    for other in earlier {
      conflicts.append(Conflict(first: signature(of: other), second: signature(of: new)))
      report.conflictingSignatures += 1
    }
    betray(block, new)
  }

  /// The signature, made when somebody needs it first: it is the same whenever it is made (RFC 6979).
  func signature(of signing: Signing) -> SignedCommitment {
    if let made = signatures.made[signing] { return made }
    let made = signing.key.sign(signing.commitment, chain.contract.domain)
    signatures.made[signing] = made
    return made
  }
}
