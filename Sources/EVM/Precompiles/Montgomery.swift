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

  /// Four bits of the exponent at a time: four squarings and at most one product.
  func power(_ base: BigNumber, _ exponent: [UInt8]) -> BigNumber {
    let count = count
    let one = form(BigNumber(words: [1]))
    // The powers 0 to 15, then the result, then what a product needs.
    var words = one + form(base.remainder(dividingBy: modulus))
    words += [UInt64](repeating: 0, count: 14 * count) + one + [UInt64](repeating: 0, count: count + 2)
    let significant = exponent.drop { $0 == 0 }
    unsafe modulus.words.withUnsafeBufferPointer { modulus in
      unsafe words.withUnsafeMutableBufferPointer { words in
        guard let start = words.baseAddress, let modulus = modulus.baseAddress else { return }
        let product = unsafe Product(modulus, negatedInverse, start + 17 * count, count)
        let result = unsafe start + 16 * count
        let isShort = significant.count == 1 && significant.first.map { $0 < 4 } ?? false
        for index in 2..<(isShort ? 4 : 16) {
          unsafe product.store(start + index * count, start + (index - 1) * count, start + count)
        }
        for byte in significant {
          unsafe product.advance(result, by: Int(byte >> 4), start)
          unsafe product.advance(result, by: Int(byte & 15), start)
        }
        // Out of Montgomery's form: a product with one.
        unsafe start.update(repeating: 0, count: count)
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

  /// To the power of sixteen, times the power `digit`.
  func advance(_ result: UnsafeMutablePointer<UInt64>, by digit: Int, _ powers: UnsafeMutablePointer<UInt64>) {
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
