/// The digits of a number in width-w non-adjacent form: each is zero or odd and below 2^(w−1) in magnitude, and of w
/// digits in a row at most one is not zero. Least significant first.
struct SignedDigits {
  /// The digits; the highest is not zero.
  let digits: [Int8]

  /// Digits of `number` for windows of `width` bits, from 2 to 7.
  init(_ number: Limbs4, width: Int) {
    var rest = number
    var top: UInt64 = 0
    var digits: [Int8] = []
    digits.reserveCapacity(257)
    while !(rest.isZero && top == 0) {
      let digit = rest.lowest & 1 == 0 ? 0 : Self.digit(rest.lowest, width: width)
      if digit > 0 {
        rest.words[0] &-= UInt64(digit)
      } else if digit < 0 {
        top &+= rest.add(Limbs4(UInt64(-digit), 0, 0, 0))
      }
      digits.append(Int8(digit))
      rest.shiftRight(by: 1, bringingIn: top & 1)
      top >>= 1
    }
    self.digits = digits
  }

  /// The odd number nearest to zero that is congruent to `word` modulo 2^width.
  private static func digit(_ word: UInt64, width: Int) -> Int {
    let low = Int(word & (1 << UInt64(width) - 1))
    return low >= 1 << (width - 1) ? low - 1 << width : low
  }
}
