import Foundation
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

@testable import ChainImport

@Suite("Genesis files")
struct GenesisTests {
  @Test(
    "mainnet's genesis file hashes to mainnet's genesis block", .enabled(if: Vectors.isExpected("mainnet-genesis-era")))
  func mainnet() throws {
    guard let folder = try Vectors.directory("mainnet-genesis-era") else { return }
    let chain = try Genesis.configuration(path: "\(folder)/mainnet.genesis.json")
    #expect(chain.chainID == 1)
    #expect(chain.allocation.count == 8893)
    #expect("\(chain.genesisHeader.stateRoot)" == "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544")
    #expect("\(chain.genesisHeader.hash)" == "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")
    #expect(chain.forks.terminalTotalDifficulty == UInt256("58750000000000000000000"))
    #expect(chain.forks.daoFork == 1_920_000)
    #expect(chain.forks.start(of: .prague) == 1_746_612_311)
    #expect(chain.forks.blobSchedule.map(\.max) == [6, 9])
  }

  @Test(
    "a chain file's first block has the genesis file's block as its parent",
    .enabled(if: Vectors.isExpected("chains")), arguments: ["hive-devp2p/halfchain.rlp", "geth-ethtest/chain.rlp"])
  func parentOfFirstBlock(file: String) throws {
    guard let folder = try Vectors.directory("chains") else { return }
    let path = "\(folder)/\(file)"
    let genesis = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("genesis.json").path
    let chain = try Genesis.configuration(path: genesis)
    let first = try firstBlock(of: path)
    #expect(try EthereumBlock(rlp: first.rawSpan).header.parentHash == chain.genesisHeader.hash)
  }

