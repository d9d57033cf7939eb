public import CLMDB

extension WriteTransaction {
  /// Stores `value` under `key`, replacing what was there, and looks for the place first where the last such call on the
  /// table ended: many keys in order cost less than with ``put(_:for:in:)``.
  @inlinable
  package mutating func putNear(_ value: RawSpan, for key: RawSpan, in table: Table) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { key in
      unsafe value.withUnsafeBytes { value in unsafe storeNear(value, for: key, in: table) }
    }
    guard code == 0 else { throw failure(code) }
  }

  @inlinable
  mutating func storeNear(
    _ value: UnsafeRawBufferPointer, for key: UnsafeRawBufferPointer, in table: Table
  ) -> Int32 {
    var name = unsafe MDB_val(key)
    var content = unsafe MDB_val(value)
    let (code, cursor) = unsafe appendCursor(of: table)
    guard code == 0 else { return code }
    bytesWritten += key.count + value.count
    return unsafe mdb_cursor_put(cursor, &name, &content, 0)
  }
}
