package import Primitives
package import Rollup
import Settlement
package import StateTransition

/// Recomputes every claim, and takes apart those that are wrong: with one of these alive, nothing wrong becomes final.
///
/// It stands by every claim in a game that is as it computes, answers every claim against one of those, and stakes on
/// nothing but knowledge.
package struct Challenger: Sendable {
  package var account: Address

  /// What a dishonest challenger or proposer says of one block; nil for an honest one.
  package var lie: Lie?

  package init(account: Address, lie: Lie? = nil) {
    self.account = account
    self.lie = lie
  }

  /// The verdict on an output: knowledge only where the ledger has the L1 block that the output pins.
  package static func verdict(on output: OutputProposed, _ view: RollupView) -> OutputJudgement {
    guard let tip = view.l1Head, output.l1Head.number <= tip.number else { return .insufficientData }
    guard view.isCanonical(output.l1Head) else { return .notDerivableAtL1Head }
    let truth = GameTruth(l1Head: output.l1Head, view).claim(ofBlock: output.l2BlockNumber)
    return truth == output.claim ? .agrees : .disagrees
  }

  /// What is to be done now.
  ///
  /// - Parameter traces: those of earlier calls; afterwards those that this call asked for.
  package func intents(
    _ view: RollupView, archive: StateArchive, traces: BlockTraces = BlockTraces()
  ) -> [Intent] {
    var intents: [Intent] = []
    defer { traces.forgetUnused() }
    for index in view.unsettledOutputs where view.outputs[index].status == .open {
      let entry = view.outputs[index]
      guard let game = entry.game else {
        if let dispute = dispute(UInt64(index), entry, view) { intents.append(dispute) }
        continue
      }
      intents += play(view.games[Int(game)], view, archive, traces)
    }
    return intents + view.housekeeping(for: account)
  }

  private func dispute(_ index: UInt64, _ entry: OutputEntry, _ view: RollupView) -> Intent? {
    guard view.l1Time < entry.challengeEnd, disagrees(entry.output, view) else { return nil }
    // An output that extends a wrong one falls with it.
    if let parent = entry.output.parentOutput, Self.verdict(on: view.outputs[Int(parent)].output, view) == .disagrees {
      return nil
    }
    let truth = GameTruth(l1Head: entry.output.l1Head, view)
    let start = entry.output.parentOutput.map { view.outputs[Int($0)].output.l2BlockNumber } ?? 0
    let depth = Int(view.currentSettings.splitDepth)
    let position = GamePosition.root.left
    let number = min(start + position.traceIndex(maxDepth: depth) + 1, entry.output.l2BlockNumber)
    let call = ContractCall.createGame(
      outputIndex: index, disputed: entry.lineage,
      claim: lie.flatMap { number >= $0.block ? $0.claim : nil } ?? truth.claim(ofBlock: number))
    return Intent(
      .disputeOutput, call, value: view.currentSettings.bonds.claim(atDepth: 1),
      because: "output \(index) claims another state after block \(entry.output.l2BlockNumber) than its data gives")
  }

  private func disagrees(_ output: OutputProposed, _ view: RollupView) -> Bool {
    if let lie { return output.l2BlockNumber >= lie.block && output.claim != lie.claim }
    return Self.verdict(on: output, view) == .disagrees
  }

  /// Whether the state that a game begins with is the true one. From another one no step can be proven, whoever is right
  /// about what follows; the game falls with the output that claims it.
  private func beginsTrue(_ game: GameEntry, _ truth: GameTruth, _ view: RollupView) -> Bool {
    guard let parent = view.outputs[Int(game.outputIndex)].output.parentOutput else { return true }
    return view.outputs[Int(parent)].output.claim == truth.claim(ofBlock: game.startBlock)
  }

  /// Moves, steps and resolutions in a game.
  private func play(_ game: GameEntry, _ view: RollupView, _ archive: StateArchive, _ traces: BlockTraces) -> [Intent] {
    guard game.status == .inProgress, view.isCanonical(game.l1Head) else { return [] }
    let truth = GameTruth(l1Head: game.l1Head, view, traces: traces)
    var intents: [Intent] = []
    if lie != nil || beginsTrue(game, truth, view) {
      let player = GamePlayer(game, truth, archive: archive, lie: lie)
      intents = player.answers.compactMap { player.intent($0, at: view.l1Time) }
    }
    return intents + game.resolutions(at: view.l1Time)
  }
}

extension GameEntry {
  /// Every claim that can be settled, in whichever order L1 takes them: those whose answers are settled already. What they
  /// answer follows in the next L1 block, so that a game is over after as many as it is deep.
  package func resolutions(at time: UInt64) -> [Intent] {
    guard status == .inProgress else { return [] }
    let isAnswered = Set(claims.lazy.filter { !$0.isResolved }.compactMap(\.parentIndex))
    return claims.indices.reversed().compactMap { index in
      guard !claims[index].isResolved, !isAnswered.contains(UInt64(index)),
        timeUsed(against: index, at: time) == rules.maxClockDuration
      else { return nil }
      return Intent(
        .resolveClaim, .resolveClaim(gameId: id, claimIndex: UInt64(index)),
        because: "the time to answer claim \(index) of game \(id) is over")
    }
  }
}
