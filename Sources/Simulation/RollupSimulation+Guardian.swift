import L1
import Primitives
import Roles
import Rollup
import Settlement

// The guardian changes what it may, and stops what it may.
extension RollupSimulation {
  mutating func changeSettings() {
    if random.chance(plan.keyRotation) { appoint(random.pick(SimulatedWorld.keys)) }
    guard random.chance(plan.settingsChange) else { return }
    let update: ConfigUpdate
    switch random.below(6) {
    case 0: update = .gasLimit(29_000_000 + random.next() % 2_000_000)
    case 1: update = .sequencingWindow(5 + random.next() % 6)
    case 2: update = .forceInclusionWindow(blocks: 8 + random.next() % 5, seconds: 8 * SimulatedWorld.blockTime)
    case 3: update = .upgrade(.shanghai, at: chain.head.header.timestamp + random.next() % 100)
    case 4: update = .upgrade(.cancun, at: chain.head.header.timestamp + random.next() % 100)
    default: update = .fees(FeeParameters(feeRecipient: Address(0x66, 0, UInt32(random.below(9)))))
    }
    sendLoosely(.updateConfiguration(update), from: SimulatedWorld.guardian)
  }

  private mutating func appoint(_ key: SimulatedKey) {
    report.keyRotations += 1
    sendLoosely(.updateConfiguration(.sequencer(key.address)), from: SimulatedWorld.guardian)
  }

  /// What happens seldom: a pause, a game declared void, other bonds, a key that should not have been trusted.
  mutating func intervene() {
    if chain.contract.isPaused {
      if schemes.chance(20) { sendLoosely(.unpause, from: SimulatedWorld.guardian) }
    } else if schemes.chance(plan.pause) {
      sendLoosely(.pause, from: SimulatedWorld.guardian)
    }
    let games = node.view.games.filter { $0.status == .inProgress }
    if schemes.chance(plan.blacklist), !games.isEmpty {
      let game = schemes.pick(games)
      let output = node.view.outputs[Int(game.outputIndex)].lineage
      sendLoosely(.blacklistGame(gameId: game.id, disputed: output), from: SimulatedWorld.guardian)
    }
    changeBonds()
    changeHands()
  }

  /// Not so often that an honest role has the wrong amount twice in a row.
  private mutating func changeBonds() {
    guard step - lastBondChange >= 30, schemes.chance(plan.bondChange) else { return }
    lastBondChange = step
    let bonds = BondSchedule(
      output: UInt256(schemes.pick([8000, 10_000, 15_000]) as UInt64),
      claim: UInt256(schemes.pick([80, 100, 150]) as UInt64),
      sequencer: UInt256(schemes.pick([40_000, 50_000, 75_000]) as UInt64))
    sendLoosely(.updateConfiguration(.bonds(bonds)), from: SimulatedWorld.guardian)
  }

  /// Trusts the wrong key, until it is slashed; then nobody may sign before another key is there.
  private mutating func changeHands() {
    guard let betrayingKey else { return }
    if chain.contract.keys.current == .zero {
      if schemes.chance(30) { appoint(SimulatedWorld.keys[schemes.below(2)]) }
    } else if schemes.chance(5), !chain.contract.keys.isSlashed(betrayingKey.address) {
      appoint(betrayingKey)
    }
  }
}