  @Test("keys and hexadecimal numbers are read with and without 0x, decimal numbers as digits or strings")
  func spellings() throws {
    let plain = try configuration(
      alloc: #"{"00000000000000000000000000000000000000aa": {"balance": "256", "storage": {"01": "0a"}}}"#)
    let prefixed = try configuration(
      alloc: #"{"0x00000000000000000000000000000000000000AA": {"balance": "0x100", "storage": {"0x1": "0x0a"}}}"#)
    let numbered = try configuration(
      alloc: #"{"00000000000000000000000000000000000000aa": {"balance": 256, "storage": {"0x0001": "0x000a"}}}"#)
    #expect(plain == prefixed)
    #expect(plain == numbered)
    #expect(plain.allocation[0].balance == 256)
  }

  @Test("a bare number that Foundation would round is refused; as a string, or with fewer digits, it is exact")
  func longNumbers() throws {
    let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
    func balance(_ json: String) throws -> UInt256 {
      try configuration(alloc: #"{"\#(address(1))": {"balance": \#(json)}}"#).allocation[0].balance
    }
    #expect(try balance("\"\(largest)\"") == .max)
    let exact = "12345678901234567890123456789012345678"
    #expect(try balance(exact).description == exact)
    for tooLong in [largest, exact + "9"] {
      let error = #expect(throws: GenesisError.self) { try balance(tooLong) }
      guard case .notJSON(let cause) = try #require(error), cause.contains("as a string") else {
        Issue.record("\(tooLong): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("accounts and slots come out in order whatever their order in the file, and zero slots not at all")
  func order() throws {
    let one = try configuration(
      alloc: #"{"\#(address(2))": {}, "\#(address(1))": {"storage": {"2": "1", "1": "2", "3": "0"}}}"#)
    #expect(one.allocation.map { $0.address[19] } == [1, 2])
    #expect(one.allocation[0].storage == [.init(key: 1, value: 2), .init(key: 2, value: 1)])
    #expect(one.genesisHeader.stateRoot == GenesisState.root(of: one.allocation))
  }

  @Test(
    "a rule that is not known is refused by name, not passed over",
    arguments: [
      (#""amsterdamTime": 5"#, "config.amsterdamTime"), (#""clique": {"period": 1}"#, "config.clique"),
      (#""qbft": {}"#, "config.qbft"), (#""contractSizeLimit": 1"#, "config.contractSizeLimit"),
      (#""ethash": {"fixeddifficulty": 100}"#, "config.ethash.fixeddifficulty"),
      (#""daoForkBlock": 1, "daoForkSupport": false"#, "config.daoForkSupport"),
      (
        #""withdrawalRequestContractAddress": "0x0000000000000000000000000000000000000001""#,
        "config.withdrawalRequestContractAddress"
      ),
      (#""homesteadBlock": 5, "byzantiumBlock": 4"#, "config"),
    ])
  func unknownRules(members: String, field: String) throws {
    let error = #expect(throws: GenesisError.self) { try configuration(config: members) }
    guard case .unsupported(field, _) = try #require(error) else {
      Issue.record("\(String(describing: error)) does not name \(field)")
      return
    }
  }

  @Test("without a terminal total difficulty the first fork by time is the merge, as besu has it")
  func mergeByTime() throws {
    let forks = try configuration(config: #""londonBlock": 33, "shanghaiTime": 30, "cancunTime": 40"#).forks
    #expect(forks.terminalTotalDifficulty == nil)
    var header = try configuration().genesisHeader
    header.number = 33
    let found = [29, 30, 40].map { (time: UInt64) in
      header.timestamp = time
      return forks.fork(of: header)
    }
    #expect(found == [.london, .shanghai, .cancun])
  }

  @Test(
    "blob limits that no block can keep are refused, and named with their fork",
    arguments: [(7, 6, 5), (3, 140_737_488_355_328, 5), (3, 6, 0)] as [(UInt64, UInt64, UInt64)])
  func blobLimits(target: UInt64, max: UInt64, fraction: UInt64) throws {
    let limits = #"{"target": \#(target), "max": \#(max), "baseFeeUpdateFraction": \#(fraction)}"#
    let error = #expect(throws: GenesisError.self) {
      try configuration(config: #""cancunTime": 0, "blobSchedule": {"cancun": \#(limits)}"#)
    }
    guard case .unsupported("config", let reason) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("Cancun") && reason.contains("target \(target), max \(max)"), "\(reason)")
  }

  @Test("the DAO's fork is made where a file only says when, as in besu's file of the main network")
  func daoFork() throws {
    #expect(try configuration(config: #""daoForkBlock": 5"#).forks.daoFork == 5)
    #expect(try configuration(config: #""daoForkBlock": 5, "daoForkSupport": true"#).forks.daoFork == 5)
  }

  @Test("block 0 can be read without the chain's rules, by config where there is one, else by its own fields")
  func headerAlone() throws {
    func shape(_ members: String) throws -> BlockHeader.Shape? {
      let json = #"{"alloc": {}, "difficulty": "0x0", "gasLimit": 5000, \#(members)}"#
      return try Genesis.header(json: [UInt8](json.utf8)).shape
    }
    #expect(try shape(#""config": {"chainId": 7, "londonBlock": 0, "cancunTime": 0, "bedrockBlock": 0}"#) == .cancun)
    #expect(try shape(#""config": null, "baseFeePerGas": "0x1""#) == .london)
    #expect(try shape(#""baseFeePerGas": "0x1", "excessBlobGas": "0x0""#) == .cancun)
    #expect(try shape(#""timestamp": 1"#) == .frontier)
  }

  @Test("a null member is an absent one")
  func nulls() throws {
    let chain = try configuration(config: #""londonBlock": null, "amsterdamTime": null"#)
    #expect(chain.forks.activations.isEmpty)
  }

  @Test("Constantinople without Petersburg is refused: geth and besu read it differently")
  func constantinopleAlone() {
    #expect(throws: GenesisError.missing(field: "config.petersburgBlock")) {
      try configuration(config: #""constantinopleBlock": 1"#)
    }
  }

  @Test(
    "what is no value of its field is refused with the field's name",
    arguments: [
      (#"{"difficulty": "0x1"}"#, GenesisError.missing(field: "config")),
      (#"{"config": {}, "difficulty": "0x1", "gasLimit": "0x1"}"#, .missing(field: "alloc")),
      (#"{"config": {}, "alloc": {}, "difficulty": "0x1", "gasLimit": "0x1"}"#, .missing(field: "config.chainId")),
      (#"{"config": {"chainId": 1}, "alloc": {}, "gasLimit": "0x1"}"#, .missing(field: "difficulty")),
      (
        #"{"config": {"chainId": 1}, "alloc": {}, "difficulty": "x", "gasLimit": "1"}"#,
        .invalid(
          field: "difficulty", value: "\"x\"", expected: "a number, decimal or after 0x hexadecimal, below 2^256")
      ),
      (
        #"{"config": {"chainId": 1}, "alloc": {"12": {}}, "difficulty": "1", "gasLimit": "1"}"#,
        .invalid(field: "alloc", value: "\"12\"", expected: "addresses of 20 bytes as keys")
      ),
    ])
  func badValues(json: String, expected: GenesisError) {
    #expect(throws: expected) { try Genesis.configuration(json: [UInt8](json.utf8)) }
  }

  @Test("an address under two spellings is refused")
  func addressTwice() {
    let text = address(7)
    #expect(throws: GenesisError.self) { try configuration(alloc: #"{"\#(text)": {}, "0x\#(text)": {}}"#) }
  }

  @Test("later forks at block 0 give the genesis header their fields")
  func forkFields() throws {
    let forks = #""londonBlock": 0, "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0"#
    let header = try configuration(config: forks).genesisHeader
    #expect(header.shape == .prague)
    #expect(header.baseFeePerGas == 1_000_000_000)
    #expect(
      "\(try #require(header.requestsHash))" == "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test("a missing file and a file that is no JSON say so")
  func unreadable() throws {
    let missing = #expect(throws: GenesisError.self) { try Genesis.configuration(path: "/nonexistent/genesis.json") }
    guard case .unreadable("/nonexistent/genesis.json", _) = try #require(missing) else {
      Issue.record("\(String(describing: missing))")
      return
    }
    let garbage = #expect(throws: GenesisError.self) { try Genesis.configuration(json: [UInt8]("{".utf8)) }
    guard case .notJSON = try #require(garbage) else {
      Issue.record("\(String(describing: garbage))")
      return
    }
    for text in ["{", "[1]", "no", #"{"config": {"chainId": 1e99999}}"#] {
      let said = "\(try #require(throws: GenesisError.self) { try Genesis.configuration(json: [UInt8](text.utf8)) })"
      #expect(!said.contains("DecodingError") && !said.contains("dataCorrupted") && said.contains("besu"), "\(said)")
    }
  }

  private func firstBlock(of path: String) throws -> [UInt8] {
    var file = try ChainFile(path: path)
    return try file.next()?.bytes ?? []
  }

  private func address(_ last: UInt8) -> String {
    String(repeating: "0", count: 38) + (last < 16 ? "0" : "") + String(last, radix: 16)
  }

  /// A small genesis file with these members of `config` and this allocation.
  @discardableResult
  private func configuration(config: String = "", alloc: String = "{}") throws(GenesisError) -> ChainConfiguration {
    let members = config.isEmpty ? "" : ", \(config)"
    let json = #"{"config": {"chainId": 7\#(members)}, "alloc": \#(alloc), "difficulty": "0x1", "gasLimit": 5000}"#
    return try Genesis.configuration(json: [UInt8](json.utf8))
  }
}
