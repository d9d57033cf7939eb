import Foundation
import Hashing
import Primitives
import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

/// geth's dump of the state after its 600-block test chain.
private struct HeadState: Decodable {
  struct DumpedAccount: Decodable {
    let balance: String
    let nonce: UInt64
    let root: String
    let codeHash: String
    let code: String?
    let storage: [String: String]?
    let key: String
  }

  let root: String
  let accounts: [String: DumpedAccount]
}

@Suite("A published state")
struct HeadStateTests {
  @Test(
    "geth's chain of 600 blocks ends in the rows of geth's own dump: accounts, storage and code, and no more",
    .enabled(if: Vectors.isExpected("chains")))
  func geth() throws {
    guard let directory = try Vectors.directory("chains") else { return }
    let folder = "\(directory)/geth-ethtest"
    let chain = try PublishedChainTests.chain(
      genesis: "\(folder)/genesis.json", blocks: "\(folder)/chain.rlp", count: 601)
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/headstate.json"))
    let dump = try JSONDecoder().decode(HeadState.self, from: data)
    let tables = try Scratch.fold(chain)
    let view = ProjectionView(batch: WriteBatch(), over: tables)
    let last = try #require(try ProposerState.result(of: 600, in: view))
    #expect(last.stateRoot == Hash256(hex: dump.root) && last.differences == [])
    #expect(dump.accounts.count == 194)
    try checkAccounts(dump, tables)
    try checkStorage(dump, tables)
    let codes = try dump.accounts.values.compactMap(\.code).map { try Hex.decode($0) }
    let stored = Dictionary(uniqueKeysWithValues: tables.ordered(ProposerState.code).map { ($0.key, $0.value) })
    #expect(codes.count > 10)
    for code in codes { #expect(stored[Keccak256.hash(code).bytes] == code) }
  }

  private func checkAccounts(_ dump: HeadState, _ tables: MemoryTables) throws {
    let rows = tables.ordered(ProposerState.accounts)
    let expected = try dump.accounts.map { address, account in
      let key = Keccak256.hash(try Hex.decode(address)).bytes
      #expect(Hex.encode(key) == account.key)
      let value = Account(
        nonce: account.nonce, balance: try #require(UInt256(account.balance)),
        storageRoot: try #require(Hash256(hex: account.root)), codeHash: try #require(Hash256(hex: account.codeHash)))
      return (key, value)
    }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    #expect(rows.map(\.key) == expected.map(\.0))
    #expect(try rows.map { try Account(row: $0.value.rawSpan) } == expected.map(\.1))
  }

  /// Slots are dumped by their number, values as trimmed bytes in hexadecimal.
  private func checkStorage(_ dump: HeadState, _ tables: MemoryTables) throws {
    var expected: [[UInt8]: UInt256] = [:]
    for (address, account) in dump.accounts {
      for (slot, value) in account.storage ?? [:] {
        let key = Keccak256.hash(try Hex.decode(address)).bytes + Keccak256.hash(try Hex.decode(slot)).bytes
        let number: UInt256 = try #require(UInt256("0x" + value))
        expected[key] = number
      }
    }
    var found: [[UInt8]: UInt256] = [:]
    for row in tables.ordered(ProposerState.storage) {
      var reader = RLPReader(row.value.rawSpan)
      found[row.key] = try reader.readUInt256()
    }
    #expect(expected.count > 1000)
    #expect(found == expected)
  }
}
