import Primitives
import Rollup
import Settlement
import Testing

@Suite("The sequencer's key")
struct SequencerTests {
  @Test("a double sign burns half at least, pays the reporter the rest, and revokes the key", arguments: [5000, 5001])
  func slashing(bond: UInt64) throws {
    var world = World()
    try world.call(.depositSequencerBond(key: Key.first.address), from: Key.first.address, value: UInt256(bond))
    let events = try world.call(world.doubleSign(), from: World.carol)
    guard case .sequencerSlashed(let slashed) = events[0] else { throw Unexpected() }
    #expect(slashed.offender == Key.first.address && slashed.amount == UInt256(bond))
    #expect(slashed.burned + slashed.burned >= slashed.amount)
    #expect(world.contract.bonds.burned == slashed.burned)
    #expect(world.contract.bonds.credits[World.carol] == 2500)
    #expect(events.last == .configUpdated(ConfigUpdated(update: .sequencer(.zero))))
    #expect(world.contract.keys.current == .zero)
  }

  @Test("reporting oneself loses")
  func selfReport() throws {
    var world = World()
    try world.depositBond()
    try world.call(world.doubleSign(), from: Key.first.address)
    #expect(world.gain(of: Key.first.address) == nil)
  }

  @Test("without a key messages can be forced in at once; with a new one they wait again")
  func noKey() throws {
    var world = World()
    try world.depositBond()
    try world.call(World.deposit(), from: World.alice)
    world.advance()
    #expect(world.revert(.forceInclude(lastMessage: 0), from: World.bob) != nil)
    try world.slash()
    try world.call(.forceInclude(lastMessage: 0), from: World.bob)
    try world.call(.updateConfiguration(.sequencer(Key.second.address)), from: World.guardian)
    try world.call(World.deposit(), from: World.alice)
    world.advance()
    #expect(world.revert(.forceInclude(lastMessage: 1), from: World.bob) != nil)
  }

  @Test("the evidence is the same whichever commitment comes first")
  func symmetry() throws {
    var world = World()
    try world.depositBond()
    guard case .reportDoubleSign(let first, let second) = world.doubleSign() else { throw Unexpected() }
    var other = world
    let one = try world.call(.reportDoubleSign(first: first, second: second), from: World.carol)
    let two = try other.call(.reportDoubleSign(first: second, second: first), from: World.carol)
    #expect(one == two)
  }

  @Test("two canonical origins prove a double sign as well, with nothing forced in between")
  func canonicalOrigins() throws {
    var world = World()
    try world.depositBond()
    try world.call(World.deposit(), from: World.alice)
    world.advance(blocks: 11)
    try world.call(.forceInclude(lastMessage: 0), from: World.bob)
    world.advance(blocks: 10)
    let (low, high) = (world.l1(14), world.l1(18))
    let report = world.doubleSign { first, second in
      first.l1Origin = low
      second.l1Origin = high
    }
    try world.call(report, from: World.carol)
    #expect(world.contract.keys.isSlashed(Key.first.address))
  }

  @Test("a key signs for the origins at which it had authority, and for no others")
  func rotation() throws {
    var world = World()
    for key in [Key.first, .second] { try world.depositBond(key) }
    world.advance(blocks: 4)
    let early = world.batch(world.blocks(1...1))
    try world.call(.updateConfiguration(.sequencer(Key.second.address)), from: World.guardian)
    world.advance(blocks: 2)
    // Signed before the change, posted after it.
    try world.call(.postBatch(early), from: World.poster)
    let late = world.batch(world.blocks(2...2))
    #expect(
      world.revert(.postBatch(late), from: World.poster)
        == .wrongSigner(expected: Key.second.address, recovered: Key.first.address))
    try world.call(.postBatch(world.batch(world.blocks(2...2), key: .second)), from: World.poster)
  }

  @Test("a bond comes back when the key can be slashed no longer")
  func release() throws {
    var world = World()
    try world.depositBond()
    try world.call(.updateConfiguration(.sequencer(Key.second.address)), from: World.guardian)
    world.advance(blocks: 51)
    try world.call(.releaseSequencerBond(key: Key.first.address), from: World.bob)
    try world.claimCredit(of: Key.first.address)
    #expect(world.gain(of: Key.first.address) == 0)
  }
}
