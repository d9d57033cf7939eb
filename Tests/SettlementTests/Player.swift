import Primitives
import Rollup
import Settlement
import Testing

/// Plays a game by what it believes, honestly if that is the truth: it stands by every claim that is as it believes, answers
/// every claim against one of those, and every claim that would be preferred to one of its own answers.
struct Player {
  let account: Address
  let mind: Truth

  /// Whose claims it leaves alone, whatever they say.
  var ally: Address?

  /// What the player wants to do next; nil when nothing.
  enum Wish {
    case move(against: UInt64, isAttack: Bool, claim: Hash256)
    case step(against: UInt64, isAttack: Bool, isPastEnd: Bool)
  }

  /// - Complexity: O(claims · depth).
  func wish(in game: DisputeGame) -> Wish? {
    let view = GameView(game)
    var supported: Set<UInt64> = []
    // What is to be said to each claim that is to be answered, in order, and whether it has been said.
    var due: [(index: UInt64, wish: Wish)] = []
    var answered: Set<UInt64> = []
    for index in 0..<UInt64(game.claims.count) {
      let claim = game.claims[Int(index)]
      if let parent = claim.parentIndex {
        if !supported.contains(parent) {
          guard let wish = due.first(where: { $0.index == parent })?.wish else { continue }
          switch standing(of: claim, beside: wish, to: game.claims[Int(parent)], isSaid: answered.contains(parent)) {
          case .ours:
            supported.insert(index)
            answered.insert(parent)
            continue
          case .behindOurs: continue
          case .beforeOurs: break
          }
        }
      } else if claim.claim == mind.claim(at: claim.position, block: 0, in: view) {
        supported.insert(index)
        continue
      }
      if let wish = answer(to: index, in: game, view) { due.append((index, wish)) }
    }
    return due.first { !answered.contains($0.index) && game.claims[Int($0.index)].claimant != ally }?.wish
  }

  private enum Standing { case ours, beforeOurs, behindOurs }

  /// How a claim stands to the answer that we would give to its parent.
  private func standing(of claim: GameClaim, beside wish: Wish, to parent: GameClaim, isSaid: Bool) -> Standing {
    guard case .move(_, let isAttack, let value) = wish else { return .behindOurs }
    let position = parent.position.move(isAttack: isAttack)
    if claim.position.index < position.index { return .beforeOurs }
    if claim.position.index > position.index { return .behindOurs }
    if claim.claim == value { return .ours }
    return isSaid ? .behindOurs : .beforeOurs
  }

  /// The block that a claim, or an answer to one at the split depth, is about.
  private func block(of index: UInt64, in game: DisputeGame, _ view: GameView) -> UInt64 {
    guard game.claims[Int(index)].position.depth > view.rules.splitDepth else { return 0 }
    return view.blockNumber(traceIndex(of: index, in: game, view))
  }

  /// That block's index in the upper tree.
  private func traceIndex(of index: UInt64, in game: DisputeGame, _ view: GameView) -> UInt64 {
    var claim = game.claims[Int(index)]
    var root = claim
    while claim.position.depth > view.rules.splitDepth, let parent = claim.parentIndex {
      root = claim
      claim = game.claims[Int(parent)]
    }
    let isAttack = root.position.parent == claim.position
    return claim.position.indexAtDepth + (isAttack ? 0 : 1)
  }

  /// What we say against a claim: a defence where it is as we believe, so that what comes after must be wrong.
  private func answer(to index: UInt64, in game: DisputeGame, _ view: GameView) -> Wish? {
    let claim = game.claims[Int(index)]
    let isBelieved =
      claim.claim == mind.claim(at: claim.position, block: block(of: index, in: game, view), in: view)
    let isTraceRoot = claim.position.depth == view.rules.splitDepth + 1
    let isAttack = !isBelieved || index == 0 || isTraceRoot
    if claim.position.depth == view.rules.maxDepth {
      let isPastEnd = view.startBlock + traceIndex(of: index, in: game, view) >= view.endBlock
      return claim.counter == nil ? .step(against: index, isAttack: isAttack, isPastEnd: isPastEnd) : nil
    }
    if isBelieved && isAttack { return nil }
    let position = claim.position.move(isAttack: isAttack)
    var about = block(of: index, in: game, view)
    if claim.position.depth == view.rules.splitDepth {
      about = view.blockNumber(claim.position.indexAtDepth + (isAttack ? 0 : 1))
    }
    return .move(
      against: index, isAttack: isAttack, claim: mind.claim(at: position, block: about, in: view))
  }
}

extension Player.Wish {
  /// Whether it answers what this account said.
  func answers(_ account: Address, in game: DisputeGame) -> Bool {
    switch self {
    case .move(let parent, _, _), .step(let parent, _, _): game.claims[Int(parent)].claimant == account
    }
  }
}

extension World {
  /// Says something of no meaning in the place of what a player is about to say, and further left where there is such a place.
  mutating func forestall(_ wish: Player.Wish, game id: UInt64, from account: Address) {
    guard case .move(let parent, let isAttack, _) = wish else { return }
    let garbage = Hash256(0x6a, id, parent, isAttack ? 1 : 2)
    for isAttack in isAttack ? [true] : [true, false] {
      _ = try? move(id, against: parent, claim: garbage, isAttack: isAttack, from: account)
    }
  }

  /// Lets the player do all that it wants to; how many moves those were.
  @discardableResult
  mutating func play(_ player: Player, game id: UInt64) throws(Revert) -> Int {
    var count = 0
    while game(id).status == .inProgress, let wish = player.wish(in: game(id)) {
      do throws(Revert) {
        try perform(wish, of: player, game: id)
      } catch {
        // A liar wants what nobody can prove; an honest player is never refused.
        if player.mind == verifier.truth { throw error }
        return count
      }
      count += 1
    }
    return count
  }

  mutating func perform(_ wish: Player.Wish, of player: Player, game id: UInt64) throws(Revert) {
    switch wish {
    case .move(let parent, let isAttack, let claim):
      try move(id, against: parent, claim: claim, isAttack: isAttack, from: player.account)
    case .step(let index, let isAttack, let isPastEnd):
      let disputed = game(id).claims[Int(index)].lineage
      try call(
        .step(
          StepProof(
            gameId: id, claimIndex: index, disputed: disputed, isAttack: isAttack,
            proof: isPastEnd ? [] : verifier.proof)),
        from: player.account)
    }
  }
}
