import Foundation
import Primitives
import Rollup
import Settlement
import TestSupport
import Testing

/// A call that is refused, and how.
struct Refusal: Sendable, CustomTestStringConvertible {
  let name: String
  let run: @Sendable () throws -> (got: Revert?, want: Revert)

  var testDescription: String { name }

  init(_ name: String, _ run: @escaping @Sendable () throws -> (got: Revert?, want: Revert)) {
    self.name = name
    self.run = run
  }
}

@Suite("Refusals of the contract")
struct RevertTests {
  static let all = inbox + batches + outputs + games + steps + keys + guardian

  @Test("a call that is wrong is refused by its name, and changes nothing", arguments: all)
  func refusal(_ refusal: Refusal) throws {
    let (got, want) = try refusal.run()
    #expect(got == want)
    // Only a case with values tells its name.
    let label = Mirror(reflecting: want).children.first?.label
    #expect(label == nil || label == refusal.name)
  }

  @Test("every refusal that the contract has is hit by a test")
  func complete() throws {
    let source = try String(contentsOfFile: "\(packageRoot)/Sources/Settlement/Contract/Revert.swift", encoding: .utf8)
    let names = source.matches(of: #/\n  case (\w+)/#).map { String($0.1) }
    #expect(names.count > 60)
    #expect(Set(names) == Set(Self.all.map(\.name)))
  }
}

// MARK: Inbox

extension RevertTests {
  static let inbox: [Refusal] = [
    Refusal("notPayable") {
      var world = World()
      return (world.revert(.pause, from: World.guardian, value: 1), .notPayable(value: 1))
    },
    Refusal("notPayable") {
      var world = World()
      let call = ContractCall.deliverMessage(MessageRequest(kind: .transaction, data: [1]))
      return (world.revert(call, from: World.alice, value: 3), .notPayable(value: 3))
    },
    Refusal("valueOverflow") {
      var world = World()
      try world.call(World.deposit(), from: World.alice, value: 1)
      return (world.revert(World.deposit(), from: World.bob, value: .max), .valueOverflow)
    },
    Refusal("emptyMessage") {
      var world = World()
      return (
        world.revert(.deliverMessage(MessageRequest(kind: .transaction, data: [])), from: World.alice), .emptyMessage
      )
    },
    Refusal("messageTooLong") {
      var world = World()
      let data = [UInt8](repeating: 0, count: 120_001)
      return (
        world.revert(World.deposit(data), from: World.alice), .messageTooLong(bytes: 120_001, limit: 120_000)
      )
    },
    Refusal("mintTooLarge") {
      // One wei less is taken.
      var world = World()
      let limit = UInt256.one << 128
      try world.call(World.deposit(), from: World.alice, value: limit - .one)
      return (
        world.revert(World.deposit(), from: World.alice, value: limit),
        .mintTooLarge(value: limit, limit: limit - .one)
      )
    },
    Refusal("messageGasTooHigh") {
      var world = World()
      return (
        world.revert(World.deposit(gas: 15_100_001), from: World.alice),
        .messageGasTooHigh(gas: 15_100_001, limit: 15_100_000)
      )
    },
    Refusal("messageGasTooHigh") {
      // No more than a block has.
      var world = World { $0.gasLimit = 80_000 }
      return (
        world.revert(World.deposit(gas: 80_001), from: World.alice), .messageGasTooHigh(gas: 80_001, limit: 80_000)
      )
    },
    Refusal("depositGasTaken") {
      var world = World()
      try world.call(World.deposit(gas: 12_100_000), from: World.alice)
      return (
        world.revert(World.deposit(gas: 3_100_001), from: World.bob), .depositGasTaken(gas: 3_000_001, left: 3_000_000)
      )
    },
    Refusal("depositGasTaken") {
      // The guardian halves a block's gas when two thirds of it are taken.
      var world = World()
      try world.call(World.deposit(gas: 10_100_000), from: World.alice)
      try world.call(.updateConfiguration(.gasLimit(15_000_000)), from: World.guardian)
      return (
        world.revert(World.deposit(gas: 100_001), from: World.bob), .depositGasTaken(gas: 1, left: 0)
      )
    },
    Refusal("transactionWithCallFields") {
      var world = World()
      let call = ContractCall.deliverMessage(MessageRequest(kind: .transaction, to: World.bob, data: [1]))
      return (world.revert(call, from: World.alice), .transactionWithCallFields)
    },
    Refusal("noSuchMessage") {
      var world = World()
      return (
        world.revert(.forceInclude(lastMessage: 0), from: World.alice), .noSuchMessage(index: 0, count: 0)
      )
    },
    Refusal("notOverdue") {
      var world = World()
      try world.call(World.deposit(), from: World.alice)
      world.advance(blocks: 9, seconds: 100)
      return (
        world.revert(.forceInclude(lastMessage: 0), from: World.alice),
        .notOverdue(message: 0, deadlineBlock: 11, deadlineTime: 1120)
      )
    },
    Refusal("notOverdue") {
      // Blocks alone do not do it.
      var world = World { $0.forceInclusionTime = 1000 }
      try world.call(World.deposit(), from: World.alice)
      world.advance(blocks: 11)
      return (
        world.revert(.forceInclude(lastMessage: 0), from: World.alice),
        .notOverdue(message: 0, deadlineBlock: 11, deadlineTime: 2000)
      )
    },
    Refusal("messageOfThisBlock") {
      var world = World {
        $0.forceInclusionBlocks = 0
        $0.forceInclusionTime = 0
      }
      try world.call(World.deposit(), from: World.alice)
      return (world.revert(.forceInclude(lastMessage: 0), from: World.alice), .messageOfThisBlock(message: 0))
    },
    Refusal("alreadyForced") {
      var world = World()
      for _ in 0..<2 { try world.call(World.deposit(), from: World.alice) }
      world.advance(blocks: 11)
      try world.call(.forceInclude(lastMessage: 1), from: World.bob)
      return (
        world.revert(.forceInclude(lastMessage: 0), from: World.bob), .alreadyForced(message: 0, forced: 2)
      )
    },
    Refusal("tooManyMessages") {
      // A block has six at these depths.
      var world = World()
      for _ in 0..<7 { try world.call(World.deposit(), from: World.alice) }
      world.advance(blocks: 11)
      return (
        world.revert(.forceInclude(lastMessage: 6), from: World.bob), .tooManyMessages(count: 7, limit: 6)
      )
    },
  ]
}

// MARK: Batches

extension RevertTests {
  /// Posts a batch of block 1 that is changed, to a contract with the bond in place.
  private static func posting(
    _ change: (inout World, inout BatchSubmission) throws -> Void, _ want: Revert
  ) throws -> (Revert?, Revert) {
    var world = World()
    _ = world.revert(.depositSequencerBond(key: Key.first.address), from: World.carol, value: 5000)
    var batch = world.batch(world.blocks(1...1))
    try change(&world, &batch)
    return (world.revert(.postBatch(batch), from: World.poster), want)
  }

