public import CLMDB

/// LMDB's transaction pointer. Never leaves this module.
@safe
@usableFromInline
package struct TransactionHandle {
  @usableFromInline let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }
}

/// What both kinds of transaction can do: look up, scan, count.
///
/// Spans lie in the memory map and are lent for as long as the transaction is borrowed; a write transaction cannot
/// be changed while one of them is in use. The compiler holds both rules.
@usableFromInline
package protocol ReadableTransaction: ~Copyable {
  var handle: TransactionHandle { get }
}

extension ReadableTransaction where Self: ~Copyable {
  /// The value of `key`, without a copy; nil if there is none.
  ///
  /// - Complexity: O(log n) page visits.
  @inlinable
  @_lifetime(borrow self)
  package func get(_ key: RawSpan, in table: Table) throws(LMDBError) -> RawSpan? {
    let (code, value) = unsafe key.withUnsafeBytes { bytes in unsafe lookUp(bytes, in: table) }
    return unsafe try span(code, value)
  }

  /// The value of an 8-byte big-endian key.
  ///
  /// - Complexity: O(log n) page visits.
  @inlinable
  @_lifetime(borrow self)
  package func get(_ key: UInt64, in table: Table) throws(LMDBError) -> RawSpan? {
    let (code, value) = unsafe withUnsafeBytes(of: key.bigEndian) { bytes in unsafe lookUp(bytes, in: table) }
    return unsafe try span(code, value)
  }

  /// A cursor that stands before the first entry.
  @inlinable
  @_lifetime(borrow self)
  package func cursor(in table: Table) throws(LMDBError) -> Cursor {
    var pointer: OpaquePointer?
    let code = unsafe mdb_cursor_open(handle.pointer, table.dbi, &pointer)
    guard code == 0, let pointer = unsafe pointer else { throw LMDBError(code: code) }
    let cursor = unsafe Cursor(pointer)
    return unsafe _overrideLifetime(cursor, borrowing: self)
  }

  /// The number of entries. O(1).
  package func count(of table: Table) throws(LMDBError) -> Int {
    try statistics(of: table).entries
  }

  /// Entries and pages of a table, as of this transaction. O(1).
  package func statistics(of table: Table) throws(LMDBError) -> TableStatistics {
    var stat = MDB_stat()
    let code = unsafe mdb_stat(handle.pointer, table.dbi, &stat)
    guard code == 0 else { throw LMDBError(code: code) }
    return TableStatistics(
      entries: stat.ms_entries, depth: Int(stat.ms_depth), branchPages: stat.ms_branch_pages,
      leafPages: stat.ms_leaf_pages, overflowPages: stat.ms_overflow_pages)
  }

  /// Pages that hold no rows of a table, and are not free: both meta pages, those of the table of tables, and those of the
  /// list of free pages, as of this transaction. O(1).
  package func bookkeepingPages() throws(LMDBError) -> Int {
    // LMDB's own two tables have fixed handles.
    var pages = 2
    for dbi in 0...1 as ClosedRange<UInt32> {
      pages += try statistics(of: Table(dbi: dbi, index: 0, name: "")).pages
    }
    return pages
  }

  @inlinable
  func lookUp(_ key: UnsafeRawBufferPointer, in table: Table) -> (code: Int32, value: MDB_val) {
    var name = unsafe MDB_val(key)
    var value = unsafe MDB_val()
    let code = unsafe mdb_get(handle.pointer, table.dbi, &name, &value)
    return unsafe (code, value)
  }

  @inlinable
  @_lifetime(borrow self)
  func span(_ code: Int32, _ value: MDB_val) throws(LMDBError) -> RawSpan? {
    guard code == 0 else {
      if code == MDB_NOTFOUND { return nil }
      throw LMDBError(code: code)
    }
    return unsafe _overrideLifetime(value.bytes, borrowing: self)
  }
}

extension MDB_val {
  @inlinable
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  /// The memory the value names. The caller ties it to the transaction that lends it.
  @inlinable
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let buffer = unsafe UnsafeRawBufferPointer(start: mv_data, count: mv_size)
      return unsafe _overrideLifetime(RawSpan(_unsafeBytes: buffer), borrowing: self)
    }
  }
}
