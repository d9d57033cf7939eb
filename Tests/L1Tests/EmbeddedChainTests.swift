import Hashing
import L1
import Primitives
import Rollup
import Settlement
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite("The embedded L1 as a value")
struct EmbeddedChainTests {
  @Test("headers link and hold the tries of their transactions and receipts, and the bloom of their logs")
  func headers() throws {
    var chain = Small.chain()
    for number in 0..<5 {
      for index in 0..<UInt64(number) { chain.submit(Small.message(UInt64(number) * 10 + index)) }
      try chain.mineNext()
    }
    for (parent, block) in zip(chain.blocks, chain.blocks.dropFirst()) {
      #expect(block.header.parentHash == parent.id.hash && block.header.number == parent.header.number + 1)
      #expect(Keccak256.hash(block.rawHeader) == block.id.hash)
      #expect(block.header.transactionsRoot == Trie.orderedRoot(of: block.transactions.map { $0.encode() }))
      let receipts = block.receipts.enumerated().map { index, receipt in
        Receipt(
          type: 0x7d, outcome: .succeeded(receipt.failure == nil), cumulativeGasUsed: UInt64(index + 1) * 21_000,
          logs: receipt.logs)
      }
      #expect(block.header.receiptsRoot == Trie.orderedRoot(of: receipts.map { $0.encode() }))
      #expect(block.header.logsBloom == LogsBloom(of: receipts.flatMap(\.logs)))
      #expect(block.facts.count == block.transactions.count)
    }
    #expect(chain.head.header.logsBloom != .empty)
  }

