import ChainImport
import EventStore
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import StateTransition
import SystemPackage
import TestSupport
import Testing

@Suite("Published chains, replayed from a log")
struct PublishedChainTests {
  @Test("the demo chain comes to the state root that another implementation computed")
  func demoChain() throws {
    let demo = try DemoChain()
    try Scratch.with { scratch in
      try MiniChain(configuration: demo.configuration, blocks: demo.blocks).write(to: scratch.log)
      let report = try scratch.projector().replay()
      #expect(report.stateRoot == DemoChain.expectedStateRoots.last)
      #expect(report.outputs == UInt64(demo.blocks.count + 1))
      #expect(try scratch.projector().verify(.init(batchSize: 13)).agrees)
    }
  }

  @Test(
    "every state root of mainnet's first 300 blocks agrees",
    .enabled(if: Vectors.isExpected("mainnet-genesis-era")))
  func mainnet() throws {
    guard let directory = try Vectors.directory("mainnet-genesis-era") else { return }
    let chain = try Self.chain(
      genesis: "\(directory)/mainnet.genesis.json", blocks: "\(directory)/mainnet-0-4999.blocks.rlp", count: 300)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let report = try scratch.projector().replay()
      #expect(report.block == 299)
      #expect(report.outputs == 300)
      #expect(report.stateRoot == chain.blocks[299].header.stateRoot)
    }
  }

  @Test(
    "hive's chain, contracts and all, replays to every root in its headers",
    .enabled(if: Vectors.isExpected("chains")))
  func hive() throws {
    guard let directory = try Vectors.directory("chains") else { return }
    let chain = try Self.chain(
      genesis: "\(directory)/hive-devp2p/genesis.json", blocks: "\(directory)/hive-devp2p/halfchain.rlp", count: 200)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let report = try scratch.projector().replay()
      #expect(report.outputs == UInt64(chain.blocks.count))
      #expect(report.stateRoot == chain.blocks.last?.header.stateRoot)
    }
  }

  static func chain(genesis: String, blocks path: String, count: Int) throws -> MiniChain {
    let configuration = try Genesis.configuration(path: genesis)
    var file = try ChainFile(path: path)
    var blocks: [EthereumBlock] = []
    while blocks.count < count - 1, let raw = try file.next() {
      let block = try EthereumBlock(rlp: raw.bytes.rawSpan)
      if block.header.number > 0 { blocks.append(block) }
    }
    return MiniChain(configuration: configuration, blocks: blocks)
  }
}
