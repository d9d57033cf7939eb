import Hashing
package import Primitives

/// One message of Arbitrum Nitro's sequencer feed, with all that a signature over it covers.
package struct FeedMessage: Hashable, Sendable {
  /// Its place in the order.
  package var sequenceNumber: UInt64

  /// Hash of the L2 block that it makes; not every sequencer says it.
  package var blockHash: Hash256?

  /// Which transactions came by the express lane.
  package var blockMetadata: [UInt8]

  /// How many messages of the delayed inbox are consumed.
  package var delayedMessagesRead: UInt64

  package var kind: UInt8
  package var sender: Address

  /// Number of an L1 block that the sequencer knew. Its hash is not said.
  package var blockNumber: UInt64

  /// In seconds.
  package var timestamp: UInt64

  package var requestId: Hash256?
  package var baseFeeL1: UInt256?
  package var l2Message: [UInt8]

  package init(
    sequenceNumber: UInt64, blockHash: Hash256? = nil, blockMetadata: [UInt8] = [], delayedMessagesRead: UInt64,
    kind: UInt8, sender: Address, blockNumber: UInt64, timestamp: UInt64, requestId: Hash256? = nil,
    baseFeeL1: UInt256? = nil, l2Message: [UInt8]
  ) {
    self.sequenceNumber = sequenceNumber
    self.blockHash = blockHash
    self.blockMetadata = blockMetadata
    self.delayedMessagesRead = delayedMessagesRead
    self.kind = kind
    self.sender = sender
    self.blockNumber = blockNumber
    self.timestamp = timestamp
    self.requestId = requestId
    self.baseFeeL1 = baseFeeL1
    self.l2Message = l2Message
  }

  /// How a message was signed.
  package enum Version: UInt64, CaseIterable, Sendable {
    /// Up to v3.9: over an RLP list, under the key `signature`.
    case v1 = 1
    /// From v3.10 on: over the fields one after the other, under the key `signatureV2`.
    case v2 = 2
  }

  private static let prefix = [UInt8]("Arbitrum Nitro Feed:".utf8)

  /// What the sequencer signs. O(bytes).
  package func digest(_ version: Version, l2ChainID: UInt64) -> Hash256 {
    var bytes = Self.prefix
    switch version {
    case .v1:
      for number in [sequenceNumber, l2ChainID, delayedMessagesRead] { bytes.append(bigEndian: number) }
      bytes += rlp
    case .v2:
      for number in [l2ChainID, sequenceNumber] { bytes.append(bigEndian: number) }
      bytes += (blockHash?.bytes ?? []) + blockMetadata
      bytes += contents
    }
    return Keccak256.hash(bytes)
  }

  /// A hash over what decides what the message does; the hash of the block and its metadata, which do not, are left out.
  package var order: Hash256 { Keccak256.hash(contents) }

  private var contents: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: delayedMessagesRead)
    bytes.append(kind)
    bytes += sender.bytes
    bytes.append(bigEndian: blockNumber)
    bytes.append(bigEndian: timestamp)
    return bytes + (requestId?.bytes ?? []) + (baseFeeL1?.minimalBigEndianBytes ?? []) + l2Message
  }

  private var rlp: [UInt8] {
    var writer = RLPWriter(capacity: 96 + l2Message.count)
    writer.list { message in
      message.list { header in
        header.append(UInt64(kind))
        header.append(sender)
        header.append(blockNumber)
        header.append(timestamp)
        // None is an empty list there, as the published hashes say.
        if let requestId { header.append(requestId) } else { header.list { _ in } }
        header.append(baseFeeL1 ?? .zero)
      }
      message.append(bytes: l2Message)
    }
    return writer.bytes
  }
}
