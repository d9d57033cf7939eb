public import CLMDB

/// All or nothing: what it changes becomes visible, and durable, when the closure that it is lent to returns.
///
/// Sees its own changes. One exists at a time, in this process and all others.
@safe
@usableFromInline
package struct WriteTransaction: ~Copyable, ReadableTransaction {
  /// What one commit should stay below, in bytes of keys and values. LMDB keeps dirty pages in memory and searches
  /// them; much beyond this it spills them to the file, and far beyond it fails with
  /// ``LMDBError/transactionFull``.
  package static let recommendedBytes = 64 << 20

  @usableFromInline package let handle: TransactionHandle
  let environment: Environment
  /// Cursors at the ends of tables that were appended to, by table index. LMDB frees them with the transaction.
  @usableFromInline var appendCursors: [OpaquePointer?] = unsafe []
  /// Bytes of keys and values put so far: a lower bound of what the commit writes.
  @usableFromInline package internal(set) var bytesWritten = 0
  var isOpen = true

  init(_ handle: TransactionHandle, in environment: Environment) {
    self.handle = handle
    self.environment = environment
  }

  deinit {
    if isOpen { unsafe mdb_txn_abort(handle.pointer) }
  }
}

@available(*, unavailable)
extension WriteTransaction: Sendable {}

extension WriteTransaction {
  /// Stores `value` under `key`, replacing what was there.
  @inlinable
  package mutating func put(_ value: RawSpan, for key: RawSpan, in table: Table) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { key in
      unsafe value.withUnsafeBytes { value in unsafe store(value, for: key, in: table) }
    }
    guard code == 0 else { throw failure(code) }
  }

  /// Stores `value` under an 8-byte big-endian key, replacing what was there.
  @inlinable
  package mutating func put(_ value: RawSpan, for key: UInt64, in table: Table) throws(LMDBError) {
    let code = unsafe withUnsafeBytes(of: key.bigEndian) { key in
      unsafe value.withUnsafeBytes { value in unsafe store(value, for: key, in: table) }
    }
    guard code == 0 else { throw failure(code) }
  }

  /// Removes `key`; tells whether it was there.
  @inlinable
  @discardableResult
  package mutating func delete(_ key: RawSpan, in table: Table) throws(LMDBError) -> Bool {
    let code = unsafe key.withUnsafeBytes { bytes in unsafe remove(bytes, in: table) }
    if code == MDB_NOTFOUND { return false }
    guard code == 0 else { throw failure(code) }
    return true
  }

  /// Removes an 8-byte big-endian key; tells whether it was there.
  @inlinable
  @discardableResult
  package mutating func delete(_ key: UInt64, in table: Table) throws(LMDBError) -> Bool {
    let code = unsafe withUnsafeBytes(of: key.bigEndian) { bytes in unsafe remove(bytes, in: table) }
    if code == MDB_NOTFOUND { return false }
    guard code == 0 else { throw failure(code) }
    return true
  }

  @inlinable
  mutating func store(_ value: UnsafeRawBufferPointer, for key: UnsafeRawBufferPointer, in table: Table) -> Int32 {
    var name = unsafe MDB_val(key)
    var content = unsafe MDB_val(value)
    bytesWritten += key.count + value.count
    return unsafe mdb_put(handle.pointer, table.dbi, &name, &content, 0)
  }

  @inlinable
  mutating func remove(_ key: UnsafeRawBufferPointer, in table: Table) -> Int32 {
    var name = unsafe MDB_val(key)
    return unsafe mdb_del(handle.pointer, table.dbi, &name, nil)
  }

  /// The error for `code`, with the sizes that belong to it; an I/O error stops the environment.
  @inline(never)
  @usableFromInline
  func failure(_ code: Int32) -> LMDBError {
    environment.failure(code, bytesWritten: bytesWritten)
  }
}
