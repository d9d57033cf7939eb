import L1
import Primitives
import Roles
import Rollup
import Settlement

// Whoever lied is poorer.
extension RollupSimulation {
  /// No bond that a liar lost to the truth is an account of the liar's again, and all of its accounts together have less.
  ///
  /// It holds where somebody honest could answer. What builds on a wrong output falls with it, and its bond goes back, as
  /// when the guardian declares a game void; and who answers a lie truthfully before anybody else has its bond.
  func checkLiars() throws {
    var account = LyingAccount()
    for block in chain.blocks {
      for fact in block.facts {
        account.note(fact.event)
        if case .bondSlashed(let slashed) = fact.event, account.isKept(slashed) {
          throw violation(
            .lyingCosts, "\(slashed.amount) wei that a lie lost in L1 block \(block.id.number) are its own again")
        }
      }
    }
    let due = account.due { extendsTruth($0) }
    let (wealth, limit) = (liarsWealth + due, SimulatedWorld.wealth * 2 + account.won)
    guard wealth <= limit else {
      throw violation(
        .lyingCosts, "the liar lost outputs for \(due) wei, and has \(wealth - limit) more than then remain")
    }
  }

  /// Whether an output says nothing wrong but about its own blocks.
  private func extendsTruth(_ index: UInt64) -> Bool {
    let outputs = node.view.outputs
    var next = outputs[Int(index)].output.parentOutput
    while let parent = next {
      let output = outputs[Int(parent)].output
      guard Challenger.verdict(on: output, node.view) == .agrees else { return false }
      next = output.parentOutput
    }
    return true
  }

  /// What the liar's accounts have, may take out, and have at stake.
  private var liarsWealth: UInt256 {
    let contract = chain.contract
    var sum = UInt256.zero
    for account in SimulatedWorld.liars {
      sum += chain.balance(of: account) + (contract.bonds.credits[account] ?? .zero)
    }
    for index in 0..<contract.outputs.count {
      let output = contract.outputs[index]
      if output.status == .open, SimulatedWorld.liars.contains(output.proposer) { sum += output.bond }
      guard output.status == .open, let id = output.game else { continue }
      let claims = contract.games[Int(id)].claims
      for claim in 1..<claims.count where !claims[claim].isResolved {
        if SimulatedWorld.liars.contains(claims[claim].claimant) { sum += claims[claim].bond }
      }
    }
    return sum
  }
}

/// What the log says of the bonds of the liar's accounts.
private struct LyingAccount {
  private struct ClaimID: Hashable {
    var game, index: UInt64
  }

  /// Claims that an honest party has answered; the root's index is 0.
  private var answered: Set<ClaimID> = []

  private var gameOfOutput: [UInt64: UInt64] = [:]

  /// Outputs of the liar's that were shown wrong.
  private var lost: [(index: UInt64, bond: UInt256)] = []

  /// What others lost to the liar.
  private(set) var won = UInt256.zero

  mutating func note(_ event: Event) {
    switch event {
    case .disputeGameCreated(let game): gameOfOutput[game.outputIndex] = game.gameId
    case .move(let move) where SimulatedWorld.honest.contains(move.claimant):
      answered.insert(ClaimID(game: move.gameId, index: move.parentIndex))
    case .bondSlashed(let slashed):
      let isLiars = SimulatedWorld.liars.contains(slashed.account)
      if !isLiars, SimulatedWorld.liars.contains(slashed.beneficiary) { won += slashed.amount }
      if isLiars, case .output(let index) = slashed.cause { lost.append((index, slashed.amount)) }
    default: break
    }
  }

  /// Whether a bond goes from one of the liar's accounts to one of them, although an honest party has given the answer.
  func isKept(_ slashed: BondSlashed) -> Bool {
    guard SimulatedWorld.liars.contains(slashed.account), SimulatedWorld.liars.contains(slashed.beneficiary) else {
      return false
    }
    switch slashed.cause {
    case .output(let index): return gameOfOutput[index].map { answered.contains(ClaimID(game: $0, index: 0)) } ?? false
    case .claim(let game, let index): return answered.contains(ClaimID(game: game, index: index))
    default: return false
    }
  }

  /// The bonds of outputs that were shown wrong, of those that count.
  func due(_ counts: (UInt64) -> Bool) -> UInt256 {
    lost.filter { counts($0.index) }.reduce(UInt256.zero) { $0 + $1.bond }
  }
}
