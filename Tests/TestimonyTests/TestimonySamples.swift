// Signed messages for the tests of this folder.

import Foundation
import Primitives
import Rollup
import Signatures
import StateTrie

@testable import Testimony

enum TestimonySamples {
  static let chainID: UInt64 = 1337

  static let domain = CommitmentDomain(
    l1ChainID: 31_337, contract: Address(0x6161_6161_6161_6161, 0x6161_6161_6161_6161, 0x6161_6161),
    rollupId: Hash256(8, 3, 8, 3))

  static let key = Hash256(11, 22, 33, 44)

  static let signer: Address = (try? Secp256k1.address(of: key)) ?? .zero

  static let origin = BlockID(number: 300, hash: Hash256(5, 6, 7, 8))

  /// A commitment that fits an order; `salt` makes it another one.
  static func order(number: UInt64, parent: Hash256 = .zero, origin: BlockID = origin, salt: UInt64 = 0) -> BlockOrder {
    BlockOrder(
      number: number, parentOrder: parent, timestamp: 1_700_000_000 + number, l1Origin: origin, messagesConsumed: 0,
      transactionsRoot: Hash256(salt, 0, 0, number))
  }

  static func commitment(
    number: UInt64, parent: Hash256 = .zero, origin: BlockID = origin, salt: UInt64 = 0, key: Hash256 = key
  ) throws -> SignedCommitment {
    try sign(
      SequencerCommitment(order: order(number: number, parent: parent, origin: origin, salt: salt), l2ChainID: chainID),
      key: key)
  }

  static func sign(_ commitment: SequencerCommitment, key: Hash256 = key) throws -> SignedCommitment {
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }

  static func payload(
    version: Int, number: UInt64 = 508, parent: Hash256 = Hash256(1, 1, 1, 1), origin: BlockID = origin,
    extra: UInt8 = 0
  ) throws -> ExecutionPayload {
    let transactions = [L1Attributes.transaction(origin: origin, timestamp: 12, sequenceNumber: 0), [2, extra, 7]]
    var header = BlockHeader(
      parentHash: parent, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: Address(4, 2, 0x11),
      stateRoot: Hash256(1, 2, 3, 5), transactionsRoot: orderedRoot(transactions), receiptsRoot: Hash256(9, 9, 9, 9),
      logsBloom: .empty, difficulty: .zero, number: number, gasLimit: 30_000_000, gasUsed: 21_000,
      timestamp: 1_700_000_000,
      extraData: [0, 0, 0, 0, 250, 0, 0, 0, 6], mixHash: Hash256(3, 3, 3, 3), nonce: 0)
    header.baseFeePerGas = UInt256(7)
    if version >= 2 { header.withdrawalsRoot = orderedRoot([]) }
    if version >= 3 {
      (header.blobGasUsed, header.excessBlobGas) = (0, 0)
      header.parentBeaconBlockRoot = Hash256(2, 2, 2, 2)
    }
    if version >= 4 {
      header.withdrawalsRoot = Hash256(6, 6, 6, 6)
      header.requestsHash = Hash256(hex: "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
    guard let payload = ExecutionPayload(header: header, transactions: transactions) else { throw NoPayload() }
    return payload
  }

  struct NoPayload: Error {}

  /// A deposit of attributes in Bedrock's layout: eight words of the ABI.
  static func bedrockAttributes(_ origin: BlockID) -> [UInt8] {
    var data: [UInt8] = [0x01, 0x5d, 0x8e, 0xb9] + UInt256(origin.number).bigEndianBytes
    data += [UInt8](repeating: 1, count: 64) + origin.hash.bytes + [UInt8](repeating: 2, count: 128)
    return attributes(data)
  }

  /// A deposit of attributes in one of the packed layouts: the later ones add fields behind Ecotone's, 164 bytes.
  static func packedAttributes(_ origin: BlockID, selector: UInt32, byteCount: Int) -> [UInt8] {
    var data: [UInt8] = []
    data.append(bigEndian: selector)
    data += [UInt8](repeating: 3, count: 24)
    data.append(bigEndian: origin.number)
    data += [UInt8](repeating: 4, count: 64) + origin.hash.bytes
    data += [UInt8](repeating: 5, count: max(0, byteCount - data.count))
    return attributes([UInt8](data.prefix(byteCount)))
  }

  private static func attributes(_ data: [UInt8]) -> [UInt8] {
    var writer = RLPWriter()
    writer.list { fields in
      fields.append(Hash256.zero)
      fields.append(L1Attributes.depositor)
      fields.append(L1Attributes.contract)
      for number in [0, 0, 1_000_000, 1] as [UInt64] { fields.append(number) }
      fields.append(bytes: data)
    }
    return [0x7e] + writer.bytes
  }

  static func message() throws -> FeedMessage {
    guard let json = JSONValue(text: PublishedNitroTests.sample) else { throw NoPayload() }
    return try FeedMessage(json)
  }

  static func sign(_ message: FeedMessage) throws -> NitroFeed.Signed {
    let signature = try Secp256k1.sign(message.digest(.v2, l2ChainID: chainID), privateKey: key)
    return NitroFeed.Signed(
      message: message, version: .v2,
      signature: signature.r.bigEndianBytes + signature.s.bigEndianBytes + [signature.recoveryID])
  }

  /// The published message of Nitro's feed, signed with this key.
  static func feed(
    _ version: FeedMessage.Version, kind: Int = 3, sender: String = "0xa4b000000000000000000073657175656e636572"
  ) throws -> String {
    let digest = try message().digest(version, l2ChainID: chainID)
    let signature = try Secp256k1.sign(digest, privateKey: key)
    let bytes = signature.r.bigEndianBytes + signature.s.bigEndianBytes + [signature.recoveryID]
    let name = version == .v1 ? "signature" : "signatureV2"
    let text = PublishedNitroTests.sample.replacingOccurrences(of: "\"kind\": 3", with: "\"kind\": \(kind)")
      .replacingOccurrences(of: "0xa4b000000000000000000073657175656e636572", with: sender)
    return text.trimmingCharacters(in: .whitespacesAndNewlines).dropLast()
      + ", \"\(name)\": \"\(Base64.encode(bytes))\"}"
  }
}

/// The root of a trie by index, as headers have it.
private func orderedRoot(_ items: [[UInt8]]) -> Hash256 { Trie.orderedRoot(of: items) }

// Spans cannot stand in the macros of tests.
extension StatementReader {
  func read(_ raw: [UInt8], _ format: SequencerCommitmentObserved.Format) throws(StatementError) -> Statement {
    try statement(raw.rawSpan, format)
  }
}

extension Snappy {
  static func decompress(_ bytes: [UInt8], upTo limit: Int) throws(SnappyError) -> [UInt8] {
    try decompress(bytes.rawSpan, limit: limit)
  }
}

extension OPGossip {
  static func payload(_ bytes: [UInt8]) throws(ExecutionPayloadError) -> ExecutionPayload { try payload(bytes.rawSpan) }
}

extension ExecutionPayload {
  init(bytes: [UInt8], _ version: Version) throws(ExecutionPayloadError) {
    try self.init(bytes.rawSpan, version: version)
  }
}

extension JSONValue {
  init?(text: String) { self.init([UInt8](text.utf8).rawSpan) }
}
