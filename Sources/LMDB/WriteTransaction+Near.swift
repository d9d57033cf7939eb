extension WriteTransaction {
  /// Stores `value` under `key`, replacing what was there, and looks for the place first where the last such call on the
  /// table ended: many keys in order cost less than with ``put(_:for:in:)``.
  @inlinable
  package mutating func putNear(_ value: RawSpan, for key: RawSpan, in table: Table) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { key in
      unsafe value.withUnsafeBytes { value in unsafe storeAtCursor(value, for: key, in: table, 0) }
    }
    guard code == 0 else { throw failure(code) }
  }
}
