// Blocks of the OP Stack's gossip against published ones.

import Foundation
import Hashing
import Primitives
import Rollup
import Signatures
import StateTrie
import TestSupport
import Testing

@testable import Testimony

@Suite("OP Stack gossip, published")
struct PublishedOPTests {
  private static let suite = "op-stack"

  /// `op-p2p-envelopes.json`: the literals of op-alloy's tests, one of each version.
  private struct Envelopes: Decodable {
    struct Envelope: Decodable {
      struct Expectation: Decodable {
        var timestamp, blockNumber, gasLimit, gasUsed: UInt64
        var blockHash, parentHash, stateRoot, payloadHash: String
        var uncompressedLength: Int
      }

      var version: String
      var compressed: String
      var expect: Expectation
    }

    var envelopes: [Envelope]
  }

  @Test("envelopes of all four versions are decoded, and encoded again", .enabled(if: Vectors.isExpected(suite)))
  func envelopes() throws {
    guard let directory = try Vectors.directory(Self.suite) else { return }
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/sequencer/op-p2p-envelopes.json"))
    let envelopes = try JSONDecoder().decode(Envelopes.self, from: data).envelopes
    #expect(envelopes.map(\.version) == ["v1", "v2", "v3", "v4"])
    for (envelope, version) in zip(envelopes, ExecutionPayload.Version.allCases) {
      let message = try Snappy.decompress(Hex.decode(envelope.compressed), upTo: 10 << 20)
      #expect(message.count == envelope.expect.uncompressedLength)
      let signed = [UInt8](message.dropFirst(65))
      #expect("\(Keccak256.hash(signed))" == envelope.expect.payloadHash)
      let payload = try ExecutionPayload(bytes: signed, version)
      #expect(payload.header.timestamp == envelope.expect.timestamp)
      #expect(payload.header.number == envelope.expect.blockNumber)
      #expect(payload.header.gasLimit == envelope.expect.gasLimit)
      #expect(payload.header.gasUsed == envelope.expect.gasUsed)
      #expect("\(payload.blockHash)" == envelope.expect.blockHash)
      #expect("\(payload.header.parentHash)" == envelope.expect.parentHash)
      #expect("\(payload.header.stateRoot)" == envelope.expect.stateRoot)
      #expect(payload.encode() == signed)
      // Three are blocks; the fourth was made by hand, and its hash is of nothing.
      #expect(payload.hasItsHash == (version != .v4))
    }
  }

  /// The signing hash of optimism's `op-service/signer/blockpayload_args_test.go`.
  @Test("the published signing hash")
  func signingHash() throws {
    let domain = Hash256(0x7b2a_0000_0000_0000, 0, 0, 0)
    let digest = OPGossip.digest(of: [UInt8]("arbitraryData".utf8).rawSpan, l2ChainID: 100, domain: domain)
    #expect("\(digest)" == "0xc724de7aefa316a12cbbd5edc39d512830598cce5d6ac81d1b518ef69450ad77")
  }

  @Test(
    "blocks of OP Sepolia, put into payloads, have the hash that the chain has, and name their L1 origin",
    .enabled(if: Vectors.isExpected(suite)), arguments: [26_207_961, 26_207_962] as [UInt64])
  func sepolia(number: UInt64) throws {
    guard let directory = try Vectors.directory(Self.suite) else { return }
    let block = try SepoliaBlock(number, in: directory)
    let payload = try #require(ExecutionPayload(header: block.header, transactions: block.transactions))
    #expect(payload.version == .v3)
    #expect(payload.blockHash == block.hash)
    let key = Hash256(1, 2, 3, 4)
    let message = try OPGossip.sign(payload, l2ChainID: 11_155_420, privateKey: key)
    let reader = StatementReader(l2ChainID: 11_155_420, domain: nil)
    let statement = try reader.read(Snappy.literal(message), .op)
    #expect(statement.signer == (try Secp256k1.address(of: key)))
    #expect(statement.height == number)
    #expect(statement.order == block.hash)
    #expect(statement.parent == block.header.parentHash)
    #expect(try statement.origin == block.origin)
    #expect(try ExecutionPayload(bytes: payload.encode(), .v3) == payload)
    // For another chain it is somebody else's word.
    let foreign = StatementReader(l2ChainID: 10, domain: nil)
    #expect(try foreign.read(Snappy.literal(message), .op).signer != statement.signer)
  }
}

/// A block of OP Sepolia that kona's executor tests hold: its transactions, and its header from the block after it.
struct SepoliaBlock {
  let hash: Hash256
  let header: BlockHeader
  let transactions: [[UInt8]]

  /// Read off the fixed places of Ecotone's layout, independently of the code under test.
  var origin: BlockID {
    get throws {
      let first = transactions[0]
      let start = try #require(first.firstRange(of: [0x44, 0x0a, 0x5e, 0x20] as [UInt8])).lowerBound
      let number = first[(start + 28)..<(start + 36)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return BlockID(number: number, hash: try #require(Hash256(bytes: [UInt8](first[(start + 100)..<(start + 132)]))))
    }
  }

  init(_ number: UInt64, in directory: String) throws {
    func fixture(_ number: UInt64) throws -> [String: Any] {
      let path = "\(directory)/kona-executor/block-\(number)/fixture.json"
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let own = try fixture(number)
    hash = try #require((own["expected_block_hash"] as? String).flatMap { Hash256(hex: $0) })
    let payload = try #require(own["executing_payload"] as? [String: Any])
    transactions = try #require(payload["transactions"] as? [String]).map { try Hex.decode($0) }
    header = try Self.header(try #require(try fixture(number + 1)["parent_header"] as? [String: String]))
  }

  private static func header(_ json: [String: String]) throws -> BlockHeader {
    func text(_ name: String) throws -> String { try #require(json[name]) }
    func hash(_ name: String) throws -> Hash256 { try #require(Hash256(hex: text(name))) }
    func number(_ name: String) throws -> UInt64 { try #require(UInt64(text(name).dropFirst(2), radix: 16)) }
    var header = BlockHeader(
      parentHash: try hash("parentHash"), ommersHash: try hash("sha3Uncles"),
      beneficiary: try #require(Address(hex: text("miner"))), stateRoot: try hash("stateRoot"),
      transactionsRoot: try hash("transactionsRoot"), receiptsRoot: try hash("receiptsRoot"),
      logsBloom: try #require(LogsBloom(bytes: Hex.decode(text("logsBloom")))), difficulty: .zero,
      number: try number("number"), gasLimit: try number("gasLimit"), gasUsed: try number("gasUsed"),
      timestamp: try number("timestamp"), extraData: try Hex.decode(text("extraData")), mixHash: try hash("mixHash"),
      nonce: 0)
    header.baseFeePerGas = UInt256(try number("baseFeePerGas"))
    header.withdrawalsRoot = try hash("withdrawalsRoot")
    header.blobGasUsed = try number("blobGasUsed")
    header.excessBlobGas = try number("excessBlobGas")
    header.parentBeaconBlockRoot = try hash("parentBeaconBlockRoot")
    return header
  }
}
