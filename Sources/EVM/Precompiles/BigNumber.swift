/// A natural number of any size, as far as modular powers need one.
///
/// Not constant in time: nothing secret passes through it.
struct BigNumber: Equatable {
  /// Least significant first; no zero at the end.
  private(set) var words: [UInt64]

  var isZero: Bool { words.isEmpty }

  init(words: [UInt64]) {
    self.words = words
    while self.words.last == 0 {
      self.words.removeLast()
    }
  }

  init(_ digits: borrowing Digits) {
    self.init(words: digits.words)
  }

  var isOdd: Bool { !isZero && words[0] & 1 == 1 }

  /// The last `count` bytes of the number, most significant first.
  func bigEndian(count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for index in 0..<min(count, words.count * 8) {
      bytes[count - 1 - index] = UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(8 * (index % 8)))
    }
    return bytes
  }

  /// self to the power of an exponent. The modulus is greater than one. About 1.25 multiplications of the modulus' size
  /// for each bit of the exponent.
  ///
  /// An odd modulus is reduced by in Montgomery's way. An even one is split into its odd part and a power of two; the
  /// two powers are put together by the Chinese remainder theorem.
  func power(_ exponent: borrowing Digits, modulo modulus: BigNumber) -> BigNumber {
    if exponent.count < 2, exponent.word < 2 {
      return exponent.isZero ? BigNumber(words: [1]) : remainder(dividingBy: modulus)
    }
    if modulus.isOdd { return Montgomery(modulus).power(self, exponent) }
    if exponent.count < 2 { return dividedPower(exponent.word, modulo: modulus) }
    let zeros = modulus.trailingZeroBitCount
    let twos = PowerOfTwo(bitCount: zeros)
    let small = twos.power(self, exponent)
    let odd = modulus.shiftedRight(by: zeros)
    if odd == BigNumber(words: [1]) { return small }
    let large = Montgomery(odd).power(self, exponent)
    // large + odd · ((small − large) / odd mod 2^zeros)
    let factor = twos.product(twos.difference(small, large), twos.inverse(ofOdd: odd))
    return large.adding(odd.multiplied(by: factor))
  }
}

extension BigNumber {
  /// By division after each product: for a short exponent nothing else needs to be made ready.
  private func dividedPower(_ exponent: UInt64, modulo modulus: BigNumber) -> BigNumber {
    let base = remainder(dividingBy: modulus)
    var result = base
    for bit in (0..<UInt64(63 - exponent.leadingZeroBitCount)).reversed() {
      result = result.multiplied(by: result).remainder(dividingBy: modulus)
      if exponent >> bit & 1 == 1 { result = result.multiplied(by: base).remainder(dividingBy: modulus) }
    }
    return result
  }
}

// MARK: - Arithmetic

extension BigNumber {
  private var trailingZeroBitCount: Int {
    let index = words.firstIndex { $0 != 0 } ?? 0
    return 64 * index + words[index].trailingZeroBitCount
  }

  private func shiftedRight(by count: Int) -> BigNumber {
    let (skipped, bits) = (count / 64, UInt64(count % 64))
    var result = Array(words[skipped...])
    if bits > 0 {
      for index in result.indices {
        let next = index + 1 < result.count ? result[index + 1] << (64 - bits) : 0
        result[index] = result[index] >> bits | next
      }
    }
    return BigNumber(words: result)
  }

  func adding(_ other: BigNumber) -> BigNumber {
    var sum = [UInt64]()
    var carry: UInt128 = 0
    for index in 0..<max(words.count, other.words.count) {
      carry += UInt128(index < words.count ? words[index] : 0)
      carry += UInt128(index < other.words.count ? other.words[index] : 0)
      sum.append(UInt64(truncatingIfNeeded: carry))
      carry >>= 64
    }
    sum.append(UInt64(carry))
    return BigNumber(words: sum)
  }

