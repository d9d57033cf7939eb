package import Primitives

/// Value came to the contract to stand for something.
package struct BondDeposited: EventPayload {
  package static var kind: EventKind { .bondDeposited }

  /// Who paid.
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
