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

  init(bigEndian bytes: [UInt8]) {
    var words = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
    for (index, byte) in bytes.reversed().enumerated() {
      words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
    }
    self.init(words: words)
  }

  /// The last `count` bytes of the number, most significant first.
  func bigEndian(count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for index in 0..<min(count, words.count * 8) {
      bytes[count - 1 - index] = UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(8 * (index % 8)))
    }
    return bytes
  }

  /// self to the power of a big-endian exponent. The modulus is not zero. About 1.2 multiplications of the modulus' size
  /// for each bit of the exponent.
  ///
  /// An odd modulus is reduced by in Montgomery's way. An even one is split into its odd part and a power of two; the
  /// two powers are put together by the Chinese remainder theorem.
  func power(_ exponent: [UInt8], modulo modulus: BigNumber) -> BigNumber {
    if modulus == BigNumber(words: [1]) { return BigNumber(words: []) }
    if modulus.words[0] & 1 == 1 { return Montgomery(modulus).power(self, exponent) }
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
    for (index, word) in words.enumerated() {
      var carry: UInt64 = 0
      for (offset, factor) in other.words.enumerated() {
        let sum = UInt128(word) * UInt128(factor) + UInt128(product[index + offset]) + UInt128(carry)
        product[index + offset] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(truncatingIfNeeded: sum >> 64)
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
    let top = UInt128(rest[index + count]) << 64 | UInt128(rest[index + count - 1])
    var digit = min(top / UInt128(divisor[count - 1]), UInt128(UInt64.max))
    var left = top - digit * UInt128(divisor[count - 1])
    while left >> 64 == 0, digit * UInt128(divisor[count - 2]) > left << 64 | UInt128(rest[index + count - 2]) {
      digit -= 1
      left += UInt128(divisor[count - 1])
    }
    if subtract(digit, times: divisor, from: &rest, at: index) { addBack(divisor, to: &rest, at: index) }
  }

  /// Whether it was more than there is.
  private static func subtract(
    _ digit: UInt128, times divisor: [UInt64], from rest: inout [UInt64], at index: Int
  ) -> Bool {
    var borrow: UInt128 = 0
    for offset in divisor.indices {
      let product = digit * UInt128(divisor[offset]) + borrow
      let (difference, isNegative) = rest[index + offset].subtractingReportingOverflow(
        UInt64(truncatingIfNeeded: product))
      rest[index + offset] = difference
      borrow = product >> 64 + (isNegative ? 1 : 0)
    }
    let (difference, isNegative) = rest[index + divisor.count].subtractingReportingOverflow(UInt64(borrow))
    rest[index + divisor.count] = difference
    return isNegative
  }

  private static func addBack(_ divisor: [UInt64], to rest: inout [UInt64], at index: Int) {
    var carry: UInt128 = 0
    for offset in divisor.indices {
      carry += UInt128(rest[index + offset]) + UInt128(divisor[offset])
      rest[index + offset] = UInt64(truncatingIfNeeded: carry)
      carry >>= 64
    }
    rest[index + divisor.count] &+= UInt64(carry)
  }
}
