import L1
import Primitives
import Roles
import Rollup
import Settlement
import SystemPackage
import TestSupport
import Testing

@testable import Node

/// A devnet whose process ends, and begins again.
private struct OutboxWorld {
  let path: FilePath

  func open() throws -> Devnet { try Devnet(directory: path) }

  /// Ends just after a transaction of this rule was handed to L1, which has it in no block.
  func endAfterSending(_ rule: Intent.Rule) async throws -> Outbox.Entry {
    var devnet = try open()
    for _ in 0..<40 {
      try await devnet.tick()
      if let entry = try Outbox(directory: path.appending("devnet")).waiting.last(where: { $0.rule == rule }),
        devnet.l1.chain.pending.contains(entry.transaction)
      {
        return entry
      }
    }
    throw NodeError.files(path: path.string, cause: "nobody ever wanted \(rule)")
  }

  static func with(_ body: (OutboxWorld) async throws -> Void) async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      try await body(OutboxWorld(path: FilePath(path)))
    }
  }
}

extension Devnet {
  /// How often each transaction is in a canonical block.
  fileprivate func count(of transaction: L1Transaction) -> Int {
    l1.chain.blocks.flatMap(\.transactions).count { $0 == transaction }
  }
}

@Suite("What is on its way to L1")
struct OutboxTests {
  @Test("a process that ends between persisting a transaction and sending it: the next one sends it, once")
  func persistedOnly() async throws {
    try await OutboxWorld.with { world in
      let request = MessageRequest(
        kind: .deposit, to: DevnetParty.friend.address, value: 5, gasLimit: 50_000, data: [])
      let transaction: L1Transaction
      do {
        var devnet = try world.open()
        for _ in 0..<3 { try await devnet.tick() }
        transaction = L1Transaction(
          .deliverMessage(request), of: devnet.l1.contract.address, from: DevnetParty.user.address, value: 5,
          key: Hash256(0, 0, 0, 7))
      }
      var outbox = try Outbox(directory: world.path.appending("devnet"))
      try outbox.note(Outbox.Entry(.forceMessages, decidedAt: 3, transaction))
      try await expectSentOnce(transaction, world)
      #expect(!(try world.open().l1.chain.pending.contains(transaction)), "what has arrived is not sent again")
    }
  }

  private func expectSentOnce(_ transaction: L1Transaction, _ world: OutboxWorld) async throws {
    var devnet = try world.open()
    #expect(devnet.l1.chain.pending.contains(transaction))
    let isTold = devnet.takeNews().contains { if case .sentAgain(.forceMessages, _) = $0 { true } else { false } }
    #expect(isTold)
    for _ in 0..<6 { try await devnet.tick() }
    #expect(devnet.count(of: transaction) == 1)
    #expect(devnet.view.messages.count == 1)
  }

  @Test(
    "a process that ends between sending and inclusion, and L1's memory with it: the next one sends the same, once",
    arguments: [Intent.Rule.fundSequencerKey, .postBatch, .proposeOutput])
  func sentAndLost(rule: Intent.Rule) async throws {
    try await OutboxWorld.with { world in
      let entry = try await world.endAfterSending(rule)
      var devnet = try world.open()
      let waiting = devnet.l1.chain.pending
      #expect(waiting.count { $0 == entry.transaction } == 1, "the same bytes, with the same key")
      for _ in 0..<3 { try await devnet.tick() }
      #expect(devnet.l1.receipt(of: entry.transaction.hash)?.failure == nil)
      #expect(devnet.count(of: entry.transaction) == 1)
      let failures = devnet.l1.chain.blocks.flatMap(\.receipts).compactMap(\.failure)
      #expect(failures.isEmpty, "nothing was sent twice in other words: \(failures)")
    }
  }

  @Test("a process that ends after inclusion, before it has seen it: the next one sends nothing again")
  func includedUnseen() async throws {
    try await OutboxWorld.with { world in
      let entry: Outbox.Entry
      do {
        entry = try await world.endAfterSending(.proposeOutput)
        let devnet = try world.open()
        let time = devnet.l1.chain.head.header.timestamp + DevnetGenesis.l1BlockTime
        try devnet.l1.mine(at: time)
        #expect(devnet.count(of: entry.transaction) == 1)
      }
      var devnet = try world.open()
      #expect(devnet.l1.chain.pending.isEmpty)
      for _ in 0..<3 { try await devnet.tick() }
      #expect(devnet.view.outputs.count { $0.output.l2BlockNumber == 4 } == 1)
    }
  }

  @Test("while a transaction is on its way, L1 goes on and nothing is sent that is for the same")
  func onItsWay() async throws {
    try await OutboxWorld.with { world in
      let entry = try await world.endAfterSending(.proposeOutput)
      var devnet = try world.open()
      #expect(devnet.l1.chain.pending.contains(entry.transaction))
      for _ in 0..<2 {
        let time = devnet.l1.chain.head.header.timestamp + DevnetGenesis.l1BlockTime
        try devnet.l1.mine(at: time, limit: 0)
        try devnet.l1.finalize(through: devnet.l1.head().number - DevnetGenesis.finalityDepth)
        try await devnet.follow()
        try devnet.act()
      }
      let proposals = devnet.l1.chain.pending.count { transaction in
        if case .proposeOutput? = try? ContractCall(rlp: transaction.input.rawSpan) { true } else { false }
      }
      #expect(proposals == 1, "the proposer sees a newer final block, and does not stake twice")
      let batches = devnet.l1.chain.pending.count { $0.sender == DevnetParty.poster.address }
      #expect(batches == 1, "blocks that came since wait for the next batch")
    }
  }

  @Test("an outbox with a line that is no transaction is refused, with what to do")
  func damaged() throws {
    try withTemporaryDirectory { path in
      try LineFile(FilePath("\(path)/outbox")).append("3 postBatch 0x7d")
      let error = #expect(throws: NodeError.self) { _ = try Outbox(directory: FilePath(path)) }
      #expect(error.map { "\($0)".contains("line 1 is damaged") } ?? false)
    }
  }
}
