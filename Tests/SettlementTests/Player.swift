import Primitives
import Rollup
import Settlement
import Testing

/// Plays a game by what it believes, honestly if that is the truth: it stands by every claim that is as it believes, and
/// answers every claim against one of those.
struct Player {
  let account: Address
  let mind: Truth

  /// What the player wants to do next; nil when nothing.
  enum Wish {
    case move(against: UInt64, isAttack: Bool, claim: Hash256)
    case step(against: UInt64, isAttack: Bool, isPastEnd: Bool)
  }

  /// - Complexity: O(claims · depth).
  func wish(in game: DisputeGame) -> Wish? {
    let view = GameView(game)
    var supported: Set<UInt64> = []
    // Leftmost answer of ours to each claim that we are against.
    var answered: [UInt64: GamePosition] = [:]
    for index in 0..<UInt64(game.claims.count) {
      let claim = game.claims[Int(index)]
      let block = block(of: index, in: game, view)
      let isBelieved = claim.claim == mind.claim(at: claim.position, block: block, in: view)
      guard let parent = claim.parentIndex else {
        if isBelieved { supported.insert(index) }
        continue
      }
      if supported.contains(parent) { continue }
      if isOurs(claim, index, in: game, view), shouldAnswer(parent, in: game, supported, answered) {
        supported.insert(index)
        answered[parent] = claim.position
      }
    }
    for index in 0..<UInt64(game.claims.count) where !supported.contains(index) {
      guard answered[index] == nil, shouldAnswer(index, in: game, supported, answered) else { continue }
      if let wish = answer(to: index, in: game, view) { return wish }
    }
    return nil
  }

  /// Whether this is the answer that we would give to its parent.
  private func isOurs(_ claim: GameClaim, _ index: UInt64, in game: DisputeGame, _ view: GameView) -> Bool {
    guard let parent = claim.parentIndex, case .move(_, let isAttack, let value) = answer(to: parent, in: game, view)
    else { return false }
    return claim.claim == value
      && claim.position == game.claims[Int(parent)].position.move(isAttack: isAttack)
  }

  /// Claims against one that we stand by; and those that compete with our own answer from the left.
  private func shouldAnswer(
    _ index: UInt64, in game: DisputeGame, _ supported: Set<UInt64>, _ answered: [UInt64: GamePosition]
  ) -> Bool {
    let claim = game.claims[Int(index)]
    guard let parent = claim.parentIndex else { return !supported.contains(index) }
    return supported.contains(parent)
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

extension World {
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

  private mutating func perform(_ wish: Player.Wish, of player: Player, game id: UInt64) throws(Revert) {
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