  static let batches: [Refusal] = [
    Refusal("notBatchPoster") {
      var world = World()
      let batch = world.batch(world.blocks(1...1))
      return (world.revert(.postBatch(batch), from: World.alice), .notBatchPoster(caller: World.alice))
    },
    Refusal("wrongBatchIndex") {
      try posting({ $1.batchIndex = 2 }, .wrongBatchIndex(expected: 1, given: 2))
    },
    Refusal("emptyBatch") { try posting({ $1.firstBlock = 2 }, .emptyBatch) },
    Refusal("emptyBatch") { try posting({ $1.data = .event([]) }, .emptyBatch) },
    Refusal("blockCountMismatch") {
      try posting({ $1.firstBlock = 0 }, .blockCountMismatch(stated: 2, given: 1))
    },
    Refusal("blocksNotInSequence") {
      try posting(
        { (world, batch) in
          let blocks = world.blocks(1...3)
          batch = world.batch(blocks)
          batch.data = .event([blocks[0], blocks[2], blocks[2]])
        }, .blocksNotInSequence(index: 1))
    },
    Refusal("blocksNotLinked") {
      // A poster puts something of its own in the place of a block that is not signed by itself.
      try posting(
        { (world, batch) in
          var blocks = world.blocks(1...3)
          batch = world.batch(blocks)
          blocks[1].transactions.append([0xc0])
          batch.data = .event(blocks)
        }, .blocksNotLinked(index: 2))
    },
    Refusal("blocksNotLinked") {
      // The same with data that comes later, which the posted hash fits.
      var world = World()
      try world.depositBond()
      var blocks = world.blocks(1...2)
      var batch = world.batch(blocks)
      blocks[0].transactions.append([0xc0])
      batch.data = .elsewhere(.external, dataHash: BatchData.hash(of: blocks.map(\.order.commitment)))
      try world.call(.postBatch(batch), from: World.poster)
      let call = ContractCall.deliverBatchData(batchIndex: batch.batchIndex, blocks: blocks)
      return (world.revert(call, from: World.poster), .blocksNotLinked(index: 1))
    },
    Refusal("tooManyTransactions") {
      try posting(
        { (world, batch) in
          var blocks = world.blocks(1...1)
          blocks[0].transactions = Array(repeating: [1], count: 7)
          batch = world.batch(blocks)
        }, .tooManyTransactions(block: 1, count: 7, limit: 6))
    },
    Refusal("dataIsNotElsewhere") {
      try posting({ $1.data = .elsewhere(.event, dataHash: .zero) }, .dataIsNotElsewhere)
    },
    Refusal("lastBlockIsNotSigned") {
      var world = World()
      try world.depositBond()
      let other = world.blocks(1...1, salt: 7)
      var batch = world.batch(world.blocks(1...1))
      let signed = batch.lastOrder.commitment
      batch.data = .event(other)
      return (
        world.revert(.postBatch(batch), from: World.poster),
        .lastBlockIsNotSigned(signed: signed, given: other[0].order.commitment)
      )
    },
    Refusal("messagesGoBack") {
      var world = World()
      try world.depositBond()
      try world.call(World.deposit(), from: World.alice)
      try world.call(.postBatch(world.batch(world.blocks(1...1, messages: 1))), from: World.poster)
      let batch = world.batch(world.blocks(2...2))
      return (world.revert(.postBatch(batch), from: World.poster), .messagesGoBack(consumed: 1, given: 0))
    },
    Refusal("messagesBeyondInbox") {
      try posting(
        { (world, batch) in batch = world.batch(world.blocks(1...1, messages: 1)) },
        .messagesBeyondInbox(count: 0, given: 1))
    },
    Refusal("overdueMessageLeftOut") {
      try posting(
        { (world, batch) in
          for _ in 0..<2 { try world.call(World.deposit(), from: World.alice) }
          world.advance(blocks: 11)
          batch = world.batch(world.blocks(1...1, messages: 1))
        }, .overdueMessageLeftOut(message: 1, consumed: 1))
    },
    Refusal("noSequencer") {
      try posting(
        { (world, batch) in
          try world.call(.updateConfiguration(.sequencer(.zero)), from: World.guardian)
          world.advance(blocks: 2)
          batch = world.batch(world.blocks(1...1))
        }, .noSequencer(l1Origin: 2))
    },
    Refusal("sequencerRevoked") {
      var world = World()
      try world.depositBond()
      let batch = world.batch(world.blocks(1...1))
      try world.slash()
      return (
        world.revert(.postBatch(batch), from: World.poster), .sequencerRevoked(key: Key.first.address)
      )
    },
    Refusal("malformedSignature") { try posting({ $1.signature[64] = 29 }, .malformedSignature) },
    Refusal("malformedSignature") { try posting({ $1.signature.removeLast() }, .malformedSignature) },
    Refusal("wrongSigner") {
      try posting(
        { (world, batch) in batch = world.batch(world.blocks(1...1), key: .second) },
        .wrongSigner(expected: Key.first.address, recovered: Key.second.address))
    },
    Refusal("sequencerBondTooLow") {
      var world = World()
      try world.call(.depositSequencerBond(key: Key.first.address), from: World.carol, value: 4999)
      let batch = world.batch(world.blocks(1...1))
      return (world.revert(.postBatch(batch), from: World.poster), .sequencerBondTooLow(required: 5000, has: 4999))
    },
    Refusal("noSuchBatch") {
      var world = World()
      let blocks = world.blocks(1...1)
      return (
        world.revert(.deliverBatchData(batchIndex: 1, blocks: blocks), from: World.alice), .noSuchBatch(index: 1)
      )
    },
    Refusal("noSuchBatch") {
      // A forced inclusion has no data.
      var world = World()
      try world.call(World.deposit(), from: World.alice)
      world.advance(blocks: 11)
      try world.call(.forceInclude(lastMessage: 0), from: World.bob)
      return (
        world.revert(.deliverBatchData(batchIndex: 1, blocks: []), from: World.alice), .noSuchBatch(index: 1)
      )
    },
    Refusal("dataAlreadyDelivered") {
      var world = World()
      try world.depositBond()
      let blocks = world.blocks(1...1)
      try world.call(.postBatch(world.batch(blocks)), from: World.poster)
      return (
        world.revert(.deliverBatchData(batchIndex: 1, blocks: blocks), from: World.alice),
        .dataAlreadyDelivered(batch: 1)
      )
    },
    Refusal("dataTooLate") {
      var world = World()
      try world.depositBond()
      let blocks = world.blocks(1...1)
      var batch = world.batch(blocks)
      batch.data = .elsewhere(.external, dataHash: BatchData.hash(of: blocks.map(\.order.commitment)))
      try world.call(.postBatch(batch), from: World.poster)
      let deadline = world.number + world.contract.settings.current.sequencingWindow
      world.advance(blocks: deadline - world.number)
      return (
        world.revert(.deliverBatchData(batchIndex: 1, blocks: blocks), from: World.alice),
        .dataTooLate(batch: 1, since: deadline)
      )
    },
    Refusal("dataHashMismatch") {
      var world = World()
      try world.depositBond()
      let blocks = world.blocks(1...1)
      var batch = world.batch(blocks)
      batch.data = .elsewhere(.external, dataHash: Hash256(0, 0, 0, 1))
      try world.call(.postBatch(batch), from: World.poster)
      let computed = BatchData.hash(of: [blocks[0].order.commitment])
      return (
        world.revert(.deliverBatchData(batchIndex: 1, blocks: blocks), from: World.alice),
        .dataHashMismatch(expected: Hash256(0, 0, 0, 1), computed: computed)
      )
    },
  ]
}