  func multiplied(by other: BigNumber) -> BigNumber {
    if isZero || other.isZero { return BigNumber(words: []) }
    var product = [UInt64](repeating: 0, count: words.count + other.words.count)
    for index in 0..<words.count {
      let word = UInt128(words[index])
      var carry: UInt64 = 0
      for offset in 0..<other.words.count {
        let sum = word &* UInt128(other.words[offset]) &+ UInt128(product[index + offset]) &+ UInt128(carry)
        product[index + offset] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(truncatingIfNeeded: sum &>> 64)
      }
      product[index + other.words.count] = carry
    }
    return BigNumber(words: product)
  }

  /// What remains after division by a number that is not zero: Knuth, volume 2, 4.3.1, algorithm D.
  func remainder(dividingBy divisor: BigNumber) -> BigNumber {
    let count = divisor.words.count
    guard words.count >= count else { return self }
    if count == 1 {
      var rest: UInt64 = 0
      for word in words.reversed() {
        rest = divisor.words[0].dividingFullWidth((rest, word)).remainder
      }
      return BigNumber(words: [rest])
    }
    let shift = UInt64(divisor.words[count - 1].leadingZeroBitCount)
    let normalized = BigNumber.shiftedLeft(divisor.words, by: shift)
    var rest = BigNumber.shiftedLeft(words + [0], by: shift)
    for index in (0..<rest.count - count).reversed() {
      BigNumber.reduce(&rest, at: index, normalized)
    }
    return BigNumber(words: Array(rest.prefix(count))).shiftedRight(by: Int(shift))
  }

  /// Shifts by less than 64 bits, what falls out being zero.
  private static func shiftedLeft(_ words: [UInt64], by count: UInt64) -> [UInt64] {
    if count == 0 { return words }
    return words.indices.map { words[$0] << count | ($0 > 0 ? words[$0 - 1] >> (64 - count) : 0) }
  }

  /// One step of algorithm D: subtracts as many times the divisor, shifted by `index` words, as go into `rest`.
  private static func reduce(_ rest: inout [UInt64], at index: Int, _ divisor: [UInt64]) {
    let count = divisor.count
    let (top, next) = (rest[index + count], rest[index + count - 1])
    // The rest's highest word is at most the divisor's; where it is as great, the digit is at most all ones.
    let isFull = top >= divisor[count - 1]
    var digit = isFull ? .max : divisor[count - 1].dividingFullWidth((top, next)).quotient
    var left = UInt128(top) << 64 | UInt128(next) - UInt128(digit) * UInt128(divisor[count - 1])
    while left >> 64 == 0, UInt128(digit) * UInt128(divisor[count - 2]) > left << 64 | UInt128(rest[index + count - 2])
    {
      digit -= 1
      left += UInt128(divisor[count - 1])
    }
    if subtract(digit, times: divisor, from: &rest, at: index) { addBack(divisor, to: &rest, at: index) }
  }

  /// Whether it was more than there is.
  private static func subtract(
    _ digit: UInt64, times divisor: [UInt64], from rest: inout [UInt64], at index: Int
  ) -> Bool {
    var carry = UInt128(0)
    var borrow: UInt64 = 0
    for offset in 0..<divisor.count {
      carry = UInt128(digit) &* UInt128(divisor[offset]) &+ carry &>> 64
      let (first, isNegative) = rest[index + offset].subtractingReportingOverflow(UInt64(truncatingIfNeeded: carry))
      let (second, isStillNegative) = first.subtractingReportingOverflow(borrow)
      rest[index + offset] = second
      borrow = isNegative || isStillNegative ? 1 : 0
    }
    let (first, isNegative) = rest[index + divisor.count].subtractingReportingOverflow(
      UInt64(truncatingIfNeeded: carry &>> 64))
    let (second, isStillNegative) = first.subtractingReportingOverflow(borrow)
    rest[index + divisor.count] = second
    return isNegative || isStillNegative
  }

  private static func addBack(_ divisor: [UInt64], to rest: inout [UInt64], at index: Int) {
    var carry: UInt64 = 0
    for offset in 0..<divisor.count {
      let sum = UInt128(rest[index + offset]) &+ UInt128(divisor[offset]) &+ UInt128(carry)
      rest[index + offset] = UInt64(truncatingIfNeeded: sum)
      carry = UInt64(truncatingIfNeeded: sum &>> 64)
    }
    rest[index + divisor.count] &+= carry
  }
}
