import Primitives
import Rollup
import Settlement
import StateTransition

/// Plays one game by what it computes.
struct GamePlayer {
  let game: GameEntry
  let truth: GameTruth
  let archive: StateArchive

  /// What a dishonest player says instead of the truth.
  let lie: Lie?

  /// An answer that is due.
  struct Answer {
    var index: Int
    var isAttack: Bool
  }

  init(_ game: GameEntry, _ truth: GameTruth, archive: StateArchive, lie: Lie? = nil) {
    self.game = game
    self.lie = lie
    self.truth = truth
    self.archive = archive
  }

  /// Answers to every claim that concerns us and that nobody has answered as we would.
  ///
  /// We stand by the root if it is true; by an answer that we would have given ourselves, whoever gave it. What is said
  /// against that concerns us. So does what is said beside it and would be preferred to it when the claim is settled:
  /// unanswered, it takes the claim's bond, and whoever is wrong could have it back by a second, worthless answer.
  ///
  /// - Complexity: O(claims · depth), and the execution of each block that the lower part is about.
  var answers: [Answer] {
    // An answer follows what it answers, so one pass sees the parents first.
    var supported: Set<Int> = []
    var due: [Int: Reply] = [:]
    var answered: Set<Int> = []
    for index in game.claims.indices {
      guard let parent = game.claims[index].parentIndex.map({ Int($0) }) else {
        if isBelieved(index) { supported.insert(index) } else { due[index] = reply(to: index) }
        continue
      }
      if supported.contains(parent) {
        due[index] = reply(to: index)
      } else if let ours = due[parent] {
        if isGiven(ours, by: index) {
          supported.insert(index)
          answered.insert(parent)
        } else if isPreferred(index, to: ours, isGiven: answered.contains(parent)) {
          due[index] = reply(to: index)
        }
      }
    }
    return due.keys.sorted().filter { !answered.contains($0) && !game.claims[$0].isResolved }.compactMap {
      due[$0]?.answer
    }
  }

  /// An answer and where it stands; nil where a step gives it.
  private struct Reply {
    var answer: Answer
    var move: (position: GamePosition, claim: Hash256)?
  }

  private func reply(to index: Int) -> Reply? {
    guard let answer = answer(to: index) else { return nil }
    let position = game.claims[index].position
    guard position.depth < game.rules.maxDepth else { return Reply(answer: answer) }
    return Reply(answer: answer, move: (position.move(isAttack: answer.isAttack), value(of: answer)))
  }

  private func isGiven(_ reply: Reply, by index: Int) -> Bool {
    guard let move = reply.move else { return false }
    return game.claims[index].position == move.position && game.claims[index].claim == move.claim
  }

  /// Whether a claim is preferred to our answer to the same one: further left, or at its place and earlier.
  private func isPreferred(_ index: Int, to reply: Reply, isGiven: Bool) -> Bool {
    guard let move = reply.move else { return false }
    let place = game.claims[index].position.indexAtDepth
    return place < move.position.indexAtDepth || (place == move.position.indexAtDepth && !isGiven)
  }

  /// How we answer a claim: a defence says that it is true, and that what comes after is not.
  private func answer(to index: Int) -> Answer? {
    let claim = game.claims[index]
    let isTraceRoot = claim.position.depth == game.rules.splitDepth + 1
    let believed = isBelieved(index)
    let isAttack = !believed || index == 0 || isTraceRoot
    if claim.position.depth == game.rules.maxDepth {
      return claim.isRefuted ? nil : Answer(index: index, isAttack: isAttack)
    }
    return believed && isAttack ? nil : Answer(index: index, isAttack: isAttack)
  }

  private func isBelieved(_ index: Int) -> Bool {
    let claim = game.claims[index]
    return claim.claim == computed(at: claim.position, offset: blockOffset(of: index))
  }

