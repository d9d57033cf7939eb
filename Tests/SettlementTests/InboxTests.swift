import Primitives
import Rollup
import Settlement
import Testing

@Suite("Inbox and order")
struct InboxTests {
  private func messages(_ events: [Event]) -> [MessageDelivered] {
    events.compactMap { if case .messageDelivered(let event) = $0 { event } else { nil } }
  }

  @Test("messages are counted and chained, and a contract's sender is aliased")
  func chain() throws {
    var world = World()
    try world.call(World.deposit(), from: World.alice, value: 7)
    try world.call(World.deposit([2]), from: World.alice, isContract: true)
    let delivered = messages(world.events)
    #expect(delivered.map(\.messageIndex) == [0, 1])
    #expect(delivered[0].beforeInboxAcc == .zero && delivered[1].beforeInboxAcc == delivered[0].afterInboxAcc)
    #expect(delivered[0].mint == 7 && world.contract.bonds.escrow == 7)
    #expect(delivered[0].sender == World.alice)
    #expect(delivered[1].sender == Caller(World.alice, isContract: true).messageSender)
    #expect(delivered[1].sender != World.alice)
  }

  @Test("a shorter window does not let a message be forced before those that came earlier")
  func deadlines() throws {
    var world = World()
    try world.call(World.deposit(), from: World.alice)
    try world.call(.updateConfiguration(.forceInclusionWindow(blocks: 1, seconds: 1)), from: World.guardian)
    try world.call(World.deposit(), from: World.alice)
    let delivered = messages(world.events)
    #expect(delivered[1].deadlineBlock == delivered[0].deadlineBlock)
    #expect(delivered[1].deadlineTime == delivered[0].deadlineTime)
  }

  @Test("the deposits of an L1 block have half of a block's gas, and each a little that is always free")
  func depositGas() throws {
    var world = World()
    try world.call(World.deposit(gas: 8_100_000), from: World.alice)
    try world.call(World.deposit(gas: 7_100_000), from: World.alice)
    #expect(world.revert(World.deposit(gas: 100_001), from: World.bob) == .depositGasTaken(gas: 1, left: 0))
    for _ in 0..<3 { try world.call(World.deposit(gas: 100_000), from: World.bob) }
    // A transaction of its own pays for its gas on L2.
    try world.call(.deliverMessage(MessageRequest(kind: .transaction, data: [1])), from: World.bob)
    world.advance()
    try world.call(World.deposit(gas: 15_100_000), from: World.bob)
    #expect(world.revert(World.deposit(gas: 100_001), from: World.alice) == .depositGasTaken(gas: 1, left: 0))
    #expect(world.contract.inbox.count == 7)
  }

  @Test("messages past both deadlines can be forced by anybody, and stand among the batches")
  func force() throws {
    var world = World()
    try world.depositBond()
    try world.call(World.deposit(), from: World.alice)
    world.advance()
    try world.call(.postBatch(world.batch(world.blocks(1...2))), from: World.poster)
    world.advance(blocks: 10)
    let before = world.contract.batches.accumulator
    let events = try world.call(.forceInclude(lastMessage: 0), from: World.bob)
    let inbox = world.contract.inbox.accumulator
    let forced = ForceIncluded(
      batchIndex: 2, beforeAcc: before, afterAcc: BatchData.accumulator(after: before, dataHash: inbox),
      firstMessage: 0, lastMessage: 0, caller: World.bob)
    #expect(events == [.forceIncluded(forced)])
    #expect(world.contract.batches.accumulator == forced.afterAcc)
    // What was forced in counts as consumed.
    try world.call(.postBatch(world.batch(world.blocks(4...4, messages: 1))), from: World.poster)
  }

  @Test(
    "a message that a batch claims to have consumed can be forced all the same: derivation may have dropped the batch")
  func forceClaimed() throws {
    var world = World()
    try world.depositBond()
    for _ in 0..<2 { try world.call(World.deposit(), from: World.alice) }
    world.advance()
    try world.call(.postBatch(world.batch(world.blocks(1...1, messages: 2))), from: World.poster)
    world.advance(blocks: 10)
    let events = try world.call(.forceInclude(lastMessage: 0), from: World.bob)
    guard case .forceIncluded(let forced) = events[0] else { throw Unexpected() }
    #expect(forced.firstMessage == 0 && forced.lastMessage == 0)
    #expect(world.contract.batches.messagesConsumed == 2)
  }

  @Test("data that comes later must be the batch's, and is there from its own L1 block on")
  func lateData() throws {
    var world = World()
    try world.depositBond()
    let blocks = world.blocks(1...3)
    var batch = world.batch(blocks)
    let dataHash = BatchData.hash(of: blocks.map { $0.order.commitment })
    batch.data = .elsewhere(.external, dataHash: dataHash)
    let posted = try world.call(.postBatch(batch), from: World.poster)
    guard case .sequencerBatchDelivered(let event) = posted[0] else { throw Unexpected() }
    #expect(posted.count == 1 && event.data == .missing && event.dataHash == dataHash)
    world.advance(blocks: 4)
    let delivered = try world.call(.deliverBatchData(batchIndex: 1, blocks: blocks), from: World.alice)
    #expect(delivered.count == 4)
    guard case .blocks(_, _, _, _, let data) = world.contract.batches[1]?.content else { throw Unexpected() }
    #expect(data.l1Block == 5 && data.deadline == 101)
  }

  @Test("a batch's events are its record and its blocks, and bind the signature")
  func batch() throws {
    var world = World()
    try world.depositBond()
    let blocks = world.blocks(1...3)
    let batch = world.batch(blocks)
    let events = try world.call(.postBatch(batch), from: World.poster)
    guard case .sequencerBatchDelivered(let event) = events[0] else { throw Unexpected() }
    let signed = try SignedCommitment(rlp: event.signedCommitment.rawSpan)
    #expect(signed == world.sign(blocks[2].order))
    #expect(event.dataHash == BatchData.hash(of: blocks.map { $0.order.commitment }))
    #expect(event.afterAcc == BatchData.accumulator(after: .zero, dataHash: event.dataHash))
    let sequenced = blocks.enumerated().map { index, block in
      Event.blockSequenced(BlockSequenced(batchIndex: 1, indexInBatch: UInt64(index), block: .rollup(block)))
    }
    #expect(Array(events.dropFirst()) == sequenced)
  }
}

/// What should be there is not.
struct Unexpected: Error {}
