package import Primitives
package import StateTransition

// Most accounts have neither code nor storage, and rows are what replaying moves: so these leave out what all of them
// have in common.
extension Account {
  /// The row in table `accounts`: RLP of nonce and balance, and, unless both are those of nothing, storage root and code
  /// hash.
  func row() -> [UInt8] {
    var writer = RLPWriter(capacity: 112)
    writer.list { list in
      list.append(nonce)
      list.append(balance)
      if storageRoot != Account.empty.storageRoot || hasCode {
        list.append(storageRoot)
        list.append(codeHash)
      }
    }
    return writer.bytes
  }

  /// Inverse of `row`.
  package init(row bytes: RawSpan) throws(RLPError) {
    var outer = RLPReader(bytes)
    var list = try outer.readList()
    try outer.finish()
    self.init(nonce: try list.readUInt64(), balance: try list.readUInt256())
    if list.isAtEnd { return }
    let offset = list.offset
    storageRoot = try list.readHash256()
    codeHash = try list.readHash256()
    try list.finish()
    guard storageRoot != Account.empty.storageRoot || hasCode else {
      throw RLPError(offset: offset, reason: .invalidValue("storage root and code hash of nothing are left out"))
    }
  }
}
