import Primitives
import Rollup
import Settlement
import Testing

@Suite("Outputs")
struct OutputTests {
  private func deletions(_ events: [Event]) -> [Range<UInt64>] {
    events.compactMap {
      if case .outputsDeleted(let event) = $0 { event.newNextOutputIndex..<event.prevNextOutputIndex } else { nil }
    }
  }

  @Test("an undisputed output is final after its period, after its parent, and its bond goes back")
  func finality() throws {
    var world = World()
    let first = try world.propose(2)
    let second = try world.propose(5, extending: first)
    world.advance(seconds: 1000)
    try world.call(.finalizeOutput(outputIndex: first), from: World.carol)
    try world.call(.finalizeOutput(outputIndex: second), from: World.carol)
    #expect(world.contract.outputs[1].status == .final)
    try world.claimCredit(of: World.alice)
    #expect(world.gain(of: World.alice) == 0 && world.contract.bonds.balance.isZero)
  }

  @Test("a deleted output takes what extends it along, and leaves the others; what goes back goes back")
  func deletion() throws {
    var world = World()
    let liar = Truth(seed: 5)
    let wrong = try world.propose(2, mind: liar, from: World.carol)
    let right = try world.propose(2)
    let child = try world.propose(4, extending: wrong, mind: liar, from: World.carol)
    let grandchild = try world.propose(6, extending: child, mind: liar, from: World.carol)
    let rightChild = try world.propose(4, extending: right)
    // A game about a descendant ends with it, and nobody loses by it.
    let side = try world.dispute(grandchild, mind: Truth(seed: 0), from: World.alice)
    let game = try world.dispute(wrong, mind: Truth(seed: 0))
    world.advance(seconds: 1000)
    world.events.removeAll()
    try world.resolve(game)
    #expect(deletions(world.events) == [wrong..<(wrong + 1), child..<(grandchild + 1)])
    #expect([wrong, child, grandchild].allSatisfy { world.contract.outputs[Int($0)].status == .deleted })
    #expect([right, rightChild].allSatisfy { world.contract.outputs[Int($0)].status == .open })
    #expect(world.game(side).status == .challengerWins)
    #expect(world.gain(of: World.bob) == 1000)
    #expect(world.contract.bonds.credits[World.carol] == 2000)
    #expect(world.contract.bonds.credits[World.alice] == 20)
    // The same may be claimed again.
    #expect(try world.propose(2, mind: liar, from: World.carol) == 5)
  }

  @Test("a blacklisted game costs nobody anything, and its output is gone")
  func blacklist() throws {
    var world = World()
    let output = try world.propose(3)
    let game = try world.dispute(output, mind: Truth(seed: 5))
    try world.move(
      game, against: 1, claim: Truth(seed: 0).claim(1), isAttack: true, from: World.alice)
    try world.call(world.blacklisting(game), from: World.guardian)
    #expect(world.contract.outputs[0].status == .deleted)
    #expect(world.gain(of: World.alice) == 0 && world.gain(of: World.bob) == 0)
  }

  @Test("a lost challenge does not keep others from challenging in time")
  func secondGame() throws {
    var world = World {
      $0.maxClockDuration = 100; $0.clockExtension = 10
    }
    let liar = Truth(seed: 5)
    let output = try world.propose(3, mind: liar)
    // A friend of the proposer opens a game of no sense and lets it be lost.
    let sham = try world.dispute(output, mind: Truth(seed: 6), from: World.carol)
    try world.move(sham, against: 1, claim: liar.claim(1), isAttack: true, from: World.alice)
    world.advance(seconds: 300)
    try world.resolve(sham)
    #expect(world.game(sham).status == .defenderWins)
    let game = try world.dispute(output, mind: Truth(seed: 0))
    world.advance(seconds: 300)
    try world.resolve(game)
    #expect(world.contract.outputs[0].status == .deleted)
  }
}
