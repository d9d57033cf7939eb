public import CLMDB

/// A place in a table, moved entry by entry. Lives no longer than the borrow of its transaction.
///
/// The entries it lends live as long as that borrow, not just until the next move: a scan may hold the previous
/// entry while it looks at the next one.
@safe
@usableFromInline
package struct Cursor: ~Copyable, ~Escapable {
  @usableFromInline let pointer: OpaquePointer

  @inlinable
  @_lifetime(immortal)
  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe mdb_cursor_close(pointer)
  }

  /// One key with its value, in the memory map.
  @usableFromInline
  package struct Entry: ~Escapable {
    @usableFromInline package let key: RawSpan
    @usableFromInline package let value: RawSpan

    @inlinable
    @_lifetime(copy key, copy value)
    init(key: RawSpan, value: RawSpan) {
      self.key = key
      self.value = value
    }

    /// Tells values of one page from those of others. A long value has pages of its own.
    @inlinable package var page: UInt {
      unsafe value.withUnsafeBytes { bytes in UInt(bitPattern: bytes.baseAddress) / 4096 }
    }
  }

  /// Moves to the first entry.
  @inlinable
  @_lifetime(copy self)
  package mutating func first() throws(LMDBError) -> Entry? { try move(MDB_FIRST) }

  /// Moves to the last entry.
  @inlinable
  @_lifetime(copy self)
  package mutating func last() throws(LMDBError) -> Entry? { try move(MDB_LAST) }

  /// Moves one entry on; the first time, to the first one. Nil after the last.
  @inlinable
  @_lifetime(copy self)
  package mutating func next() throws(LMDBError) -> Entry? { try move(MDB_NEXT) }

  /// Moves one entry back; the first time, to the last one. Nil before the first.
  @inlinable
  @_lifetime(copy self)
  package mutating func previous() throws(LMDBError) -> Entry? { try move(MDB_PREV) }

  /// Moves to the first entry whose key is `key` or comes after it.
  @inlinable
  @_lifetime(copy self)
  package mutating func seek(_ key: RawSpan) throws(LMDBError) -> Entry? {
    var name = unsafe MDB_val()
    var value = unsafe MDB_val()
    let code = unsafe key.withUnsafeBytes { bytes in
      unsafe name = MDB_val(bytes)
      return unsafe mdb_cursor_get(pointer, &name, &value, MDB_SET_RANGE)
    }
    return unsafe try entry(code, name, value)
  }

  /// Moves to the first entry whose key is the 8-byte big-endian `key` or comes after it.
  @inlinable
  @_lifetime(copy self)
  package mutating func seek(_ key: UInt64) throws(LMDBError) -> Entry? {
    var name = unsafe MDB_val()
    var value = unsafe MDB_val()
    let code = unsafe withUnsafeBytes(of: key.bigEndian) { bytes in
      unsafe name = MDB_val(bytes)
      return unsafe mdb_cursor_get(pointer, &name, &value, MDB_SET_RANGE)
    }
    return unsafe try entry(code, name, value)
  }

  /// Moves to the last entry whose key comes before `key`.
  @inlinable
  @_lifetime(copy self)
  package mutating func last(before key: RawSpan) throws(LMDBError) -> Entry? {
    if let _ = try seek(key) { return try previous() }
    return try last()
  }

  @inlinable
  @_lifetime(copy self)
  mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Entry? {
    var key = unsafe MDB_val()
    var value = unsafe MDB_val()
    let code = unsafe mdb_cursor_get(pointer, &key, &value, operation)
    return unsafe try entry(code, key, value)
  }

  @inlinable
  @_lifetime(copy self)
  func entry(_ code: Int32, _ key: MDB_val, _ value: MDB_val) throws(LMDBError) -> Entry? {
    guard code == 0 else {
      if code == MDB_NOTFOUND { return nil }
      throw LMDBError(code: code)
    }
    let entry = unsafe Entry(key: key.bytes, value: value.bytes)
    return unsafe _overrideLifetime(entry, copying: self)
  }
}
