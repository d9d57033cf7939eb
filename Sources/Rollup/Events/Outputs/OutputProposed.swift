package import Primitives

/// A claim about the state after a block, posted to L1.
package struct OutputProposed: EventPayload {
  package static var kind: EventKind { .outputProposed }

  package var outputIndex: UInt64

  /// How `outputRoot` is made: 0 is the OP Stack's definition, 1 the block hash itself (imported chains).
  package var outputVersion: UInt64

  package var outputRoot: Hash256

  /// `OutputClaim.hash`: the output together with the cursor into the data that led to it.
  package var claim: Hash256

  package var stateRoot, blockHash: Hash256

  package var l2BlockNumber: UInt64

  /// The L1 block up to which data may have been used.
  package var l1Head: BlockID

  /// Index of the output that this one extends; nil for the first.
  package var parentOutput: UInt64?

  package var proposer: Address

  /// In wei.
  package var bond: UInt256

  package init(
    outputIndex: UInt64, outputVersion: UInt64, outputRoot: Hash256, claim: Hash256, stateRoot: Hash256,
    blockHash: Hash256, l2BlockNumber: UInt64, l1Head: BlockID, parentOutput: UInt64?, proposer: Address, bond: UInt256
  ) {
    self.outputIndex = outputIndex
    self.outputVersion = outputVersion
    self.outputRoot = outputRoot
    self.claim = claim
    self.stateRoot = stateRoot
    self.blockHash = blockHash
    self.l2BlockNumber = l2BlockNumber
    self.l1Head = l1Head
    self.parentOutput = parentOutput
    self.proposer = proposer
    self.bond = bond
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    outputIndex = try fields.readUInt64()
    outputVersion = try fields.readUInt64()
    outputRoot = try fields.readHash256()
    claim = try fields.readHash256()
    stateRoot = try fields.readHash256()
    blockHash = try fields.readHash256()
    l2BlockNumber = try fields.readUInt64()
    l1Head = try BlockID(&fields)
    parentOutput = try fields.readOptional { (item) throws(RLPError) in try item.readUInt64() }
    proposer = try fields.readAddress()
    bond = try fields.readUInt256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(outputIndex)
    fields.append(outputVersion)
    fields.append(outputRoot)
    fields.append(claim)
    fields.append(stateRoot)
    fields.append(blockHash)
    fields.append(l2BlockNumber)
    l1Head.append(to: &fields)
    fields.appendOptional(parentOutput) { (item, value) in item.append(value) }
    fields.append(proposer)
    fields.append(bond)
  }
}
