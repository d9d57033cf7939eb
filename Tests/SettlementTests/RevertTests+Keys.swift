import Primitives
import Rollup
import Settlement
import Testing

extension World {
  /// Shows two orders of block 5 that the first key signed.
  mutating func slash() throws(Revert) {
    try call(doubleSign(), from: Self.carol)
  }

  func doubleSign(
    _ change: (inout RollupBlock, inout RollupBlock) -> Void = { _, _ in }, keys: (Key, Key) = (.first, .first),
    l2ChainID: UInt64? = nil
  ) -> ContractCall {
    var first = blocks(5...5)[0]
    var second = blocks(5...5, salt: 1)[0]
    change(&first, &second)
    return .reportDoubleSign(
      first: sign(first.order, key: keys.0, l2ChainID: l2ChainID), second: sign(second.order, key: keys.1))
  }
}

extension RevertTests {
  static let keys: [Refusal] = [
    Refusal("noBond") {
      var world = World()
      return (
        world.revert(.depositSequencerBond(key: Key.first.address), from: World.alice), .noBond(key: Key.first.address)
      )
    },
    Refusal("noBond") {
      var world = World()
      return (
        world.revert(.releaseSequencerBond(key: Key.second.address), from: World.alice),
        .noBond(key: Key.second.address)
      )
    },
    Refusal("keyIsInAuthority") {
      var world = World()
      try world.depositBond()
      return (
        world.revert(.releaseSequencerBond(key: Key.first.address), from: World.alice),
        .keyIsInAuthority(key: Key.first.address)
      )
    },
    Refusal("slashingWindowIsOpen") {
      var world = World()
      try world.depositBond()
      try world.call(.updateConfiguration(.sequencer(Key.second.address)), from: World.guardian)
      world.advance(blocks: 50)
      return (
        world.revert(.releaseSequencerBond(key: Key.first.address), from: World.alice), .slashingWindowIsOpen(until: 51)
      )
    },
    Refusal("slashingWindowIsOver") {
      var world = World()
      try world.depositBond()
      world.advance(blocks: 5)
      let report = world.doubleSign()
      try world.call(.updateConfiguration(.sequencer(Key.second.address)), from: World.guardian)
      world.advance(blocks: 51)
      return (world.revert(report, from: World.carol), .slashingWindowIsOver(since: 56))
    },
    Refusal("notTheSameHeight") {
      var world = World()
      let report = world.doubleSign { _, second in second.number = 6 }
      return (world.revert(report, from: World.carol), .notTheSameHeight(first: 5, second: 6))
    },
    Refusal("sameOrder") {
      var world = World()
      let report = world.doubleSign { first, second in second = first }
      return (world.revert(report, from: World.carol), .sameOrder(world.blocks(5...5)[0].order.commitment))
    },
    Refusal("wrongChain") {
      var world = World()
      return (world.revert(world.doubleSign(l2ChainID: 5), from: World.carol), .wrongChain(l2ChainID: 5))
    },
    Refusal("notOneSigner") {
      var world = World()
      return (
        world.revert(world.doubleSign(keys: (.first, .second)), from: World.carol),
        .notOneSigner(first: Key.first.address, second: Key.second.address)
      )
    },
    Refusal("keyHadNoAuthority") {
      var world = World()
      return (
        world.revert(world.doubleSign(keys: (.second, .second)), from: World.carol),
        .keyHadNoAuthority(key: Key.second.address, l1Origin: 0)
      )
    },
    Refusal("keyIsSlashed") {
      var world = World()
      try world.depositBond()
      let report = world.doubleSign()
      try world.slash()
      return (world.revert(report, from: World.bob), .keyIsSlashed(key: Key.first.address))
    },
    Refusal("keyIsSlashed") {
      var world = World()
      try world.depositBond()
      try world.slash()
      return (
        world.revert(.updateConfiguration(.sequencer(Key.first.address)), from: World.guardian),
        .keyIsSlashed(key: Key.first.address)
      )
    },
    Refusal("excusedByForcedInclusion") {
      // Both have origin 11, and messages are forced in at 12: the sequencer may have seen it between the two.
      var world = World()
      try world.call(World.deposit(), from: World.alice)
      world.advance(blocks: 11)
      let report = world.doubleSign()
      try world.call(.forceInclude(lastMessage: 0), from: World.bob)
      return (world.revert(report, from: World.carol), .excusedByForcedInclusion(l1Block: 12))
    },
    Refusal("originIsNotCanonical") {
      var world = World()
      world.advance(blocks: 3)
      let orphan = BlockID(number: 2, hash: World.l1Hash(2, branch: 1))
      let report = world.doubleSign { _, second in second.l1Origin = orphan }
      return (world.revert(report, from: World.carol), .originIsNotCanonical(orphan))
    },
  ]

  static let guardian: [Refusal] = [
    Refusal("upgradeOutOfOrder") {
      var world = World()
      try world.call(.updateConfiguration(.upgrade(.cancun, at: 5000)), from: World.guardian)
      return (
        world.revert(.updateConfiguration(.upgrade(.shanghai, at: 6000)), from: World.guardian),
        .upgradeOutOfOrder(.shanghai, at: 6000)
      )
    },
    Refusal("notGuardian") {
      var world = World()
      return (world.revert(.pause, from: World.alice), .notGuardian(caller: World.alice))
    },
    Refusal("notGuardian") {
      var world = World()
      return (
        world.revert(.updateConfiguration(.gasLimit(1)), from: World.alice), .notGuardian(caller: World.alice)
      )
    },
    Refusal("notGuardian") {
      var world = World()
      return (
        world.revert(.blacklistGame(gameId: 0, disputed: .zero), from: World.alice), .notGuardian(caller: World.alice)
      )
    },
    Refusal("isNotPaused") {
      var world = World()
      return (world.revert(.unpause, from: World.guardian), .isNotPaused)
    },
    Refusal("isPaused") {
      var world = World()
      try world.call(.pause, from: World.guardian)
      return (world.revert(.pause, from: World.guardian), .isPaused)
    },
  ]
}
