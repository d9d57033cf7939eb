import ChainImport
import Primitives
import Rollup
import StateTransition
import Testing

@Suite struct DemoChainTests {
  @Test("every state root, the head hash and the bytes of all blocks are the independent implementation's")
  func agrees() throws {
    try DemoChain().check()
  }

  @Test("a chain that differs anywhere is told by what differs first")
  func differs() throws {
    var chain = try DemoChain()
    chain.blocks[4].header.stateRoot = .zero
    let root = DemoChain.expectedStateRoots[5]
    #expect(throws: DemoChainError.differs(what: "state root of block 5", computed: .zero, expected: root)) {
      try chain.check()
    }
    chain = try DemoChain()
    chain.blocks[40].transactions[0][10] ^= 1
    let error = #expect(throws: DemoChainError.self) { try chain.check() }
    guard case .differs("hash of all blocks", _, DemoChain.expectedBlocksHash)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    chain = try DemoChain()
    chain.blocks.removeLast()
    #expect(throws: DemoChainError.length(63)) { try chain.check() }
  }

  @Test("the chain has of everything: four forks, transfers with and without data, uncles, empty blocks")
  func variety() throws {
    let chain = try DemoChain()
    let forks = chain.blocks.map { chain.configuration.forks.fork(of: $0.header) }
    #expect(Set(forks) == [.frontier, .homestead, .tangerineWhistle, .spuriousDragon, .byzantium])
    #expect(chain.blocks.reduce(0) { $0 + $1.transactions.count } == 96)
    #expect(chain.blocks.reduce(0) { $0 + $1.uncles.count } == 7)
    #expect(chain.blocks.count { $0.transactions.isEmpty } == 24)
    #expect(chain.blocks.contains { $0.header.gasUsed > 21_000 * UInt64($0.transactions.count) })
    #expect(Set(chain.blocks.map(\.header.difficulty)).count > 10)
  }

  @Test("every header obeys the rules against its parent, the uncles' headers too")
  func headers() throws {
    let chain = try DemoChain()
    let rules = HeaderRules(forks: chain.configuration.forks)
    let headers = [chain.configuration.genesisHeader] + chain.blocks.map(\.header)
    for (parent, block) in zip(headers, chain.blocks) {
      try rules.validate(block.header, parent: parent, parentHash: parent.hash)
      for uncle in block.uncles {
        let parent = headers[Int(uncle.number) - 1]
        try rules.validate(uncle, parent: parent, parentHash: parent.hash)
        #expect(uncle.hash != headers[Int(uncle.number)].hash)
      }
    }
  }

  @Test("the export is the blocks one after the other, and the genesis file reads back as the configuration")
  func files() throws {
    let chain = try DemoChain()
    let bytes = chain.blocksFile
    var reader = RLPReader(bytes.rawSpan)
    for block in chain.blocks { #expect(try EthereumBlock(rlp: reader.readRawItem()) == block) }
    try reader.finish()
    #expect(try Genesis.configuration(json: [UInt8](chain.genesisFile.utf8)) == chain.configuration)
  }
}
