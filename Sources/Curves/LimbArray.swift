/// A number of `width` words: the one implementation of `Limbs`.
///
/// The loops are over a constant count. A release build writes them out for each width and keeps the words in registers;
/// no index is checked at run time.
struct LimbArray<let width: Int>: Limbs {
  /// Least significant first.
  var words: InlineArray<width, UInt64>

  @inline(__always)
  init(word: (Int) -> UInt64) {
    self.init(repeating: 0)
    for index in 0..<width { words[index] = word(index) }
  }

  @inline(__always)
  static var zero: Self { Self(repeating: 0) }

  @inline(__always)
  private init(repeating word: UInt64) {
    words = InlineArray(repeating: word)
  }

  @inline(__always)
  static var count: Int { width }

  @inline(__always)
  var lowest: UInt64 { words[0] }

  @inline(__always)
  func word(at index: Int) -> UInt64 { words[index] }

  @inline(__always)
  static func == (left: Self, right: Self) -> Bool {
    var difference: UInt64 = 0
    for index in 0..<width { difference |= left.words[index] ^ right.words[index] }
    return difference == 0
  }
}

/// 256 bits: the width of BN254, of P-256 and of the scalars of BLS12-381.
typealias Limbs4 = LimbArray<4>

/// 384 bits: the width of the base field of BLS12-381.
typealias Limbs6 = LimbArray<6>

extension LimbArray where width == 4 {
  /// Least significant first.
  @inline(__always)
  init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    words = [word0, word1, word2, word3]
  }
}

extension LimbArray where width == 6 {
  /// Least significant first.
  @inline(__always)
  init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64, _ word4: UInt64, _ word5: UInt64) {
    words = [word0, word1, word2, word3, word4, word5]
  }
}

// MARK: - Sums and bits

extension LimbArray {
  @inline(__always)
  mutating func add(_ other: Self, carry: UInt64) -> UInt64 {
    var carry = carry
    for index in 0..<width { words[index] = Word.sum(words[index], other.words[index], carry: &carry) }
    return carry
  }

  @inline(__always)
  mutating func subtract(_ other: Self, borrow: UInt64) -> UInt64 {
    var borrow = borrow
    for index in 0..<width { words[index] = Word.difference(words[index], other.words[index], borrow: &borrow) }
    return borrow
  }

  @inline(__always)
  mutating func shiftRight(by count: UInt64, bringingIn incoming: UInt64) {
    for index in 0..<width {
      let next = index + 1 < width ? words[index + 1] : incoming
      words[index] = words[index] &>> count | next &<< (64 &- count)
    }
  }

  @inline(__always)
  func masked(by mask: UInt64) -> Self {
    var result = self
    for index in 0..<width { result.words[index] &= mask }
    return result
  }

  @inline(__always)
  func selecting(_ other: Self, by mask: UInt64) -> Self {
    var result = self
    for index in 0..<width { result.words[index] ^= mask & (words[index] ^ other.words[index]) }
    return result
  }
}

// MARK: - Products

extension LimbArray {
  @inline(__always)
  mutating func add(_ other: Self, times word: UInt64) -> UInt64 {
    var carry: UInt64 = 0
    for index in 0..<width {
      words[index] = Word.multiplyAdd(words[index], other.words[index], word, carry: &carry)
    }
    return carry
  }

  @inline(__always)
  mutating func accumulate(_ other: Self, times word: UInt64) -> UInt64 {
    var carry: UInt64 = 0
    let lowest = Word.multiplyAdd(words[0], other.words[0], word, carry: &carry)
    for index in 1..<width {
      words[index - 1] = Word.multiplyAdd(words[index], other.words[index], word, carry: &carry)
    }
    words[width - 1] = carry
    return lowest
  }

  @inline(__always)
  func multipliedFullWidth(by other: Self) -> (high: Self, low: Self) {
    var (high, low) = (Self.zero, Self.zero)
    for index in 0..<width { low.words[index] = high.accumulate(self, times: other.words[index]) }
    return (high, low)
  }

  @inline(__always)
  func montgomeryQuotient(high: Self, modulus: Self, negatedInverse: UInt64) -> (quotient: Self, carry: UInt64) {
    var quotient = self
    var carry: UInt64 = 0
    for index in 0..<width {
      // A multiple of the modulus makes the lowest word zero, which is shifted out; the next word of the upper half
      // comes in at the top.
      _ = quotient.accumulate(modulus, times: quotient.words[0] &* negatedInverse)
      quotient.words[width - 1] = Word.sum(quotient.words[width - 1], high.words[index], carry: &carry)
    }
    return (quotient, carry)
  }
}
