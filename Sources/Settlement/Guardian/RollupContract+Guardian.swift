import Primitives
import Rollup
import StateTransition

extension RollupContract {
  func requireGuardian(_ caller: Address) throws(Revert) {
    guard caller == settings.current.guardian else { throw .notGuardian(caller: caller) }
  }

  mutating func updateConfiguration(
    _ update: ConfigUpdate, from caller: Address, at context: L1Context
  ) throws(Revert) -> CallResult {
    try requireGuardian(caller)
    switch update {
    case .sequencer(let key):
      // A key that was shown to contradict itself never signs again.
      guard !keys.isSlashed(key) else { throw .keyIsSlashed(key: key) }
      keys.change(to: key, atL1Block: context.number)
    case .upgrade(let fork, let time):
      guard settings.execution.forks.adding(fork, at: time) != nil else { throw .upgradeOutOfOrder(fork, at: time) }
    default: break
    }
    settings.change(update, atL1Block: context.number)
    return CallResult(events: [.configUpdated(ConfigUpdated(update: update))])
  }

  mutating func setPaused(_ paused: Bool, from caller: Address) throws(Revert) -> CallResult {
    try requireGuardian(caller)
    guard isPaused != paused else { throw paused ? .isPaused : .isNotPaused }
    isPaused = paused
    return CallResult(events: [paused ? .paused(Paused(pauseId: 0)) : .unpaused(Unpaused(pauseId: 0))])
  }

  /// Gives all bonds of the game back, and deletes its output with what builds on it. The guardian's means against a
  /// verifier that turns out to be wrong: nobody gains by it.
  mutating func blacklistGame(
    _ id: UInt64, _ disputed: Hash256, from caller: Address
  ) throws(Revert) -> CallResult {
    try requireGuardian(caller)
    guard let game = games[checked: id] else { throw .noSuchGame(id: id) }
    // After a reorganisation another game may have the number.
    let lineage = outputs[Int(game.outputIndex)].node.lineage
    guard disputed == lineage else { throw .disputedMismatch(stands: lineage, given: disputed) }
    switch outputs[Int(game.outputIndex)].status {
    case .final: throw .outputIsFinal(index: game.outputIndex)
    case .deleted: throw .outputIsDeleted(index: game.outputIndex)
    case .open: break
    }
    var events: [Event] = [.gameBlacklisted(GameBlacklisted(gameId: id))]
    deleteOutput(game.outputIndex, outcome: .released, into: &events)
    return CallResult(events: events)
  }
}
