// Messages of Nitro's feed against published ones.

import Foundation
import Primitives
import Rollup
import Signatures
import TestSupport
import Testing

@testable import Testimony

@Suite("Nitro feed, published")
struct PublishedNitroTests {
  private static let suite = "op-stack"

  /// A message of Arbitrum Sepolia's range and its hashes on chain 1, from Espresso's streamers (`utils_hash_test.go`), which
  /// had them from Nitro.
  static let sample = """
    {"sequenceNumber": 251130, "message": {"message": {"header": {"kind": 3,
    "sender": "0xa4b000000000000000000073657175656e636572", "blockNumber": 9327515, "timestamp": 1759416519,
    "requestId": null, "baseFeeL1": 0}, "l2Msg":
    "BPhubYQHJw4Agx6EgJSO2wCBbeOiUUSCU0ZKPxyiXFRrwYiKxyMEiegAAICCpt6gHyzMTw6viKLcwlti5lml/mWTrjGZBLch9SlZwEpH0TegC5t77PGC\
    OnFyXPlUWh4nZWjh5iHwDOLjYc92ozcie/k="}, "delayedMessagesRead": 599}}
    """

  @Test("the published hashes of one message, signed either way")
  func knownMessage() throws {
    let json = try #require(JSONValue(text: Self.sample))
    let message = try FeedMessage(json)
    #expect(
      "\(message.digest(.v1, l2ChainID: 1))" == "0xb323ae1efe57778e02c91dd96d7984b0317ad6a152e72dc3af08aadcc492cfe4")
    #expect(
      "\(message.digest(.v2, l2ChainID: 1))" == "0x596cc6c72e62f4d9d0e41671c8d841f5f2a91f9576de372aee1c1b057cfd37f6")
  }

  @Test("the published hashes of a message of zeros")
  func zeros() {
    let message = FeedMessage(
      sequenceNumber: 0, delayedMessagesRead: 0, kind: 0, sender: .zero, blockNumber: 0, timestamp: 0, l2Message: [])
    #expect(
      "\(message.digest(.v1, l2ChainID: 0))" == "0x5eb74481f65793d52736ccdbbd44daa3259817db8e7e5012fbee32340cbbab4e")
    #expect(
      "\(message.digest(.v2, l2ChainID: 0))" == "0xc05017ea4b856f58bbba6d58df0434632abee906f55451aa16ec4f30a88149c3")
  }

  /// Nitro's own `message_signature_test.go`.
  @Test("the published hash of a message with metadata and a request id")
  func metadata() {
    let message = FeedMessage(
      sequenceNumber: 12_345, blockMetadata: [0xde, 0xad, 0xbe, 0xaf], delayedMessagesRead: 3333, kind: 0,
      sender: .zero,
      blockNumber: 0, timestamp: 0, requestId: .zero, baseFeeL1: .zero, l2Message: [0xde, 0xad, 0xbe, 0xef])
    #expect(
      "\(message.digest(.v2, l2ChainID: 0xa4b1))"
        == "0x3d79853de5f9e4354e5d6c6d4cad19dcd969f9646f0cab21e5bdfee4902dfa2e")
  }

  @Test(
    "a message of Arbitrum One's feed is read, and shows nothing: it is unsigned",
    .enabled(if: Vectors.isExpected(suite)))
  func unsigned() throws {
    guard let directory = try Vectors.directory(Self.suite) else { return }
    let path = "\(directory)/sequencer/arbitrum-feed-message.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let json = try #require(JSONValue(text: text))
    let element = try #require(json["messages"]?.array?.first)
    let message = try FeedMessage(element)
    #expect(message.sequenceNumber == 25_757_171)
    #expect(message.delayedMessagesRead == 354_560)
    #expect(message.sender == NitroFeed.sequencer)
    // The message is a signed transaction: kind 4 of an L2 message, and its type.
    #expect(message.l2Message.prefix(2) == [4, 2])
    let reader = StatementReader(l2ChainID: 42_161, domain: nil)
    #expect(throws: StatementError.unsigned) {
      try reader.read([UInt8](Self.sample.utf8), .nitro)
    }
  }
}
