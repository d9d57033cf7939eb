package import Primitives
import Rollup
import Signatures

/// Signed messages of Arbitrum Nitro's feed.
///
/// What they show, and what not: a key put this at one place of the order. The parent is not said, and of L1 a number without
/// a hash, so that a reorganisation can always be the reason for two messages at one place: nothing about them is ever
/// proven. The second way of signing puts fields of any length side by side without their lengths; only messages in which a
/// fixed sender stands where it belongs can be read in one way.
package enum NitroFeed {
  /// Who stands as the sender of what the sequencer itself orders: `0xa4b000000000000000000073657175656e636572`.
  package static let sequencer = Address(0xa4b0_0000_0000_0000, 0x0000_0073_6571_7565, 0x6e63_6572)

  /// `L1MessageType_L2Message`.
  package static let l2MessageKind: UInt8 = 3

  /// A message with its signature, r ‖ s ‖ v, v 0 or 1.
  package struct Signed: Hashable, Sendable {
    package var message: FeedMessage
    package var version: FeedMessage.Version
    package var signature: [UInt8]
  }
}

extension NitroFeed.Signed {
  /// What the signature says, and whose it is.
  package func statement(l2ChainID: UInt64, by signer: Address? = nil) throws(StatementError) -> Statement {
    guard message.kind == NitroFeed.l2MessageKind, message.sender == NitroFeed.sequencer else {
      throw .feed(.notTheSequencers)
    }
    let digest = message.digest(version, l2ChainID: l2ChainID)
    let author: Address
    do throws(SignatureError) {
      guard signature.count == 65 else { throw .wrongLength(signature.count) }
      let span = signature.rawSpan
      author =
        if let signer {
          signer
        } else {
          try Secp256k1.recoverAddress(
            hash: digest, r: UInt256(Hash256(span.extracting(0..<32))), s: UInt256(Hash256(span.extracting(32..<64))),
            recoveryID: span.byte(at: 64))
        }
    } catch { throw .signature(error) }
    return Statement(
      format: .nitro, signer: author, digest: digest, height: message.sequenceNumber, order: message.order, parent: nil,
      origin: nil, timestamp: message.timestamp)
  }

  /// Nil for a message without a signature, as many feeds send it.
  package init?(json raw: RawSpan) throws(FeedMessageError) {
    guard let json = JSONValue(raw) else { throw .notJSON }
    message = try FeedMessage(json)
    let (second, first) = (json["signatureV2"]?.string ?? "", json["signature"]?.string ?? "")
    guard !second.isEmpty || !first.isEmpty else { return nil }
    version = second.isEmpty ? .v1 : .v2
    guard let bytes = Base64.decode(second.isEmpty ? first : second) else { throw .badField("signature") }
    signature = bytes
  }
}

extension FeedMessage {
  /// Reads the fields that are signed; others are passed over, as every reader of the feed does.
  package init(_ json: JSONValue) throws(FeedMessageError) {
    guard let outer = json["message"], let message = outer["message"], let header = message["header"] else {
      throw .missing("message.message.header")
    }
    guard let kind = try Self.number(header, "kind").flatMap(UInt8.init(exactly:)) else { throw .badField("kind") }
    guard let sender = header["sender"]?.string.flatMap(Address.init(hex:)) else { throw .badField("sender") }
    self.init(
      sequenceNumber: try Self.required(json, "sequenceNumber"), blockHash: try Self.hash(json, "blockHash"),
      blockMetadata: try Self.bytes(json, "blockMetadata"),
      delayedMessagesRead: try Self.required(outer, "delayedMessagesRead"), kind: kind, sender: sender,
      blockNumber: try Self.required(header, "blockNumber"), timestamp: try Self.required(header, "timestamp"),
      requestId: try Self.hash(header, "requestId"), baseFeeL1: try Self.quantity(header, "baseFeeL1"),
      l2Message: try Self.bytes(message, "l2Msg"))
  }

  private static func number(_ object: JSONValue, _ name: String) throws(FeedMessageError) -> UInt64? {
    guard let member = object[name] else { return nil }
    guard let number = member.uint64 else { throw .badField(name) }
    return number
  }

  private static func required(_ object: JSONValue, _ name: String) throws(FeedMessageError) -> UInt64 {
    guard let number = try number(object, name) else { throw .missing(name) }
    return number
  }

  private static func hash(_ object: JSONValue, _ name: String) throws(FeedMessageError) -> Hash256? {
    guard let member = object[name] else { return nil }
    guard let hash = member.string.flatMap(Hash256.init(hex:)) else { throw .badField(name) }
    return hash
  }

  private static func bytes(_ object: JSONValue, _ name: String) throws(FeedMessageError) -> [UInt8] {
    guard let member = object[name] else { return [] }
    guard let bytes = member.string.flatMap({ Base64.decode($0) }) else { throw .badField(name) }
    return bytes
  }

  /// Go writes its large numbers as JSON numbers of any length.
  private static func quantity(_ object: JSONValue, _ name: String) throws(FeedMessageError) -> UInt256? {
    guard let member = object[name] else { return nil }
    guard let quantity = member.digits.flatMap({ UInt256($0) }) else { throw .badField(name) }
    return quantity
  }
}

/// Why JSON is no message of a feed.
package enum FeedMessageError: Error, Equatable, Sendable {
  case notJSON
  case missing(String)
  case badField(String)
  /// What comes from L1 is in a place that L1 gives it: the sequencer chooses nothing about it.
  case notTheSequencers
}

extension FeedMessageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON: "it is no JSON text"
    case .missing(let field): "it has no \(field)"
    case .badField(let field): "its \(field) cannot be read"
    case .notTheSequencers: "it is no message that the sequencer itself put there (kind 3, of the sequencer's address)"
    }
  }
}
