public import CLMDB

extension WriteTransaction {
  /// Stores `value` under `key`, which must come after every key of the table.
  ///
  /// Fills pages completely, unlike ``put(_:for:in:)``.
  ///
  /// - Throws: ``LMDBError/keyExists`` if it does not; nothing is changed then.
  /// - Complexity: O(1) amortised.
  @inlinable
  package mutating func append(_ value: RawSpan, for key: RawSpan, in table: Table) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { key in
      unsafe value.withUnsafeBytes { value in unsafe storeAtCursor(value, for: key, in: table, MDB_APPEND) }
    }
    guard code == 0 else { throw failure(code) }
  }

  /// Stores `value` under an 8-byte big-endian key, which must come after every key of the table.
  @inlinable
  package mutating func append(_ value: RawSpan, for key: UInt64, in table: Table) throws(LMDBError) {
    let code = unsafe withUnsafeBytes(of: key.bigEndian) { key in
      unsafe value.withUnsafeBytes { value in unsafe storeAtCursor(value, for: key, in: table, MDB_APPEND) }
    }
    guard code == 0 else { throw failure(code) }
  }

  /// Appends a value of `byteCount` bytes that `fill` writes in place; what it leaves out is zero.
  @inlinable
  package mutating func append(
    for key: RawSpan, byteCount: Int, in table: Table, _ fill: (inout OutputRawSpan) -> Void
  ) throws(LMDBError) {
    let (code, place) = unsafe key.withUnsafeBytes { bytes in unsafe reserve(byteCount, for: bytes, in: table) }
    guard code == 0 else { throw failure(code) }
    unsafe Self.write(place, fill)
  }

  /// Appends a value of `byteCount` bytes under an 8-byte big-endian key; `fill` writes it in place, and what it leaves
  /// out is zero.
  @inlinable
  package mutating func append(
    for key: UInt64, byteCount: Int, in table: Table, _ fill: (inout OutputRawSpan) -> Void
  ) throws(LMDBError) {
    let (code, place) = unsafe withUnsafeBytes(of: key.bigEndian) { bytes in
      unsafe reserve(byteCount, for: bytes, in: table)
    }
    guard code == 0 else { throw failure(code) }
    unsafe Self.write(place, fill)
  }

  /// Room at the end of the table. Its bytes are what the page held before, so they must all be written.
  @inlinable
  mutating func reserve(_ byteCount: Int, for key: UnsafeRawBufferPointer, in table: Table) -> (Int32, MDB_val) {
    var name = unsafe MDB_val(key)
    var place = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
    let (code, cursor) = unsafe appendCursor(of: table)
    guard code == 0 else { return unsafe (code, place) }
    bytesWritten += key.count + byteCount
    return unsafe (mdb_cursor_put(cursor, &name, &place, UInt32(MDB_APPEND | MDB_RESERVE)), place)
  }

  /// Stores a value through the table's cursor; `flags` are LMDB's.
  @inlinable
  mutating func storeAtCursor(
    _ value: UnsafeRawBufferPointer, for key: UnsafeRawBufferPointer, in table: Table, _ flags: Int32
  ) -> Int32 {
    var name = unsafe MDB_val(key)
    var content = unsafe MDB_val(value)
    let (code, cursor) = unsafe appendCursor(of: table)
    guard code == 0 else { return code }
    bytesWritten += key.count + value.count
    return unsafe mdb_cursor_put(cursor, &name, &content, UInt32(flags))
  }

  @inlinable
  static func write(_ place: MDB_val, _ fill: (inout OutputRawSpan) -> Void) {
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: place.mv_data, count: place.mv_size)
    var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
    fill(&output)
    let count = unsafe output.finalize(for: buffer)
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).initializeMemory(as: UInt8.self, repeating: 0)
  }

  @inlinable
  mutating func appendCursor(of table: Table) -> (Int32, OpaquePointer?) {
    if unsafe table.index < appendCursors.count, let cursor = unsafe appendCursors[table.index] {
      return unsafe (0, cursor)
    }
    return unsafe openAppendCursor(of: table)
  }

  @inline(never)
  @usableFromInline
  mutating func openAppendCursor(of table: Table) -> (Int32, OpaquePointer?) {
    while unsafe appendCursors.count <= table.index { unsafe appendCursors.append(nil) }
    let code = unsafe mdb_cursor_open(handle.pointer, table.dbi, &appendCursors[table.index])
    return unsafe (code, appendCursors[table.index])
  }
}

extension OutputRawSpan {
  /// Writes the bytes of `source` behind those written so far.
  @inlinable
  @_lifetime(self: copy self)
  package mutating func append(contentsOf source: RawSpan) {
    let size = source.byteCount
    precondition(size <= freeCapacity, "the value is longer than was reserved for it")
    guard size > 0 else { return }
    unsafe source.withUnsafeBytes { bytes in
      unsafe withUnsafeMutableBytes { buffer, count in
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += size
      }
    }
  }
}
