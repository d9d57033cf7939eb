import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite struct PublishedChainTests {
  @Test(
    "mainnet from its genesis on comes to the state root in every header",
    .enabled(if: Vectors.isExpected("mainnet-genesis-era")))
  func mainnet() throws {
    guard
      let chain = try PublishedChain(
        suite: "mainnet-genesis-era", genesis: "mainnet.genesis.json", blocks: "mainnet-0-4999.blocks.rlp")
    else { return }
    let executor = BlockExecutor(chainID: 1, forks: try ForkSchedule(activations: []))
    var world = World(chain.allocation)
    var last: UInt64 = 0
    try chain.forEachBlock { block in
      last = block.header.number
      if last == 0 {
        #expect(world.root == block.header.stateRoot)
        return true
      }
      let (_, commitment) = try world.run(block, by: executor)
      #expect(commitment.computed.differences(from: block.header) == [])
      return true
    }
    #expect(last == 4999)
  }

  @Test(
    "the hive chain, contracts and all, agrees with every header", .enabled(if: Vectors.isExpected("chains")))
  func hive() throws {
    guard
      let chain = try PublishedChain(
        suite: "chains", genesis: "hive-devp2p/genesis.json", blocks: "hive-devp2p/halfchain.rlp")
    else { return }
    let forks: [Fork] = [.homestead, .tangerineWhistle, .spuriousDragon, .byzantium]
    let executor = BlockExecutor(
      chainID: 19_763, forks: try ForkSchedule(activations: forks.map { ForkSchedule.Activation($0, at: 0) }))
    var world = World(chain.allocation)
    var transactions = 0
    var last: UInt64 = 0
    try chain.forEachBlock { block in
      let (outcome, commitment) = try world.run(block, by: executor)
      #expect(commitment.computed.differences(from: block.header) == [])
      transactions += outcome.transactions.count
      last = block.header.number
      return true
    }
    #expect(last == 999 && transactions == 100)
  }
}
