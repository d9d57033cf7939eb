package import Primitives

/// Credit for having been right, out of what was slashed.
package struct RewardPaid: EventPayload {
  package static var kind: EventKind { .rewardPaid }

  /// Who gets it.
  package var account: Address

  package var cause: BondCause

  /// In wei.
  package var amount: UInt256

  package init(account: Address, cause: BondCause, amount: UInt256) {
    self.account = account
    self.cause = cause
    self.amount = amount
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    account = try fields.readAddress()
    cause = try BondCause(&fields)
    amount = try fields.readUInt256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(account)
    cause.append(to: &fields)
    fields.append(amount)
  }
}
