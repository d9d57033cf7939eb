package import Primitives

/// A sequencer's commitment with its signature: what travels on the feed, stands in a batch, and becomes evidence.
///
/// `Signature(walletBytes:)` and `Secp256k1.recoverAddress` give the signer of `commitment.digest(in:)`.
package struct SignedCommitment: Hashable, Sendable {
  package var commitment: SequencerCommitment

  /// r ‖ s ‖ v, 65 bytes: s in its low form, v 27 or 28. The form that wallets and `ecrecover` use.
  package var signature: [UInt8]

  package init(commitment: SequencerCommitment, signature: [UInt8]) {
    self.commitment = commitment
    self.signature = signature
  }
}

extension SignedCommitment {
  /// Decodes the canonical bytes.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    commitment = SequencerCommitment(
      l2ChainID: try fields.readUInt64(), blockNumber: try fields.readUInt64(),
      parentOrder: try fields.readHash256(), orderCommitment: try fields.readHash256(),
      l1Origin: BlockID(number: try fields.readUInt64(), hash: try fields.readHash256()),
      timestamp: try fields.readUInt64())
    signature = try fields.readExactly(65).bytes
    try fields.finish()
  }

  /// The canonical bytes: an RLP list of the typed data's fields in its order, and the signature.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 256)
    writer.list { (fields) in
      fields.append(commitment.l2ChainID)
      fields.append(commitment.blockNumber)
      fields.append(commitment.parentOrder)
      fields.append(commitment.orderCommitment)
      fields.append(commitment.l1Origin.number)
      fields.append(commitment.l1Origin.hash)
      fields.append(commitment.timestamp)
      fields.append(bytes: signature)
    }
    return writer.bytes
  }
}
