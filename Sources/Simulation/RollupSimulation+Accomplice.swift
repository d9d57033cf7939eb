import L1
import Primitives
import Roles
import Rollup
import Settlement

// The liar's second account.
extension RollupSimulation {
  /// Answers what the liar says before anybody else can, and with nonsense, to have the liar's bonds when it falls.
  ///
  /// It looks at L1 itself and its transactions come first, so it is always ahead of the honest. It says nothing true:
  /// whoever is the first to answer a lie with the truth has its bond, and deserves it, be it the liar's other account.
  mutating func conspire() {
    guard schemes.chance(plan.accomplice) else { return }
    let contract = chain.contract
    for index in 0..<contract.outputs.count where contract.outputs[index].status == .open {
      let output = contract.outputs[index]
      if let id = output.game {
        spoil(contract.games[Int(id)], id)
      } else if output.proposer == SimulatedWorld.liar {
        let claim = bug == .truthfulAccomplice ? truth(about: output) : nonsense()
        let call = ContractCall.createGame(
          outputIndex: UInt64(index), disputed: output.node.lineage, claim: claim)
        hurry(call, value: contract.settings.current.bonds.claim(atDepth: 1))
      }
    }
  }

  /// Attacks what the two accounts say in a game. An attack stands further left than a defence, and an earlier one goes
  /// before a later one, so each would be preferred to the honest answer.
  private mutating func spoil(_ game: DisputeGame, _ id: UInt64) {
    // What is enough to be heard.
    guard game.claims.count < 24, bug != .truthfulAccomplice else { return }
    let answered = game.claimsAnswered(by: [SimulatedWorld.accomplice])
    for index in 0..<game.claims.count {
      let claim = game.claims[index]
      guard !claim.isResolved, claim.position.depth < game.rules.maxDepth, !answered.contains(UInt64(index)),
        schemes.chance(chanceToSpoil(claim, in: game))
      else { continue }
      let move = MoveRequest(
        gameId: id, parentIndex: UInt64(index), disputed: claim.lineage, claim: nonsense(), isAttack: true)
      hurry(.move(move), value: game.rules.bonds.claim(atDepth: claim.position.depth + 1))
    }
  }

  private func chanceToSpoil(_ claim: GameClaim, in game: DisputeGame) -> UInt64 {
    switch claim.claimant {
    // An output that somebody else disputed already: too late, but for those who do not look.
    case SimulatedWorld.liar: claim.parentIndex == nil ? 10 : 100
    case SimulatedWorld.accomplice: 70
    // What answers the two.
    default: claim.parentIndex.map { SimulatedWorld.liars.contains(game.claims[Int($0)].claimant) } == true ? 20 : 0
    }
  }

  /// Whether the liar would correct one of its own accounts with this.
  func isAgainstLiars(_ call: ContractCall) -> Bool {
    switch call {
    case .createGame(let index, _, _): SimulatedWorld.liars.contains(node.view.outputs[Int(index)].output.proposer)
    case .move(let move):
      SimulatedWorld.liars.contains(node.view.games[Int(move.gameId)].claims[Int(move.parentIndex)].claimant)
    default: false
    }
  }

  /// What an honest challenger would begin a game about the output with.
  private func truth(about output: Output) -> Hash256 {
    let start = output.parent.map { chain.contract.outputs[Int($0)].node.l2BlockNumber } ?? 0
    let depth = Int(chain.contract.settings.current.splitDepth)
    let number = start + GamePosition.root.left.traceIndex(maxDepth: depth) + 1
    return GameTruth(l1Head: output.node.l1Head, node.view).claim(ofBlock: min(number, output.node.l2BlockNumber))
  }

  private mutating func nonsense() -> Hash256 { Hash256(schemes.next(), 0, 0, 4) }

  private mutating func hurry(_ call: ContractCall, value: UInt256) {
    dispatch(transaction(call, from: SimulatedWorld.accomplice, value: value), delay: 0, isHurried: true)
  }
}
