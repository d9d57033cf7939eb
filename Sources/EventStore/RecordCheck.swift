public import Hashing
public import LMDB
public import Primitives
public import Rollup

extension RecordView {
  /// Makes a view of what is stored at `position`, after holding shape and checksum against the header.
  ///
  /// The common record, whole in one value, is checked inline; `chunks` is asked only for the others.
  @inlinable
  @_lifetime(borrow transaction, copy value)
  static func checked<T: ReadableTransaction & ~Copyable>(
    _ value: RawSpan, at position: UInt64, in transaction: borrowing T, tables: EventLog.Tables
  ) throws(ReadError) -> RecordView {
    guard value.byteCount >= RecordHeader.byteCount else {
      throw .truncated(at: position)
    }
    let length = Int(value.bigEndian(at: RecordHeader.Offset.payloadLength, as: UInt32.self))
    let flags = value.byte(at: RecordHeader.Offset.flags)
    guard flags == 0, length == value.byteCount - RecordHeader.byteCount else {
      return try chunked(value, at: position, in: transaction, tables: tables)
    }
    let view = RecordView(value: value, paged: RawSpan(), rest: RawSpan())
    // Records stand in leaf pages that follow one another, so the one to be read a few steps on is a page away.
    let sum = CRC32C.checksum(
      value.extracting(RecordHeader.Offset.version..<value.byteCount), fetchingAhead: PayloadLayout.pageSize)
    guard sum == value.bigEndian(at: RecordHeader.Offset.checksum, as: UInt32.self) else {
      throw .badChecksum(of: view, at: position)
    }
    guard view.position.rawValue == position else { throw .misplaced(view, at: position) }
    return view
  }

  /// As `checked`, for a record that says of itself that part of its payload is in table `chunks`, and for one whose
  /// length is wrong.
  @inline(never)
  @usableFromInline
  @_lifetime(borrow transaction, copy value)
  static func chunked<T: ReadableTransaction & ~Copyable>(
    _ value: RawSpan, at position: UInt64, in transaction: borrowing T, tables: EventLog.Tables
  ) throws(ReadError) -> RecordView {
    let whole = RecordView(value: value, paged: RawSpan(), rest: RawSpan())
    let layout = PayloadLayout(payloadLength: whole.payloadLength)
    let flags: RecordFlags = layout.isChunked ? .chunked : []
    guard value.byteCount == RecordHeader.byteCount + layout.inline,
      value.byte(at: RecordHeader.Offset.flags) == flags.rawValue
    else {
      // The length field or the flags may be what is damaged, so the checksum cannot say more.
      throw .damaged(
        Damage(.shape("the value has another length or other flags than its header says"), of: whole, at: position))
    }
    let paged = try chunk(0, layout.paged, of: whole, at: position, in: transaction, tables: tables)
    let rest = try chunk(1, layout.rest, of: whole, at: position, in: transaction, tables: tables)
    let view = RecordView(value: value, paged: paged, rest: rest)
    var sum = RecordChecksum(header: value)
    view.forEachSegment { (segment: RawSpan) in sum.update(segment) }
    guard sum.value == value.bigEndian(at: RecordHeader.Offset.checksum, as: UInt32.self) else {
      throw .badChecksum(of: view, at: position)
    }
    guard view.position.rawValue == position else { throw .misplaced(view, at: position) }
    return view
  }

  /// One part of a payload from table `chunks`; an empty span where the layout has none.
  @_lifetime(borrow transaction)
  private static func chunk<T: ReadableTransaction & ~Copyable>(
    _ index: UInt16, _ byteCount: Int, of view: borrowing RecordView, at position: UInt64,
    in transaction: borrowing T, tables: EventLog.Tables
  ) throws(ReadError) -> RawSpan {
    guard byteCount > 0 else { return RawSpan() }
    let key = ChunkKey(position: position, index: index).bytes
    let stored: RawSpan?
    do throws(LMDBError) {
      stored = unsafe try transaction.get(key.span.bytes, in: tables.chunks)
    } catch { throw .store(error) }
    guard let stored, stored.byteCount == byteCount else {
      throw .damaged(Damage(.chunk(Int(index)), of: view, at: position))
    }
    return stored
  }
}

// What the checks find, made out of line so that the checks stay small.
extension ReadError {
  @inline(never)
  @usableFromInline
  static func misplaced(_ view: borrowing RecordView, at position: UInt64) -> ReadError {
    .damaged(
      Damage(.shape("a record that says it is at position \(view.position) is stored here"), of: view, at: position))
  }

  @inline(never)
  @usableFromInline
  static func badChecksum(of view: borrowing RecordView, at position: UInt64) -> ReadError {
    .damaged(Damage(.checksum, of: view, at: position))
  }

  @inline(never)
  @usableFromInline
  static func truncated(at position: UInt64) -> ReadError {
    .damaged(Damage(.shape("the value is shorter than a record header"), position: Position(position)))
  }

  @inline(never)
  @usableFromInline
  static func unknown(_ error: RecordError, _ view: borrowing RecordView) -> ReadError {
    .damaged(Damage(.shape("\(error)"), of: view, at: view.position.rawValue))
  }

  @inline(never)
  @usableFromInline
  static func missing(_ position: UInt64) -> ReadError {
    .damaged(Damage(.missingRecord, position: Position(position)))
  }
}

/// Key of table `chunks`: position, then index, both big-endian.
struct ChunkKey {
  var position: UInt64
  var index: UInt16

  var bytes: InlineArray<10, UInt8> {
    var bytes = InlineArray<10, UInt8>(repeating: 0)
    for byte in 0..<8 { bytes[byte] = UInt8(truncatingIfNeeded: position >> UInt64(56 - 8 * byte)) }
    bytes[8] = UInt8(truncatingIfNeeded: index >> 8)
    bytes[9] = UInt8(truncatingIfNeeded: index)
    return bytes
  }
}

extension Damage {
  /// Damage of a record, named by where it is stored and by what its header says.
  init(_ fault: Fault, of view: borrowing RecordView, at position: UInt64) {
    self.init(fault, position: Position(position), kind: view.rawKind, l1Block: view.blockNumber)
  }
}
