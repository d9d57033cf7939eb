import Hashing
package import Primitives

/// What a sequencer signs of a block, as EIP-712 typed data: its place and its order. Commitments are compared by
/// `orderCommitment`, never by the bytes of signatures.
package struct SequencerCommitment: Hashable, Sendable {
  package var l2ChainID: UInt64
  package var blockNumber: UInt64
  package var parentOrder: Hash256
  package var orderCommitment: Hash256
  package var l1Origin: BlockID

  /// In seconds.
  package var timestamp: UInt64

  package init(
    l2ChainID: UInt64, blockNumber: UInt64, parentOrder: Hash256, orderCommitment: Hash256, l1Origin: BlockID,
    timestamp: UInt64
  ) {
    self.l2ChainID = l2ChainID
    self.blockNumber = blockNumber
    self.parentOrder = parentOrder
    self.orderCommitment = orderCommitment
    self.l1Origin = l1Origin
    self.timestamp = timestamp
  }

  /// The one commitment that fits an order.
  package init(order: BlockOrder, l2ChainID: UInt64) {
    self.init(
      l2ChainID: l2ChainID, blockNumber: order.number, parentOrder: order.parentOrder,
      orderCommitment: order.commitment, l1Origin: order.l1Origin, timestamp: order.timestamp)
  }

  /// What the key signs: `keccak(0x1901 ‖ domain separator ‖ hashStruct)` (EIP-712).
  package func digest(in domain: CommitmentDomain) -> Hash256 {
    Keccak256.hash([0x19, 0x01] + domain.separator.bytes + structHash.bytes)
  }

  private var structHash: Hash256 {
    var words = SequencerCommitment.typeHash.bytes
    words.append(contentsOf: UInt256(l2ChainID).bigEndianBytes)
    words.append(contentsOf: UInt256(blockNumber).bigEndianBytes)
    words.append(contentsOf: parentOrder.bytes)
    words.append(contentsOf: orderCommitment.bytes)
    words.append(contentsOf: UInt256(l1Origin.number).bigEndianBytes)
    words.append(contentsOf: l1Origin.hash.bytes)
    words.append(contentsOf: UInt256(timestamp).bigEndianBytes)
    return Keccak256.hash(words)
  }

  private static let typeHash: Hash256 = {
    let type =
      "SequencerCommitment(uint256 l2ChainId,uint64 blockNumber,bytes32 parentOrder,bytes32 orderCommitment,"
      + "uint64 l1OriginNumber,bytes32 l1OriginHash,uint64 timestamp)"
    return Keccak256.hash([UInt8](type.utf8))
  }()
}
