import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite("A block, step by step")
struct BlockTraceTests {
  /// Messages and transactions, some of which cannot be carried out.
  private func sample(_ world: RollupWorld) throws -> (messages: [InboxCall], transactions: [[UInt8]]) {
    let messages = [
      deposit(0), message(1, transaction: try signedTransfer(from: 4, nonce: 0)), message(2, transaction: [0x7f, 2]),
      deposit(3, sender: Address(2, 2, 2), value: 50, mint: 1),
    ]
    var transactions = try (0..<3).map {
      try signedTransfer(from: $0 % 2, nonce: $0 / 2, to: Address(0, 0, UInt32($0)))
    }
    transactions.insert([0xc0], at: 1)
    return (messages, transactions)
  }

  @Test("the last step's header is that of the block carried out at once")
  func traceAgreesWithBlock() throws {
    let world = try RollupWorld()
    let (messages, transactions) = try sample(world)
    let trace = try world.trace(messages: messages, transactions: transactions)
    let outcome = try trace.context.apply(messages: messages, transactions: transactions, to: world.state)
    #expect(trace.fates == outcome.fates)
    #expect(trace.points.count == messages.count + transactions.count + 1)
    #expect(trace.header.gasUsed == outcome.gasUsed)
    #expect(trace.header.transactionsRoot == Trie.orderedRoot(of: outcome.transactions))
    #expect(trace.header.receiptsRoot == Trie.orderedRoot(of: outcome.outcomes.map { $0.receipt.encode() }))
    #expect(Set(trace.points.map(\.state.hash)).count == trace.points.count)
    #expect(trace.claim(after: 10_000) == trace.claim.hash)
    let last = try #require(trace.points.last)
    #expect(last.state.executedCount == UInt64(outcome.transactions.count))
    #expect(last.state.txIndex == UInt64(outcome.fates.count))
  }

  @Test("every step is proven by the hash before it and a witness")
  func everyStepIsProven() throws {
    let world = try RollupWorld()
    let (messages, transactions) = try sample(world)
    let trace = try world.trace(messages: messages, transactions: transactions)
    for index in trace.points.indices {
      let proof = try #require(try trace.prove(index))
      let result = try proof.execute(from: trace.points[index].state.hash)
      #expect(result.hash == trace.claim(after: UInt64(index) + 1))
      if index == trace.points.count - 1 { #expect(result == .closed(trace.header, trace.claim)) }
      #expect(throws: StepError.self) { try proof.execute(from: trace.points[index].state.blockContextHash) }
    }
    #expect(try trace.prove(trace.points.count) == nil)
  }

  @Test("more than a hundred transactions keep their places in the ordered tries")
  func manyTransactions() throws {
    let world = try RollupWorld()
    let transactions = try (0..<140).map { try signedTransfer(from: 0, nonce: $0) }
    let trace = try world.trace(transactions: transactions)
    #expect(trace.header.transactionsRoot == Trie.orderedRoot(of: transactions))
    #expect(trace.header.transactionsRoot == trace.context.order.transactionsRoot)
    for index in [0, 1, 126, 127, 128, 129, 139, 140] {
      let proof = try #require(try trace.prove(index))
      #expect(try proof.execute(from: trace.points[index].state.hash).hash == trace.claim(after: UInt64(index) + 1))
    }
  }

  @Test("a step with a piece of its witness missing names it, and one with a piece too many is refused")
  func witnessIsExact() throws {
    let world = try RollupWorld()
    let (messages, transactions) = try sample(world)
    let trace = try world.trace(messages: messages, transactions: transactions)
    for index in trace.points.indices {
      let proof = try #require(try trace.prove(index))
      let preState = trace.points[index].state.hash
      for gap in proof.witness.gaps {
        var changed = proof
        changed.witness = gap.witness
        #expect(gap.isNamed { try changed.execute(from: preState) })
      }
      var more = proof
      more.witness = Witness(
        nodes: WitnessPieces(proof.witness.nodes.bytes + [[UInt8](repeating: 1, count: 33)]),
        codes: proof.witness.codes, headers: proof.witness.headers)
      #expect(throws: StepError.witness(.unused(1))) { try more.execute(from: preState) }
    }
  }
}
