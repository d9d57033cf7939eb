import Primitives

/// A row of a projection as it was, as the journal has it: table (1), bytes of the key (2), bytes of the value and one
/// more (4; 0 where there was no row), key, value. Integers are big-endian. A rebuild that sets rows aside has them whole
/// in the same form.
///
/// Where the row has as many bytes afterwards, and only some are different, 0x80 is added to the table, and in the place of
/// the value stand the bytes of a `Patch` (4) and the patch.
package struct OldRow {
  package enum Content {
    case absent
    case value(Range<Int>)
    case patch(Range<Int>, rowLength: Int)
  }

  package let table: Int
  package let key: Range<Int>
  package let content: Content
  package let end: Int

  /// Of a row that is there whole, or that there was none.
  package static func byteCount(_ key: RawSpan, _ value: RawSpan?) -> Int {
    headerLength + key.byteCount + (value?.byteCount ?? 0)
  }

  private static var headerLength: Int { 7 }
  private static var patchMark: UInt8 { 0x80 }

  /// The row that begins at `offset`; nil when that is none.
  package init?(_ rows: RawSpan, at offset: Int) {
    guard rows.byteCount - offset >= Self.headerLength else { return nil }
    let mark = rows.byte(at: offset)
    table = Int(mark & ~Self.patchMark)
    let keyLength = Int(rows.bigEndian(at: offset + 1, as: UInt16.self))
    let valueLength = Int(rows.bigEndian(at: offset + 3, as: UInt32.self)) - 1
    let keyStart = offset + Self.headerLength
    let valueStart = keyStart + keyLength
    guard rows.byteCount - valueStart >= 0 else { return nil }
    key = keyStart..<valueStart
    if mark & Self.patchMark != 0 {
      guard rows.byteCount - valueStart >= 4 else { return nil }
      let patchStart = valueStart + 4
      let patchLength = Int(rows.bigEndian(at: valueStart, as: UInt32.self))
      guard rows.byteCount - patchStart >= patchLength else { return nil }
      end = patchStart + patchLength
      content = .patch(patchStart..<end, rowLength: valueLength)
    } else {
      guard rows.byteCount - valueStart >= max(valueLength, 0) else { return nil }
      end = valueStart + max(valueLength, 0)
      content = valueLength < 0 ? .absent : .value(valueStart..<end)
    }
  }

  /// Appends the row `old`, which is `new` afterwards. Returns whether it is there whole.
  @discardableResult
  package static func append(
    _ table: Int, _ key: RawSpan, _ old: RawSpan?, new: RawSpan?, to bytes: inout [UInt8]
  ) -> Bool {
    let start = bytes.count
    appendHeader(UInt8(table), key, (old?.byteCount ?? -1) + 1, to: &bytes)
    guard let old else { return true }
    if let new, Patch.append(old, over: new, to: &bytes) {
      bytes[start] |= patchMark
      return false
    }
    bytes.append(contentsOf: old)
    return true
  }

  /// Appends a row of so many bytes, of which those from `offset` on were `old`, and the others are as they were.
  static func append(
    _ table: Int, _ key: RawSpan, ofLength length: Int, _ old: RawSpan, at offset: Int, to bytes: inout [UInt8]
  ) {
    appendHeader(UInt8(table) | patchMark, key, length + 1, to: &bytes)
    Patch.append(old, at: offset, to: &bytes)
  }

  private static func appendHeader(_ mark: UInt8, _ key: RawSpan, _ length: Int, to bytes: inout [UInt8]) {
    // In one piece, which has a byte more than the header.
    bytes.append(bigEndian: UInt64(mark) &<< 56 | UInt64(UInt16(key.byteCount)) &<< 40 | UInt64(UInt32(length)) &<< 8)
    bytes.removeLast()
    bytes.append(contentsOf: key)
  }
}

/// Some bytes of a row: for each run of them, bytes to pass over (2), bytes of the run (2), the run. Integers are
/// big-endian.
package enum Patch {
  /// Bytes that are the same end a run when there are so many, one more than another run's header takes.
  private static var gap: Int { 5 }

  /// Bytes of the shortest row that is worth a look: a patch has nine at least.
  private static var shortest: Int { 20 }

  /// Appends the length (4) and the bytes of the patch that makes `old` of `new`. False, and nothing appended, when they
  /// are of different lengths, or short, or the patch would not be shorter than `old`.
  static func append(_ old: RawSpan, over new: RawSpan, to bytes: inout [UInt8]) -> Bool {
    guard old.byteCount == new.byteCount, shortest...Int(UInt16.max) ~= old.byteCount else { return false }
    let start = bytes.count
    bytes.append(bigEndian: 0 as UInt32)
    var done = 0
    while let run = nextRun(old, new, from: done) {
      bytes.append(bigEndian: UInt16(run.lowerBound - done))
      bytes.append(bigEndian: UInt16(run.count))
      bytes.append(contentsOf: old.extracting(run))
      done = run.upperBound
      if bytes.count - start >= old.byteCount {
        bytes.removeLast(bytes.count - start)
        return false
      }
    }
    let length = UInt32(bytes.count - start - 4)
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length &>> UInt32(24 - 8 * index)) }
    return true
  }

  /// Appends the length and the bytes of the patch that puts `old` at `offset`. Traps where a row is not that long.
  static func append(_ old: RawSpan, at offset: Int, to bytes: inout [UInt8]) {
    let run = (skipped: UInt64(UInt16(offset)), count: UInt64(UInt16(old.byteCount)))
    bytes.append(bigEndian: (4 + run.count) &<< 32 | run.skipped &<< 16 | run.count)
    bytes.append(contentsOf: old)
  }

  /// Where the spans differ next.
  private static func nextRun(_ old: RawSpan, _ new: RawSpan, from start: Int) -> Range<Int>? {
    var first = start
    while first + 8 <= old.byteCount, old.bigEndian(at: first, as: UInt64.self) == new.bigEndian(at: first) {
      first += 8
    }
    while first < old.byteCount, old.byte(at: first) == new.byte(at: first) { first += 1 }
    if first == old.byteCount { return nil }
    var end = first + 1
    var offset = end
    while offset < old.byteCount, offset - end < gap {
      if offset == end, offset + 8 <= old.byteCount {
        let difference = old.bigEndian(at: offset, as: UInt64.self) ^ new.bigEndian(at: offset)
        if !difference.hasZeroByte {
          offset += 8
          end = offset
          continue
        }
      }
      if old.byte(at: offset) != new.byte(at: offset) { end = offset + 1 }
      offset += 1
    }
    return first..<end
  }

  /// Writes the runs over a row; false when the patch is none for it.
  package static func apply(_ patch: RawSpan, to row: inout [UInt8]) -> Bool {
    var (offset, place) = (0, 0)
    while offset < patch.byteCount {
      guard patch.byteCount - offset >= 4 else { return false }
      place += Int(patch.bigEndian(at: offset, as: UInt16.self))
      let count = Int(patch.bigEndian(at: offset + 2, as: UInt16.self))
      offset += 4
      guard patch.byteCount - offset >= count, row.count - place >= count else { return false }
      row.replaceSubrange(place..<place + count, with: patch.extracting(offset..<offset + count).bytes)
      offset += count
      place += count
    }
    return true
  }
}

extension UInt64 {
  /// Whether a byte is zero: the lowest such byte, and no byte below it, borrows from above.
  fileprivate var hasZeroByte: Bool { (self &- 0x0101_0101_0101_0101) & ~self & 0x8080_8080_8080_8080 != 0 }
}
