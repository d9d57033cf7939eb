/// 256 bits: the width of BN254, of P-256 and of the scalars of BLS12-381.
struct Limbs4: Limbs {
  var word0: UInt64
  var word1: UInt64
  var word2: UInt64
  var word3: UInt64

  @inline(__always)
  init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  @inline(__always)
  init(word: (Int) -> UInt64) {
    self.init(word(0), word(1), word(2), word(3))
  }

  @inline(__always)
  static var count: Int { 4 }

  @inline(__always)
  var lowest: UInt64 { word0 }

  func word(at index: Int) -> UInt64 {
    switch index {
    case 0: word0
    case 1: word1
    case 2: word2
    case 3: word3
    default: preconditionFailure("a word's index is 0 to 3")
    }
  }

  @inline(__always)
  mutating func add(_ other: Limbs4, carry: UInt64) -> UInt64 {
    var carry = carry
    word0 = Word.sum(word0, other.word0, carry: &carry)
    word1 = Word.sum(word1, other.word1, carry: &carry)
    word2 = Word.sum(word2, other.word2, carry: &carry)
    word3 = Word.sum(word3, other.word3, carry: &carry)
    return carry
  }

  @inline(__always)
  mutating func subtract(_ other: Limbs4, borrow: UInt64) -> UInt64 {
    var borrow = borrow
    word0 = Word.difference(word0, other.word0, borrow: &borrow)
    word1 = Word.difference(word1, other.word1, borrow: &borrow)
    word2 = Word.difference(word2, other.word2, borrow: &borrow)
    word3 = Word.difference(word3, other.word3, borrow: &borrow)
    return borrow
  }

  @inline(__always)
  mutating func shiftRight(by count: UInt64, bringingIn incoming: UInt64) {
    word0 = word0 &>> count | word1 &<< (64 &- count)
    word1 = word1 &>> count | word2 &<< (64 &- count)
    word2 = word2 &>> count | word3 &<< (64 &- count)
    word3 = word3 &>> count | incoming &<< (64 &- count)
  }

  @inline(__always)
  func masked(by mask: UInt64) -> Limbs4 {
    Limbs4(word0 & mask, word1 & mask, word2 & mask, word3 & mask)
  }

  @inline(__always)
  func selecting(_ other: Limbs4, by mask: UInt64) -> Limbs4 {
    Limbs4(
      word0 ^ (mask & (word0 ^ other.word0)), word1 ^ (mask & (word1 ^ other.word1)),
      word2 ^ (mask & (word2 ^ other.word2)), word3 ^ (mask & (word3 ^ other.word3)))
  }

  @inline(__always)
  static func == (left: Self, right: Self) -> Bool {
    ((left.word0 ^ right.word0) | (left.word1 ^ right.word1)
      | (left.word2 ^ right.word2) | (left.word3 ^ right.word3)) == 0
  }
}

// MARK: - Products

extension Limbs4 {
  @inline(__always)
  mutating func add(_ other: Limbs4, times word: UInt64) -> UInt64 {
    var carry: UInt64 = 0
    word0 = Word.multiplyAdd(word0, other.word0, word, carry: &carry)
    word1 = Word.multiplyAdd(word1, other.word1, word, carry: &carry)
    word2 = Word.multiplyAdd(word2, other.word2, word, carry: &carry)
    word3 = Word.multiplyAdd(word3, other.word3, word, carry: &carry)
    return carry
  }

  @inline(__always)
  mutating func accumulate(_ other: Limbs4, times word: UInt64) -> UInt64 {
    var carry: UInt64 = 0
    let lowest = Word.multiplyAdd(word0, other.word0, word, carry: &carry)
    word0 = Word.multiplyAdd(word1, other.word1, word, carry: &carry)
    word1 = Word.multiplyAdd(word2, other.word2, word, carry: &carry)
    word2 = Word.multiplyAdd(word3, other.word3, word, carry: &carry)
    word3 = carry
    return lowest
  }

  @inline(__always)
  func multipliedFullWidth(by other: Limbs4) -> (high: Limbs4, low: Limbs4) {
    var high = Limbs4.zero
    let low0 = high.accumulate(self, times: other.word0)
    let low1 = high.accumulate(self, times: other.word1)
    let low2 = high.accumulate(self, times: other.word2)
    let low3 = high.accumulate(self, times: other.word3)
    return (high, Limbs4(low0, low1, low2, low3))
  }

  @inline(__always)
  func squaredFullWidth() -> (high: Limbs4, low: Limbs4) {
    // Each pair of different words once.
    var carry0: UInt64 = 0
    let p1 = Word.multiplyAdd(0, word0, word1, carry: &carry0)
    let p2 = Word.multiplyAdd(0, word0, word2, carry: &carry0)
    var p3 = Word.multiplyAdd(0, word0, word3, carry: &carry0)
    var p4 = carry0
    var carry1: UInt64 = 0
    p3 = Word.multiplyAdd(p3, word1, word2, carry: &carry1)
    p4 = Word.multiplyAdd(p4, word1, word3, carry: &carry1)
    var p5 = carry1
    var carry2: UInt64 = 0
    p5 = Word.multiplyAdd(p5, word2, word3, carry: &carry2)
    let p6 = carry2
    // Twice that, and the squares of the words.
    var carry: UInt64 = 0
    let (square0, low0) = word0.multipliedFullWidth(by: word0)
    let r0 = low0
    let r1 = Word.sum(p1 << 1, square0, carry: &carry)
    let (square1, low1) = word1.multipliedFullWidth(by: word1)
    let r2 = Word.sum(p2 << 1 | p1 >> 63, low1, carry: &carry)
    let r3 = Word.sum(p3 << 1 | p2 >> 63, square1, carry: &carry)
    let (square2, low2) = word2.multipliedFullWidth(by: word2)
    let r4 = Word.sum(p4 << 1 | p3 >> 63, low2, carry: &carry)
    let r5 = Word.sum(p5 << 1 | p4 >> 63, square2, carry: &carry)
    let (square3, low3) = word3.multipliedFullWidth(by: word3)
    let r6 = Word.sum(p6 << 1 | p5 >> 63, low3, carry: &carry)
    let r7 = Word.sum(p6 >> 63, square3, carry: &carry)
    return (
      Limbs4(r4, r5, r6, r7),
      Limbs4(r0, r1, r2, r3)
    )
  }

  @inline(__always)
  func montgomeryQuotient(
    high: Limbs4, modulus: Limbs4, negatedInverse: UInt64
  ) -> (quotient: Limbs4, carry: UInt64) {
    var quotient = self
    var carry: UInt64 = 0
    quotient.reduceStep(modulus, negatedInverse, incoming: high.word0, carry: &carry)
    quotient.reduceStep(modulus, negatedInverse, incoming: high.word1, carry: &carry)
    quotient.reduceStep(modulus, negatedInverse, incoming: high.word2, carry: &carry)
    quotient.reduceStep(modulus, negatedInverse, incoming: high.word3, carry: &carry)
    return (quotient, carry)
  }

  /// One step of Montgomery reduction: makes the lowest word zero by adding a multiple of the modulus, shifts it
  /// out, and takes the next word of the upper half in at the top.
  @inline(__always)
  private mutating func reduceStep(
    _ modulus: Limbs4, _ negatedInverse: UInt64, incoming: UInt64, carry: inout UInt64
  ) {
    _ = accumulate(modulus, times: word0 &* negatedInverse)
    word3 = Word.sum(word3, incoming, carry: &carry)
  }
}
