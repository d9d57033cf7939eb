package import Primitives
import Rollup

/// What an account has, and had, in the contract, in wei.
package struct AccountRow: Hashable, Sendable {
  /// What it ever deposited.
  package var deposited = UInt256.zero

  /// What stands for its words now.
  package var locked = UInt256.zero

  /// What it may take out.
  package var credit = UInt256.zero

  /// What it lost.
  package var slashed = UInt256.zero

  /// What it won.
  package var rewards = UInt256.zero

  /// What it took out.
  package var paidOut = UInt256.zero
}

extension AccountRow: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    deposited = try fields.readUInt256()
    locked = try fields.readUInt256()
    credit = try fields.readUInt256()
    slashed = try fields.readUInt256()
    rewards = try fields.readUInt256()
    paidOut = try fields.readUInt256()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      for amount in [deposited, locked, credit, slashed, rewards, paidOut] { fields.append(amount) }
    }
  }
}

extension ChallengerView {
  /// Books a movement. Amounts are the contract's, which conserves value: sums wrap for nobody.
  func account(_ event: Event, in view: ProjectionView) throws(FoldError) {
    switch event {
    case .bondDeposited(let event):
      try book(event.account, in: view) { $0.deposited = $0.deposited &+ event.amount }
    case .bondLocked(let event):
      try book(event.account, in: view) { $0.locked = $0.locked &+ event.amount }
    case .bondReleased(let event):
      try book(event.account, in: view) {
        $0.locked = $0.locked &- event.amount
        $0.credit = $0.credit &+ event.amount
      }
    case .bondSlashed(let event):
      try book(event.account, in: view) {
        $0.locked = $0.locked &- event.amount
        $0.slashed = $0.slashed &+ event.amount
      }
    case .rewardPaid(let event):
      try book(event.account, in: view) {
        $0.rewards = $0.rewards &+ event.amount
        $0.credit = $0.credit &+ event.amount
      }
    case .creditClaimed(let event):
      try book(event.account, in: view) {
        $0.credit = $0.credit &- event.amount
        $0.paidOut = $0.paidOut &+ event.amount
      }
    default: break
    }
  }

  private func book(
    _ address: Address, in view: ProjectionView, _ body: (inout AccountRow) -> Void
  ) throws(FoldError) {
    var row = try Self.account(address, in: view)
    body(&row)
    view.put(Self.accounts, address.bytes, row: row)
  }

  /// All zero for an account that the contract never saw.
  package static func account(_ address: Address, in view: ProjectionView) throws(FoldError) -> AccountRow {
    try view.row(accounts, address.bytes) ?? AccountRow()
  }

  /// Everybody with a row, by address. O(accounts).
  package static func accounts(in view: ProjectionView) throws(FoldError) -> [(address: Address, row: AccountRow)] {
    let rows: [(key: [UInt8], row: AccountRow)] = try view.rows(accounts)
    return rows.map { (Address($0.key.rawSpan), $0.row) }
  }
}
