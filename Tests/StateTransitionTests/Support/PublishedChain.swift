import Foundation
import Primitives
import Rollup
import TestSupport
import Testing

/// A chain export and the allocation of its genesis file, as the published suites have them.
struct PublishedChain {
  let allocation: [GenesisAccount]
  private let bytes: [UInt8]

  /// nil when the suites are not at hand.
  init?(suite: String, genesis: String, blocks: String) throws {
    guard let folder = try Vectors.directory(suite) else { return nil }
    allocation = try PublishedChain.allocation(of: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(genesis)")))
    bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(blocks)")))
  }

  /// Calls `body` with each block in turn, until it returns false.
  func forEachBlock(_ body: (EthereumBlock) throws -> Bool) throws {
    var offset = 0
    while offset < bytes.count {
      let rest = bytes.rawSpan.extracting(offset..<bytes.count)
      guard let header = try RLPItemHeader.probe(rest) else { return }
      let block = try EthereumBlock(rlp: rest.extracting(first: header.itemLength))
      guard try body(block) else { return }
      offset += header.itemLength
    }
  }

  private static func allocation(of json: Data) throws -> [GenesisAccount] {
    let genesis = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    let accounts = try #require(genesis["alloc"] as? [String: [String: Any]])
    return try accounts.map { address, fields in
      GenesisAccount(
        address: try #require(Address(hex: address)), balance: try number(fields["balance"]),
        nonce: try #require(UInt64(exactly: number(fields["nonce"]))),
        code: try (fields["code"] as? String).map { try Hex.decode($0) } ?? [],
        storage: try (fields["storage"] as? [String: String] ?? [:]).map {
          GenesisAccount.Slot(key: try number($0), value: try number($1))
        })
    }
  }

  /// Zero where there is none.
  private static func number(_ value: Any?) throws -> UInt256 {
    try (value as? String).map { try #require(UInt256($0)) } ?? .zero
  }
}
