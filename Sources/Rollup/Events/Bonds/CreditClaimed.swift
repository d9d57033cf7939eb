package import Primitives

/// An account took its credit out of the contract.
package struct CreditClaimed: EventPayload {
  package static var kind: EventKind { .creditClaimed }

  package var account: Address

  /// In wei.
  package var amount: UInt256

  /// Whom the contract paid.
  package var beneficiary: Address

  package init(account: Address, amount: UInt256, beneficiary: Address) {
    self.account = account
    self.amount = amount
    self.beneficiary = beneficiary
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    account = try fields.readAddress()
    amount = try fields.readUInt256()
    beneficiary = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(account)
    fields.append(amount)
    fields.append(beneficiary)
  }
}