  /// What our answer says.
  private func value(of answer: Answer) -> Hash256 {
    let claim = game.claims[answer.index]
    var offset = blockOffset(of: answer.index)
    if claim.position.depth == game.rules.splitDepth {
      offset = claim.position.indexAtDepth + (answer.isAttack ? 0 : 1)
    }
    return computed(at: claim.position.move(isAttack: answer.isAttack), offset: offset)
  }

  /// Which block of the game the lower tree that holds a claim is about, counted from its start. 0 in the upper tree.
  private func blockOffset(of index: Int) -> UInt64 {
    var claim = game.claims[index]
    guard claim.position.depth > game.rules.splitDepth else { return 0 }
    var traceRoot = claim
    while claim.position.depth > game.rules.splitDepth, let parent = claim.parentIndex {
      traceRoot = claim
      claim = game.claims[Int(parent)]
    }
    let isAttack = traceRoot.position.parent == claim.position
    return claim.position.indexAtDepth + (isAttack ? 0 : 1)
  }

  private func blockNumber(_ offset: UInt64) -> UInt64 { min(game.startBlock + offset + 1, game.endBlock) }

  /// Whether there is no further block at this place: the output's own repeats, and nothing is executed.
  private func isPastEnd(_ offset: UInt64) -> Bool { game.startBlock + offset >= game.endBlock }

  /// What is true at a position.
  private func computed(at position: GamePosition, offset: UInt64) -> Hash256 {
    guard position.depth > game.rules.splitDepth else {
      let number = blockNumber(position.traceIndex(maxDepth: game.rules.splitDepth))
      return lie.flatMap { number >= $0.block ? $0.claim : nil } ?? truth.claim(ofBlock: number)
    }
    let step = position.traceIndex(maxDepth: game.rules.maxDepth) % game.rules.stepCount
    let number = blockNumber(offset)
    guard !isPastEnd(offset), let trace = try? truth.trace(ofBlock: number, archive: archive) else {
      return lie.flatMap { number >= $0.block ? $0.claim : nil } ?? truth.claim(ofBlock: number)
    }
    return lie?.claim(after: step, ofBlock: number, trace) ?? trace.claim(after: step)
  }

  /// The call that gives an answer; nil when its time is over.
  func intent(_ answer: Answer, at time: UInt64) -> Intent? {
    guard game.timeUsed(against: answer.index, at: time) < game.rules.maxClockDuration else { return nil }
    let claim = game.claims[answer.index]
    if claim.position.depth == game.rules.maxDepth { return step(answer, against: claim) }
    let position = claim.position.move(isAttack: answer.isAttack)
    let move = MoveRequest(
      gameId: game.id, parentIndex: UInt64(answer.index), disputed: claim.lineage, claim: value(of: answer),
      isAttack: answer.isAttack)
    return Intent(
      answer.isAttack ? .attackClaim : .defendClaim, .move(move),
      value: game.rules.bonds.claim(atDepth: position.depth),
      because: answer.isAttack
        ? "claim \(answer.index) of game \(game.id) at \(claim.position) is not what the data gives"
        : "claim \(answer.index) of game \(game.id) at \(claim.position) is true, and what comes after it is not")
  }

  private func step(_ answer: Answer, against claim: ClaimEntry) -> Intent? {
    // No proof of a lie passes, and one of the truth would serve the other side.
    if lie != nil { return nil }
    let offset = blockOffset(of: answer.index)
    let index = claim.position.indexAtDepth % game.rules.stepCount + (answer.isAttack ? 0 : 1)
    var proof: [UInt8] = []
    if !isPastEnd(offset) {
      guard let made = try? truth.prove(step: index, ofBlock: blockNumber(offset), archive: archive) else { return nil }
      proof = made.encode()
    }
    return Intent(
      .proveStep,
      .step(
        StepProof(
          gameId: game.id, claimIndex: UInt64(answer.index), disputed: claim.lineage, isAttack: answer.isAttack,
          proof: proof)),
      because: "step \(index) of block \(blockNumber(offset)) leads elsewhere than claim \(answer.index) says")
  }
}
