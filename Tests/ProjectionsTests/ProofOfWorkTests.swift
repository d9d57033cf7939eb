import Primitives
import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

/// What a fold holds against more than the block before: uncles, and the difficulty of all blocks together.
@Suite("Proof of work in a fold")
struct ProofOfWorkTests {
  private static let last = 30

  /// Folds the chain up to its last block, which `change` may change, and returns why it is refused; nil when it is not.
  private func refusal(
    _ chain: MiniChain, lastBlock change: (inout EthereumBlock) -> Void
  ) throws -> FoldError? {
    let fold = LiveFold<ProposerState>(configuration: chain.configuration)
    try fold.apply(Fact(coordinates: .block(0), event: chain.configured))
    for number in 0..<Self.last {
      for event in chain.events(ofBlock: number) {
        try fold.apply(Fact(coordinates: .block(UInt64(number)), event: event))
      }
    }
    var block = chain.blocks[Self.last]
    change(&block)
    block.header.ommersHash = EthereumBlock.ommersHash(of: block.uncles)
    do {
      try fold.apply(Fact(coordinates: .block(UInt64(Self.last)), event: MiniChain.sequenced(block)))
      return nil
    } catch { return error }
  }

  private func reason(_ chain: MiniChain, _ uncles: [BlockHeader]) throws -> UncleError? {
    guard let error = try refusal(chain, lastBlock: { $0.uncles = uncles }) else { return nil }
    guard case .block(.invalidUncle(UInt64(Self.last), uncles.count - 1, let reason)) = error else { throw error }
    return reason
  }

  /// A sibling of the block with this number that no block names.
  private func sibling(of number: Int, _ chain: MiniChain, _ change: (inout BlockHeader) -> Void = { _ in })
    -> BlockHeader
  {
    var header = chain.blocks[number].header
    header.extraData = [7]
    change(&header)
    return header
  }

  @Test("a sibling of any of the six blocks before may be named, and of no other")
  func generations() throws {
    let chain = try MiniChain(blockCount: Self.last + 1)
    for depth in 1...6 { #expect(try reason(chain, [sibling(of: Self.last - depth, chain)]) == nil) }
    #expect(try reason(chain, [sibling(of: Self.last - 7, chain)]) == .noSibling)
    #expect(try reason(chain, [sibling(of: Self.last, chain)]) == .noSibling)
    #expect(try reason(chain, [sibling(of: Self.last - 1, chain) { $0.parentHash = .zero }]) == .noSibling)
    #expect(try reason(chain, [sibling(of: 24, chain), sibling(of: 29, chain)]) == nil)
  }

  @Test("a block of the chain is no uncle, and nothing is named twice, by one block or by two")
  func once() throws {
    let chain = try MiniChain(blockCount: Self.last + 1)
    #expect(try reason(chain, [chain.blocks[Self.last - 2].header]) == .isAncestor)
    let twin = sibling(of: Self.last - 3, chain)
    #expect(try reason(chain, [twin, twin]) == .namedBefore)
    let named = try #require(chain.blocks[(Self.last - 4)..<Self.last].flatMap(\.uncles).last)
    #expect(try reason(chain, [named]) == .namedBefore)
  }

  @Test("an uncle's header obeys the rules against its own parent")
  func header() throws {
    let chain = try MiniChain(blockCount: Self.last + 1)
    let wrong = sibling(of: Self.last - 2, chain) { $0.difficulty += 1 }
    guard case .header(let error) = try reason(chain, [wrong]) else {
      Issue.record("the uncle is not refused for its header")
      return
    }
    #expect(error.block == UInt64(Self.last - 2))
  }

  @Test("proof of work ends with the block that reaches the terminal total difficulty, and not before")
  func merge() throws {
    let chain = try MiniChain(blockCount: Self.last + 1)
    let total = chain.blocks.dropLast().reduce(UInt256.zero) { $0 + $1.header.difficulty }
    /// The chain with a terminal total difficulty, which changes nothing before the block that reaches it.
    func merging(at terminal: UInt256) throws -> MiniChain {
      let given = chain.configuration
      let forks = try ForkSchedule(activations: given.forks.activations, terminalTotalDifficulty: terminal)
      return MiniChain(
        configuration: ChainConfiguration(
          chainID: given.chainID, forks: forks, genesisHeader: given.genesisHeader, allocation: given.allocation),
        blocks: Array(chain.blocks.dropFirst()))
    }
    #expect(try refusal(merging(at: total + 1), lastBlock: { _ in }) == nil)
    guard case .header(let late) = try refusal(merging(at: total), lastBlock: { _ in }) else {
      Issue.record("work after the merge is not refused")
      return
    }
    let difficulty = chain.blocks[Self.last].header.difficulty
    #expect(late.violation == .merge(difficulty: difficulty, totalDifficulty: total, terminal: total))
  }
}