  @Test("logs give the contract's events again, and blocks of a batch share its coordinates")
  func facts() throws {
    var chain = Small.chain()
    for number in 0..<3 as Range<UInt64> { chain.submit(Small.message(number)) }
    let block = try chain.mineNext()
    #expect(block.facts.map(\.coordinates.logIndex) == [0, 1, 2])
    #expect(block.facts.map(\.coordinates.transactionIndex) == [0, 1, 2])
    #expect(block.facts.allSatisfy { $0.event.kind == .messageDelivered })
    for fact in block.facts { #expect(Event(log: fact.event.log(of: Small.contract)) == fact.event) }
  }

  @Test("a transaction counts once, however often it is sent, before and after it is in a block")
  func once() throws {
    var chain = Small.chain()
    let hash = chain.submit(Small.message(1))
    #expect(chain.submit(Small.message(1)) == hash && chain.pending.count == 1)
    #expect(chain.receipt(of: hash) == nil)
    try chain.mineNext()
    chain.submit(Small.message(1))
    #expect(chain.pending.isEmpty && chain.receipt(of: hash)?.failure == nil)
    #expect(chain.contract.inbox.count == 1)
  }

  @Test("who has too little, or calls what is no call, or is refused, changes nothing")
  func failures() throws {
    var chain = Small.chain()
    let poor = chain.submit(Small.message(1, value: 2_000_000))
    let malformed = chain.submit(
      L1Transaction(sender: Small.bob, to: Small.contract, value: 5, input: [1], key: .zero))
    let refused = chain.submit(L1Transaction(.pause, of: Small.contract, from: Small.bob, key: .zero))
    let block = try chain.mineNext()
    #expect(chain.receipt(of: poor)?.failure == .insufficientFunds(balance: 1_000_000, value: 2_000_000))
    #expect(chain.receipt(of: malformed)?.failure == .malformedCall)
    #expect(chain.receipt(of: refused)?.failure == .reverted(.notGuardian(caller: Small.bob)))
    #expect(block.facts.isEmpty && chain.balance(of: Small.bob) == 1_000_000)
  }

  @Test("plain transfers move value, and no value appears or vanishes")
  func transfers() throws {
    var chain = Small.chain()
    chain.submit(L1Transaction(sender: Small.alice, to: Small.bob, value: 300, key: .zero))
    chain.submit(Small.message(1, value: 25))
    try chain.mineNext()
    #expect(chain.balance(of: Small.bob) == 1_000_300)
    #expect(chain.balance(of: Small.contract) == 25 && chain.contract.bonds.balance == 25)
    #expect(chain.totalBalance == 2_000_000)
  }

  @Test("a block that goes takes its effects along; its transactions come back, or are lost", arguments: [true, false])
  func reorganisation(returns: Bool) throws {
    var chain = Small.chain()
    try chain.mineNext()
    let before = chain.contract
    chain.submit(Small.message(1))
    let orphan = try chain.mineNext()
    try chain.mineNext()
    try chain.orphan(depth: 2, transactions: returns ? .resubmit : .drop)
    #expect(chain.contract == before && chain.head.id.number == 1)
    #expect(chain.balance(of: Small.alice) == 1_000_000)
    #expect(chain.block(hash: orphan.id.hash) == nil)
    let block = try chain.mineNext()
    #expect(block.id.number == orphan.id.number && block.id != orphan.id, "the same again is another block")
    #expect(block.transactions.count == (returns ? 1 : 0))
  }

  @Test("a branch that was left can come back, block for block, with what waited settled anew")
  func comeBack() throws {
    var chain = Small.chain()
    chain.submit(Small.message(1))
    try chain.mineNext()
    let tip = try chain.mineNext().id
    let state = chain.contract
    try chain.orphan(depth: 2, transactions: .resubmit)
    chain.submit(Small.message(2))
    for _ in 0..<3 { try chain.mineNext() }
    #expect(chain.contract.inbox.count == 2)
    try chain.returnTo(tip.hash)
    #expect(chain.head.id == tip && chain.contract == state)
    // Message 1 is in the branch, message 2 is not.
    #expect(chain.pending == [Small.message(2)])
  }

  @Test("nothing goes below the finalized block")
  func finality() throws {
    var chain = Small.chain()
    for _ in 0..<5 { try chain.mineNext() }
    chain.finalize(through: 3)
    #expect(chain.finalized == chain.blocks[3].id)
    #expect(throws: L1Error.self) { try chain.orphan(depth: 3, transactions: .drop) }
    try chain.orphan(depth: 2, transactions: .drop)
    #expect(chain.head.id.number == 3)
  }

  @Test("time advances from block to block")
  func time() {
    var chain = Small.chain()
    #expect(throws: L1Error.self) { try chain.mine(at: 1000, verifier: NoVerifier()) }
  }

  @Test("equal instructions give equal chains; what was reorganised is what was never there", arguments: 0..<20)
  func random(seed: UInt64) throws {
    let once = try play(seed)
    let twice = try play(seed)
    #expect(once.blocks == twice.blocks)
    // A chain without the detours, given the same blocks' transactions, has the same contract and accounts.
    var straight = Small.chain()
    for block in once.blocks.dropFirst() {
      for transaction in block.transactions { straight.submit(transaction) }
      _ = try straight.mine(at: block.header.timestamp, verifier: NoVerifier())
    }
    #expect(straight.contract == once.contract && straight.totalBalance == 2_000_000)
    #expect(straight.balance(of: Small.alice) == once.balance(of: Small.alice))
  }

  private func play(_ seed: UInt64) throws -> EmbeddedChain {
    var random = SeededGenerator(seed: seed)
    var chain = Small.chain()
    var tips: [Hash256] = []
    for step in 0..<80 as Range<UInt64> {
      switch UInt64.random(in: 0..<10, using: &random) {
      case 0..<4: chain.submit(Small.message(step))
      case 4..<8: try chain.mineNext()
      case 8:
        let height = chain.head.id.number - chain.finalizedNumber
        guard height > 0 else { continue }
        tips.append(chain.head.id.hash)
        let depth = UInt64.random(in: 1...height, using: &random)
        try chain.orphan(depth: depth, transactions: Bool.random(using: &random) ? .resubmit : .drop)
      default:
        if let tip = tips.popLast(), Bool.random(using: &random) {
          try? chain.returnTo(tip)
        } else {
          chain.finalize(through: chain.head.id.number / 2)
        }
      }
    }
    return chain
  }
}
