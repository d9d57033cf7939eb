/// Powers modulo an odd number greater than one (Montgomery, 1985).
struct Montgomery {
  private let modulus: BigNumber

  /// −1 / modulus, modulo 2⁶⁴.
  private let negatedInverse: UInt64

  private var count: Int { modulus.words.count }

  init(_ modulus: BigNumber) {
    self.modulus = modulus
    negatedInverse = 0 &- modulus.words[0].inverseModuloWord
  }

  /// The exponent is not zero. Four bits of it at a time: four squarings and at most one product.
  func power(_ base: BigNumber, _ exponent: borrowing Digits) -> BigNumber {
    let count = count
    // The powers 0 to 15 (power 0 is not used but for the one at the end), then the result, then what a product needs.
    var words = [UInt64](repeating: 0, count: count) + form(base)
    words += [UInt64](repeating: 0, count: 16 * count + 2)
    unsafe modulus.words.withUnsafeBufferPointer { modulus in
      unsafe words.withUnsafeMutableBufferPointer { words in
        guard let start = words.baseAddress, let modulus = modulus.baseAddress else { return }
        let product = unsafe Product(modulus, negatedInverse, start + 17 * count, count)
        let result = unsafe start + 16 * count
        if exponent.count > 2 {
          unsafe product.raise(result, to: exponent, powers: start)
        } else {
          unsafe product.raise(result, to: exponent.word, base: start + count)
        }
        // Out of Montgomery's form: a product with one.
        unsafe start[0] = 1
        unsafe product.store(result, result, start)
      }
    }
    return BigNumber(words: Array(words[16 * count..<17 * count]))
  }

  /// The number times 2^(64 · count), reduced.
  private func form(_ number: BigNumber) -> [UInt64] {
    let shifted = BigNumber(words: [UInt64](repeating: 0, count: count) + number.words)
    let words = shifted.remainder(dividingBy: modulus).words
    return words + [UInt64](repeating: 0, count: count - words.count)
  }
}

/// The product of a modulus: `count` words each, and as many and two for the sum.
@safe
private struct Product {
  private let modulus: UnsafePointer<UInt64>
  private let negatedInverse: UInt64
  private let sum: UnsafeMutablePointer<UInt64>
  private let count: Int

  init(
    _ modulus: UnsafePointer<UInt64>, _ negatedInverse: UInt64, _ sum: UnsafeMutablePointer<UInt64>, _ count: Int
  ) {
    unsafe self.modulus = modulus
    self.negatedInverse = negatedInverse
    unsafe self.sum = sum
    self.count = count
  }

  /// result = the base to a long power: `powers` has the base as power 1, and room for those up to 15.
  func raise(
    _ result: UnsafeMutablePointer<UInt64>, to exponent: borrowing Digits, powers: UnsafeMutablePointer<UInt64>
  ) {
    for index in 2..<16 {
      unsafe store(powers + index * count, powers + (index - 1) * count, powers + count)
    }
    // The first byte is not zero, so one of its digits is where to begin.
    let first = Int(exponent[0])
    unsafe result.update(from: powers + (first > 15 ? first >> 4 : first) * count, count: count)
    if first > 15 { unsafe advance(result, by: first & 15, powers) }
    for index in 1..<exponent.count {
      let byte = exponent[index]
      unsafe advance(result, by: Int(byte >> 4), powers)
      unsafe advance(result, by: Int(byte & 15), powers)
    }
  }

  /// result = the base to a power so short that a table does not pay.
  func raise(_ result: UnsafeMutablePointer<UInt64>, to exponent: UInt64, base: UnsafeMutablePointer<UInt64>) {
    unsafe result.update(from: base, count: count)
    for bit in (0..<UInt64(63 - exponent.leadingZeroBitCount)).reversed() {
      unsafe store(result, result, result)
      if exponent >> bit & 1 == 1 { unsafe store(result, result, base) }
    }
  }

  /// To the power of sixteen, times the power `digit`.
  private func advance(
    _ result: UnsafeMutablePointer<UInt64>, by digit: Int, _ powers: UnsafeMutablePointer<UInt64>
  ) {
    for _ in 0..<4 {
      unsafe store(result, result, result)
    }
    if digit > 0 { unsafe store(result, result, powers + digit * count) }
  }

  /// target = left · right / 2^(64 · count), reduced: one word of `left` after the other.
  func store(
    _ target: UnsafeMutablePointer<UInt64>, _ left: UnsafeMutablePointer<UInt64>,
    _ right: UnsafeMutablePointer<UInt64>
  ) {
    unsafe sum.update(repeating: 0, count: count + 2)
    for index in 0..<count {
      let overflow = unsafe add(left[index], times: right)
      unsafe reduce(adding: sum[0] &* negatedInverse, overflow)
    }
    unsafe subtractModulusIfNeeded(into: target)
  }

  /// sum += word · factor; the word above.
  @inline(__always)
  private func add(_ word: UInt64, times factor: UnsafeMutablePointer<UInt64>) -> UInt64 {
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
  private func reduce(adding word: UInt64, _ overflow: UInt64) {
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
  private func subtractModulusIfNeeded(into result: UnsafeMutablePointer<UInt64>) {
    var borrow: UInt64 = 0
    for index in 0..<count {
      let (first, isNegative) = unsafe sum[index].subtractingReportingOverflow(modulus[index])
      let (second, isStillNegative) = first.subtractingReportingOverflow(borrow)
      unsafe result[index] = second
      borrow = isNegative || isStillNegative ? 1 : 0
    }
    if unsafe sum[count] < borrow { unsafe result.update(from: sum, count: count) }
  }
}
