/// Arithmetic modulo a power of two: the words above are never computed.
struct PowerOfTwo {
  let bitCount: Int

  private var count: Int { (bitCount + 63) / 64 }

  /// At most `bitCount` + 7 bits of the exponent count: the order of an odd base divides 2^(bitCount − 2), and an even
  /// base is zero from the power `bitCount` on.
  func power(_ base: BigNumber, _ exponent: borrowing Digits) -> BigNumber {
    if !base.isOdd, exponent.count > 8 || exponent.word >= UInt64(bitCount) {
      return BigNumber(words: [])
    }
    let last = exponent.suffix((bitCount + 7) / 8)
    let base = padded(base)
    var result = padded(BigNumber(words: [1]))
    var scratch = result
    // Squarings of one are left out.
    var isOne = true
    for index in 0..<last.count {
      let byte = last[index]
      for bit in (0..<8).reversed() {
        if !isOne {
          multiply(result, result, into: &scratch)
          swap(&result, &scratch)
        }
        guard byte &>> UInt8(bit) & 1 == 1 else { continue }
        multiply(result, base, into: &scratch)
        swap(&result, &scratch)
        isOne = false
      }
    }
    return reduced(result)
  }

  func product(_ left: BigNumber, _ right: BigNumber) -> BigNumber {
    var product = [UInt64](repeating: 0, count: count)
    multiply(padded(left), padded(right), into: &product)
    return reduced(product)
  }

  func difference(_ left: BigNumber, _ right: BigNumber) -> BigNumber {
    var difference = padded(left)
    let right = padded(right)
    var borrow = false
    for index in difference.indices {
      let (first, isNegative) = difference[index].subtractingReportingOverflow(right[index])
      let (second, isStillNegative) = first.subtractingReportingOverflow(borrow ? 1 : 0)
      difference[index] = second
      borrow = isNegative || isStillNegative
    }
    return reduced(difference)
  }

  /// 1 / number. Newton: each round doubles the bits that are right, and computes no more than those.
  func inverse(ofOdd number: BigNumber) -> BigNumber {
    var inverse = BigNumber(words: [number.words[0].inverseModuloWord])
    var rightBits = 64
    while rightBits < bitCount {
      rightBits = min(2 * rightBits, bitCount)
      let ring = PowerOfTwo(bitCount: rightBits)
      let error = ring.difference(BigNumber(words: [2]), ring.product(number, inverse))
      inverse = ring.product(inverse, error)
    }
    return reduced(inverse.words)
  }

  /// The lowest `count` words of the product; all three have as many.
  private func multiply(_ left: [UInt64], _ right: [UInt64], into product: inout [UInt64]) {
    let count = left.count
    for index in 0..<count { product[index] = 0 }
    for index in 0..<count {
      let word = left[index]
      var carry: UInt64 = 0
      for offset in 0..<count - index {
        let sum = UInt128(word) &* UInt128(right[offset]) &+ UInt128(product[index + offset]) &+ UInt128(carry)
        product[index + offset] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(truncatingIfNeeded: sum &>> 64)
      }
    }
  }

  private func padded(_ number: BigNumber) -> [UInt64] {
    let words = number.words.prefix(count)
    return words + [UInt64](repeating: 0, count: count - words.count)
  }

  private func reduced(_ words: [UInt64]) -> BigNumber {
    var words = Array(words.prefix(count))
    if words.count == count, bitCount % 64 != 0 { words[count - 1] &= 1 << UInt64(bitCount % 64) - 1 }
    return BigNumber(words: words)
  }
}
