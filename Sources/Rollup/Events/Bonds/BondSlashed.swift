package import Primitives

/// What stood for something is lost to its owner.
package struct BondSlashed: EventPayload {
  package static var kind: EventKind { .bondSlashed }

  /// Who loses it.
  package var account: Address

  package var cause: BondCause

  /// In wei.
  package var amount: UInt256

  /// Who has it now; zero when it is burned.
  package var beneficiary: Address

  package init(account: Address, cause: BondCause, amount: UInt256, beneficiary: Address) {
    self.account = account
    self.cause = cause
    self.amount = amount
    self.beneficiary = beneficiary
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    account = try fields.readAddress()
    cause = try BondCause(&fields)
    amount = try fields.readUInt256()
    beneficiary = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(account)
    cause.append(to: &fields)
    fields.append(amount)
    fields.append(beneficiary)
  }
}
