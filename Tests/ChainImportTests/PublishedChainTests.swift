import EventStore
import Primitives
import Rollup
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@testable import ChainImport

@Suite("Published chains")
struct PublishedChainTests {
  @Test(
    "mainnet's first blocks go in and link to the genesis block",
    .enabled(if: Vectors.isExpected("mainnet-genesis-era")))
  func mainnet() throws {
    guard let folder = try Vectors.directory("mainnet-genesis-era") else { return }
    try check(
      genesis: "\(folder)/mainnet.genesis.json", file: "\(folder)/mainnet-0-4999.blocks.rlp", last: 4999)
  }

  @Test(
    "test chains with transactions of every type and withdrawals go in", .enabled(if: Vectors.isExpected("chains")),
    arguments: [("hive-devp2p", "halfchain.rlp", UInt64(999)), ("geth-ethtest", "chain.rlp", 600)])
  func testChains(name: String, file: String, last: UInt64) throws {
    guard let folder = try Vectors.directory("chains") else { return }
    try check(genesis: "\(folder)/\(name)/genesis.json", file: "\(folder)/\(name)/\(file)", last: last)
  }

  private func check(genesis: String, file: String, last: UInt64) throws {
    let chain = try Genesis.configuration(path: genesis)
    try withTemporaryDirectory { path in
      let store = DataDirectory(FilePath("\(path)/store"))
      let report = try Importer.run(files: [file], chain: chain, into: store)
      #expect(report.head?.number == last)
      #expect(report.finalized?.number == last - 1)
      let log = try EventLog.open(store.ledger, mode: .readOnly)
      #expect(try log.head().size == 1 + 2 + 4 * last + 1)
      let newest = try #require(try log.newestBlock())
      #expect(newest.id == report.head)
    }
  }
}
