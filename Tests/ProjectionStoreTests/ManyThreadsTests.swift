import ChainImport
import Primitives
import ProjectionStore
import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

@Suite("One thread and many")
struct ManyThreadsTests {
  /// As many as are given to several threads: `ParallelMap` takes eight at a time.
  private static let transactions = 40

  @Test(
    "of blocks with so many transactions that all processors recover their senders, rows are those of one thread",
    arguments: LoadChain.Load.allCases)
  func digests(load: LoadChain.Load) throws {
    let recipe = LoadChain.Recipe(
      load: load, accounts: 60, blocks: 4, transactionsPerBlock: Self.transactions, seed: 5)
    var source = try LoadChain(recipe, map: SerialMap())
    var blocks: [EthereumBlock] = []
    while let block = try source.next() { blocks.append(block) }
    #expect(blocks.count == 4 && blocks.allSatisfy { $0.transactions.count == Self.transactions })
    let chain = MiniChain(configuration: source.configuration, blocks: blocks)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      func check<P: Projection>(_ type: P.Type) throws {
        let serial = FreshFold<P>(chain.configuration)
        for fact in chain.events { try serial.apply(fact) }
        let projector = Projector<P>(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
        for (batchSize, usesUpstreams) in [(1, false), (10_000, false), (10_000, true)] {
          var options = Projector<P>.Options(batchSize: batchSize)
          options.usesUpstreams = usesUpstreams
          try projector.rebuild(options, resume: false)
          #expect(try projector.digest().digest == serial.fold.digest, "\(P.name), batches of \(batchSize)")
        }
      }
      try check(SenderIndex.self)
      try check(ProposerState.self)
      try check(QueryIndex.self)
    }
  }
}
