package import Primitives

/// A sequencer was shown to have contradicted itself.
package struct SequencerSlashed: EventPayload {
  package static var kind: EventKind { .sequencerSlashed }

  /// Keccak-256 of the evidence as it was handed in.
  package var evidenceHash: Hash256

  package var equivocation: EquivocationKind

  /// The key that signed.
  package var offender: Address

  package var reporter: Address

  /// What the bond lost, in wei.
  package var amount: UInt256

  /// How much of it nobody gets, in wei: at least half, so that reporting oneself does not pay.
  package var burned: UInt256

  package init(
    evidenceHash: Hash256, equivocation: EquivocationKind, offender: Address, reporter: Address, amount: UInt256,
    burned: UInt256
  ) {
    self.evidenceHash = evidenceHash
    self.equivocation = equivocation
    self.offender = offender
    self.reporter = reporter
    self.amount = amount
    self.burned = burned
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    evidenceHash = try fields.readHash256()
    equivocation = try fields.readChoice("equivocation is a number from 1 to 3")
    offender = try fields.readAddress()
    reporter = try fields.readAddress()
    amount = try fields.readUInt256()
    burned = try fields.readUInt256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(evidenceHash)
    fields.append(equivocation.rawValue)
    fields.append(offender)
    fields.append(reporter)
    fields.append(amount)
    fields.append(burned)
  }
}
