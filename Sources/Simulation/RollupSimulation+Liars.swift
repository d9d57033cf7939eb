import L1
import Primitives
import Roles
import Rollup
import Settlement

// Everybody who is not honest, and users.
extension RollupSimulation {
  /// Wrong outputs, lies that are defended, moves of no sense, and every pair of signatures that could be held against the
  /// sequencer.
  mutating func actDishonestly() throws {
    if random.chance(plan.deposit) { deposit() }
    deliverOwedData()
    changeSettings()
    if random.chance(plan.lie), let output = wrongOutput() {
      sendLoosely(.proposeOutput(output), from: SimulatedWorld.liar, value: bondOfOutputs)
      let first = output.parentOutput.map { node.view.outputs[Int($0)].output.l2BlockNumber } ?? 0
      let block = first + 1 + random.next() % (output.l2BlockNumber - first)
      liar.lie = Lie(block: block, step: random.next() % 4, claim: output.claim.hash)
    }
    if asides.chance(plan.strangersOutputs) { proposeTruly() }
    // Whoever lied defends it, attacks the truth, and hurries to make the lie final.
    if liar.lie != nil, random.chance(50) {
      for intent in liar.intents(node.view, archive: node.archive, traces: node.traces)
      where !isAgainstLiars(intent.call) {
        sendLoosely(intent.call, from: SimulatedWorld.liar, value: intent.value)
      }
    }
    if random.chance(plan.dispute) { disputeWrongly() }
    if random.chance(plan.randomMove) { moveAtRandom() }
    if random.chance(plan.report), !conflicts.isEmpty {
      let conflict = random.pick(conflicts)
      sendLoosely(
        .reportDoubleSign(first: conflict.first, second: conflict.second), from: SimulatedWorld.griefer)
    }
    if random.chance(plan.force), node.view.messages.count > 0 {
      let last = UInt64(random.below(node.view.messages.count))
      sendLoosely(.forceInclude(lastMessage: last), from: SimulatedWorld.griefer)
    }
  }

  /// An output that is true, of somebody who does nothing more about it: what honest ones extend may be left lying.
  private mutating func proposeTruly() {
    let stranger = Proposer(account: SimulatedWorld.liar, interval: 1 + asides.next() % 3)
    for intent in stranger.intents(node.view, finalized: finalized) where intent.rule == .proposeOutput {
      sendLoosely(intent.call, from: stranger.account, value: intent.value)
    }
  }

  private mutating func deposit() {
    let request = MessageRequest(
      kind: .deposit, to: SimulatedWorld.user.address, value: 1, gasLimit: 21_000, data: [])
    let mint = bug == .strayRandom ? UInt64.random(in: 1...1_000_000) : random.next() % 100
    sendLoosely(.deliverMessage(request), from: SimulatedWorld.user.address, value: UInt256(mint))
  }

  /// An output that is not true, in one of the ways in which it can fail to be.
  mutating func wrongOutput() -> OutputSubmission? {
    let view = node.view
    let parent = random.chance(80) ? view.bestOutput : view.outputs.indices.last { view.outputs[$0].status == .open }
    let first = parent.map { view.outputs[$0].output.l2BlockNumber } ?? 0
    let number = first + 1 + random.next() % 4
    let head = random.chance(70) ? finalized : view.l1Head ?? finalized
    var output = OutputSubmission(
      stateRoot: Hash256(random.next(), 0, 0, 0), messagePasserStorageRoot: .zero,
      blockHash: Hash256(random.next(), 0, 0, 1), l2BlockNumber: number, parentOrder: .zero, l1OriginHash: .zero,
      batchIndex: 1, indexInBatch: 0, messagesConsumed: 0, l1Head: head, parentOutput: parent.map { UInt64($0) },
      parentLineage: view.lineage(ofOutput: parent.map { UInt64($0) }))
    let end = view.l1Block(head.number)?.safeHead ?? 0
    let isDerivable = number <= end
    let way = random.below(5)
    // The last block of the data, said of a block behind it.
    let isMisplaced = way == 4 && !isDerivable
    guard let truth = view.result(of: isMisplaced ? end : number) else { return output }
    if way == 0 { return output }
    output.stateRoot = truth.header.stateRoot
    output.messagePasserStorageRoot = OutputRoot.emptyStorageRoot
    output.blockHash = truth.header.hash
    output.parentOrder = truth.claim.parentOrder
    output.l1OriginHash = truth.claim.l1OriginHash
    output.batchIndex = truth.claim.batchIndex
    output.indexInBatch = truth.claim.indexInBatch
    output.messagesConsumed = truth.claim.messagesConsumed
    switch way {
    case 1 where !isDerivable: break  // True, and not yet: the data comes after the pinned L1 block.
    case 4 where isMisplaced: break
    case 2: output.indexInBatch += 1
    case 3: output.messagesConsumed += 1
    default: output.parentOrder = view.result(of: number - 1)?.claim.parentOrder ?? .zero
    }
    return output
  }

  private mutating func disputeWrongly() {
    let view = node.view
    let open = view.outputs.indices.filter { view.outputs[$0].status == .open && view.outputs[$0].game == nil }
    guard !open.isEmpty else { return }
    let index = random.pick(open)
    let call = ContractCall.createGame(
      outputIndex: UInt64(index), disputed: view.outputs[index].lineage, claim: Hash256(random.next(), 0, 0, 2))
    sendLoosely(call, from: SimulatedWorld.griefer, value: view.currentSettings.bonds.claim(atDepth: 1))
  }

  private mutating func moveAtRandom() {
    let games = node.view.games.filter { $0.status == .inProgress }
    guard !games.isEmpty else { return }
    let game = random.pick(games)
    let parent = random.below(game.claims.count)
    let claim = game.claims[parent]
    // Now and then what somebody else said, elsewhere.
    let said = random.pick(game.claims).claim
    let move = MoveRequest(
      gameId: game.id, parentIndex: UInt64(parent), disputed: claim.lineage,
      claim: random.chance(30) ? said : Hash256(random.next(), 0, 0, 3), isAttack: random.chance(70))
    let bond = game.rules.bonds.claim(atDepth: claim.position.depth + 1)
    sendLoosely(.move(move), from: SimulatedWorld.griefer, value: bond)
  }
}
