package import Primitives
package import Rollup

/// What a key said of one height of a chain, whatever the form in which it was signed: the part that can be held against
/// another statement of the same key.
package struct Statement: Hashable, Sendable {
  package var format: SequencerCommitmentObserved.Format

  /// Recovered from the signature. Whether it is anybody's whose word counts, the reader knows, or L1.
  package var signer: Address

  /// What the signature is over. Two encodings with one digest are one statement.
  package var digest: Hash256

  /// Number of the block; of Nitro's feed, of the message.
  package var height: UInt64

  /// The block's order commitment; of the OP Stack its hash; of Nitro a hash over all that decides what the message does.
  package var order: Hash256

  /// The order that it extends; nil where the format does not say.
  package var parent: Hash256?

  /// The L1 block that it was made from; nil where the format binds none.
  package var origin: BlockID?

  /// In seconds.
  package var timestamp: UInt64

  package init(
    format: SequencerCommitmentObserved.Format, signer: Address, digest: Hash256, height: UInt64, order: Hash256,
    parent: Hash256?, origin: BlockID?, timestamp: UInt64
  ) {
    self.format = format
    self.signer = signer
    self.digest = digest
    self.height = height
    self.order = order
    self.parent = parent
    self.origin = origin
    self.timestamp = timestamp
  }
}

extension Statement {
  /// Whether this is what a sequencer signs of an order: the order, and no other fields than the order's.
  package func isOwn(of preimage: BlockOrder) -> Bool {
    order == preimage.commitment && Contradiction(self, preimage: preimage) == nil
  }
}

extension Statement {
  /// What an order of a height is made from: two orders on one ground are a double sign whatever L1 does.
  package struct Ground: Hashable, Sendable {
    package let format: SequencerCommitmentObserved.Format
    package let signer: Address
    package let height: UInt64
    package let origin: BlockID

    /// Of the OP Stack, whose derivation may have replaced a block below; nil of this chain's own sequencer, whose rule
    /// asks for no second order with one origin.
    package let parent: Hash256?
  }

  /// Nil where the format binds no L1 block, so that L1 can always be the reason.
  package var ground: Ground? {
    guard let origin else { return nil }
    return Ground(
      format: format, signer: signer, height: height, origin: origin, parent: format == .varve ? nil : parent)
  }
}
