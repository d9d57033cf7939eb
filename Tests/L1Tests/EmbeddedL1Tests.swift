import EventStore
import L1
import Primitives
import Rollup
import Settlement
import SystemPackage
import TestSupport
import Testing

@Suite("The embedded L1 in its log")
struct EmbeddedL1Tests {
  private func withLog(_ body: (() throws -> EventLog) throws -> Void) throws {
    try withTemporaryDirectory { path in
      try body { try EventLog.open(FilePath("\(path)/l1"), mode: .create, mapSize: 1 << 28) }
    }
  }

  @Test("a chain goes on after a restart where it was, through reorganisations")
  func restart() throws {
    try withLog { open in
      var time: UInt64 = 1000
      func next() -> UInt64 {
        time += 12
        return time
      }
      var chain: EmbeddedChain
      do {
        let l1 = try Small.open(try open())
        for number in 0..<4 as Range<UInt64> {
          _ = l1.submit(Small.message(number))
          try l1.mine(at: next())
        }
        try l1.reorganise(depth: 2, transactions: .resubmit, miningAt: [next(), next(), next()])
        let left = l1.head()
        try l1.finalize(through: 2)
        try l1.reorganise(depth: 1, transactions: .drop, miningAt: [next()])
        try l1.returnTo(left.hash)
        chain = l1.chain
      }
      for _ in 0..<3 {
        let l1 = try Small.open(try open())
        #expect(l1.chain.blocks == chain.blocks && l1.finalized() == chain.finalized)
        #expect(l1.contract == chain.contract)
        _ = l1.submit(Small.message(time))
        let block = try l1.mine(at: next())
        #expect(block.facts.count == 1)
        chain = l1.chain
      }
    }
  }

  @Test("a branch begun after a restart is none that was there before")
  func branches() throws {
    try withLog { open in
      let orphan: BlockID
      do {
        let l1 = try Small.open(try open())
        try l1.mine(at: 1012)
        try l1.reorganise(depth: 1, transactions: .drop, miningAt: [1012])
        orphan = l1.head()
        try l1.reorganise(depth: 1, transactions: .drop, miningAt: [1012])
      }
      let l1 = try Small.open(try open())
      try l1.reorganise(depth: 1, transactions: .drop, miningAt: [1012])
      #expect(l1.head() != orphan && l1.head().number == orphan.number)
    }
  }

  @Test("an instruction that is refused has changed nothing, in memory and in the log")
  func refusals() throws {
    try withLog { open in
      let chain: EmbeddedChain
      do {
        let l1 = try Small.open(try open())
        for index in 1...4 as ClosedRange<UInt64> {
          _ = l1.submit(Small.message(index))
          try l1.mine(at: 1000 + 12 * index)
        }
        let short = l1.head()
        try l1.reorganise(depth: 1, transactions: .drop, miningAt: [1048])
        _ = l1.submit(Small.message(9))
        let before = l1.chain
        // A time that does not advance, a depth that the chain does not have, a branch that never was.
        #expect(throws: L1Error.self) {
          try l1.reorganise(depth: 2, transactions: .resubmit, miningAt: [1100, 1100])
        }
        #expect(throws: L1Error.self) { try l1.reorganise(depth: 5, transactions: .drop, miningAt: [1100]) }
        #expect(throws: L1Error.self) { try l1.mine(at: 1048) }
        #expect(throws: L1Error.self) { try l1.returnTo(.zero) }
        #expect(l1.chain.blocks == before.blocks && l1.chain.pending == before.pending)
        #expect(l1.contract == before.contract)
        try l1.returnTo(short.hash)
        #expect(l1.head() == short, "the branch that was left is still there")
        chain = l1.chain
      }
      #expect(try Small.open(try open()).chain.blocks == chain.blocks)
    }
  }

  @Test("a return that is refused leaves the branch where it was, for when it fits again")
  func refusedReturn() throws {
    let l1 = EmbeddedL1(
      genesis: Small.genesis, contract: RollupContract(configuration: Small.configuration), verifier: NoVerifier())
    for index in 1...4 as ClosedRange<UInt64> { try l1.mine(at: 1000 + 12 * index) }
    let first = l1.head()
    // The first branch is left for one from block 3 on, and that for one from block 1 on, below where the first began.
    try l1.reorganise(depth: 1, transactions: .drop, miningAt: [1060])
    let second = l1.head()
    try l1.reorganise(depth: 3, transactions: .drop, miningAt: [1100, 1200, 1300, 1400])
    #expect(throws: L1Error.self) { try l1.returnTo(first.hash) }
    try l1.returnTo(second.hash)
    try l1.returnTo(first.hash)
    #expect(l1.head() == first)
  }

  @Test("the log of another chain is refused")
  func otherChain() throws {
    try withLog { open in
      do { try Small.open(try open()).mine(at: 1012) }
      var genesis = Small.genesis
      genesis.seed = 1
      let log = try open()
      #expect(throws: L1Error.self) {
        try EmbeddedL1(
          genesis: genesis, contract: RollupContract(configuration: Small.configuration), verifier: NoVerifier(),
          log: log)
      }
    }
  }

  @Test("the follower's last common block is found, whatever both did")
  func commonAncestor() async throws {
    let l1 = EmbeddedL1(
      genesis: Small.genesis, contract: RollupContract(configuration: Small.configuration), verifier: NoVerifier())
    for index in 1...6 as ClosedRange<UInt64> { try l1.mine(at: 1000 + 12 * index) }
    let old = l1.chain.blocks.map(\.id)
    try l1.reorganise(depth: 4, transactions: .drop, miningAt: [1100, 1200])
    let ancestor = try await l1.commonAncestor(from: old[6]) { number in
      number < UInt64(old.count) ? old[Int(number)].hash : nil
    }
    #expect(ancestor == old[2])
  }
}

extension Small {
  static func open(_ log: EventLog) throws -> EmbeddedL1 {
    try EmbeddedL1(
      genesis: genesis, contract: RollupContract(configuration: configuration), verifier: NoVerifier(), log: log)
  }
}
