import Primitives

/// A number as a part of an input spells it: most significant byte first, and what lies beyond the input's end is zero.
///
/// Those zeros are counted, not stored: a length that is paid for may name more of them than there is memory.
struct Digits: ~Escapable {
  /// From the first byte that is not zero on.
  private let bytes: RawSpan

  /// How many bytes of zero follow.
  private let zeroCount: Int

  /// The first `count` bytes of a span that goes on with zeros for ever.
  @_lifetime(copy span)
  init(_ span: RawSpan, count: Int) {
    let present = min(count, span.byteCount)
    var first = 0
    while first < present, span.byte(at: first) == 0 { first += 1 }
    bytes = span.extracting(first..<present)
    zeroCount = first < present ? count - present : 0
  }

  @_lifetime(copy bytes)
  private init(_ bytes: RawSpan, zeroCount: Int) {
    self.bytes = bytes
    self.zeroCount = zeroCount
  }

  /// In bytes, without leading zeros: 0 for zero.
  var count: Int { bytes.byteCount + zeroCount }

  var isZero: Bool { count == 0 }

  /// The byte at an index from the left.
  subscript(index: Int) -> UInt8 {
    index < bytes.byteCount ? bytes.byte(at: index) : 0
  }

  /// The number modulo 256^`count`, perhaps with zeros in front.
  @_lifetime(copy self)
  func suffix(_ count: Int) -> Digits {
    let dropped = max(self.count - count, 0)
    return Digits(
      bytes.extracting(min(dropped, bytes.byteCount)..<bytes.byteCount),
      zeroCount: zeroCount - max(dropped - bytes.byteCount, 0))
  }

  /// The number modulo 2⁶⁴.
  var word: UInt64 { word(endingAt: count) }

  /// The number modulo 2²⁵⁶.
  var uint256: UInt256 {
    UInt256(
      low: UInt128(word(endingAt: count &- 8)) &<< 64 | UInt128(word(endingAt: count)),
      high: UInt128(word(endingAt: count &- 24)) &<< 64 | UInt128(word(endingAt: count &- 16)))
  }

  /// All words, least significant first.
  var words: [UInt64] {
    let wordCount = (count + 7) / 8
    var words = [UInt64](repeating: 0, count: wordCount)
    for index in 0..<wordCount { words[index] = word(endingAt: count - 8 * index) }
    return words
  }

  /// The eight bytes before an index, or as many as there are.
  private func word(endingAt end: Int) -> UInt64 {
    if end >= 8, end <= bytes.byteCount { return bytes.bigEndian(at: end - 8) }
    var word: UInt64 = 0
    for index in max(end - 8, 0)..<max(end, 0) { word = word &<< 8 | UInt64(self[index]) }
    return word
  }

  /// What remains after division by a number that is not zero: one hardware division for eight bytes.
  func remainder(dividingBy divisor: UInt64) -> UInt64 {
    let head = count % 8
    var rest = word(endingAt: head) % divisor
    for end in stride(from: head + 8, through: count, by: 8) {
      rest = divisor.dividingFullWidth((rest, word(endingAt: end))).remainder
    }
    return rest
  }
}
