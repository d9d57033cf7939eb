package import Primitives

/// A withdrawal was carried out.
package struct WithdrawalFinalized: EventPayload {
  package static var kind: EventKind { .withdrawalFinalized }

  package var withdrawalHash: Hash256

  /// Whom it called.
  package var target: Address

  /// What left the escrow, in wei.
  package var value: UInt256

  package var submitter: Address

  /// Whether the call succeeded; the withdrawal is used up either way.
  package var success: Bool

  package init(withdrawalHash: Hash256, target: Address, value: UInt256, submitter: Address, success: Bool) {
    self.withdrawalHash = withdrawalHash
    self.target = target
    self.value = value
    self.submitter = submitter
    self.success = success
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    withdrawalHash = try fields.readHash256()
    target = try fields.readAddress()
    value = try fields.readUInt256()
    submitter = try fields.readAddress()
    success = try fields.readFlag()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(withdrawalHash)
    fields.append(target)
    fields.append(value)
    fields.append(submitter)
    fields.append(flag: success)
  }
}
