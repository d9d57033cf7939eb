/// Powers modulo an odd number greater than one (Montgomery, 1985).
struct Montgomery {
  private let modulus: BigNumber

  /// −1 / modulus, modulo 2⁶⁴.
  private let negatedInverse: UInt64

  private var count: Int { modulus.words.count }

  init(_ modulus: BigNumber) {
    self.modulus = modulus
    // Newton: each round doubles the bits that are right, of which an odd number's own inverse has three.
    var inverse = modulus.words[0]
    for _ in 0..<5 {
      inverse = inverse &* (2 &- modulus.words[0] &* inverse)
    }
    negatedInverse = 0 &- inverse
  }

  func power(_ base: BigNumber, _ exponent: [UInt8]) -> BigNumber {
    let significant = exponent.drop { $0 == 0 }
    let one = form(BigNumber(words: [1]))
    guard let first = significant.first else { return plain(one) }
    let table = powers(form(base.remainder(dividingBy: modulus)), one, isShort: significant.count == 1 && first < 4)
    var scratch = [UInt64](repeating: 0, count: count + 2)
    var result = one
    for byte in significant {
      for digit in [Int(byte >> 4), Int(byte & 15)] {
        for _ in 0..<4 {
          multiply(&result, by: result, &scratch)
        }
        if digit > 0 { multiply(&result, by: table[digit], &scratch) }
      }
    }
    return plain(result)
  }

  /// The powers from 0 to 15, or to 3.
  private func powers(_ base: [UInt64], _ one: [UInt64], isShort: Bool) -> [[UInt64]] {
    var scratch = [UInt64](repeating: 0, count: count + 2)
    var powers = [one, base]
    while powers.count < (isShort ? 4 : 16) {
      var next = powers[powers.count - 1]
      multiply(&next, by: base, &scratch)
      powers.append(next)
    }
    return powers
  }

  /// The number times 2^(64 · count), reduced.
  private func form(_ number: BigNumber) -> [UInt64] {
    let shifted = BigNumber(words: [UInt64](repeating: 0, count: count) + number.words)
    let words = shifted.remainder(dividingBy: modulus).words
    return words + [UInt64](repeating: 0, count: count - words.count)
  }

  private func plain(_ form: [UInt64]) -> BigNumber {
    var result = form
    var scratch = [UInt64](repeating: 0, count: count + 2)
    multiply(&result, by: [1] + [UInt64](repeating: 0, count: count - 1), &scratch)
    return BigNumber(words: result)
  }

  /// left · right / 2^(64 · count), reduced: one word of `left` after the other.
  private func multiply(_ left: inout [UInt64], by right: [UInt64], _ scratch: inout [UInt64]) {
    let count = count
    unsafe modulus.words.withUnsafeBufferPointer { modulus in
      unsafe right.withUnsafeBufferPointer { right in
        unsafe scratch.withUnsafeMutableBufferPointer { sum in
          unsafe sum.update(repeating: 0)
          for index in 0..<count {
            let overflow = unsafe Montgomery.add(left[index], times: right, to: sum, count)
            let factor = unsafe sum[0] &* negatedInverse
            unsafe Montgomery.reduce(sum, adding: factor, times: modulus, overflow, count)
          }
        }
      }
    }
    subtractModulusIfNeeded(scratch, into: &left)
  }

  /// sum += word · factor; the word above.
  @inline(__always)
  private static func add(
    _ word: UInt64, times factor: UnsafeBufferPointer<UInt64>, to sum: UnsafeMutableBufferPointer<UInt64>, _ count: Int
  ) -> UInt64 {
    var carry: UInt64 = 0
    var index = 0
    while index < count {
      let total = unsafe UInt128(word) &* UInt128(factor[index]) &+ UInt128(sum[index]) &+ UInt128(carry)
      unsafe sum[index] = UInt64(truncatingIfNeeded: total)
      carry = UInt64(truncatingIfNeeded: total &>> 64)
      index &+= 1
    }
    let (top, overflow) = unsafe sum[count].addingReportingOverflow(carry)
    unsafe sum[count] = top
    return overflow ? 1 : 0
  }

  /// sum = (sum + word · modulus) / 2⁶⁴.
  @inline(__always)
  private static func reduce(
    _ sum: UnsafeMutableBufferPointer<UInt64>, adding word: UInt64, times modulus: UnsafeBufferPointer<UInt64>,
    _ overflow: UInt64, _ count: Int
  ) {
    var carry = unsafe UInt64(
      truncatingIfNeeded: (UInt128(word) &* UInt128(modulus[0]) &+ UInt128(sum[0])) &>> 64)
    var index = 1
    while index < count {
      let total = unsafe UInt128(word) &* UInt128(modulus[index]) &+ UInt128(sum[index]) &+ UInt128(carry)
      unsafe sum[index &- 1] = UInt64(truncatingIfNeeded: total)
      carry = UInt64(truncatingIfNeeded: total &>> 64)
      index &+= 1
    }
    let total = unsafe UInt128(sum[count]) &+ UInt128(carry)
    unsafe sum[count &- 1] = UInt64(truncatingIfNeeded: total)
    unsafe sum[count] = overflow &+ UInt64(truncatingIfNeeded: total &>> 64)
  }

  /// The sum is less than twice the modulus.
  private func subtractModulusIfNeeded(_ sum: [UInt64], into result: inout [UInt64]) {
    var borrow: UInt64 = 0
    for index in 0..<count {
      let (first, isNegative) = sum[index].subtractingReportingOverflow(modulus.words[index])
      let (second, isStillNegative) = first.subtractingReportingOverflow(borrow)
      result[index] = second
      borrow = isNegative || isStillNegative ? 1 : 0
    }
    if sum[count] < borrow {
      for index in 0..<count {
        result[index] = sum[index]
      }
    }
  }
}
