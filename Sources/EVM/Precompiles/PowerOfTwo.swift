/// Arithmetic modulo a power of two: the words above are never computed.
struct PowerOfTwo {
  let bitCount: Int

  private var count: Int { (bitCount + 63) / 64 }

  func power(_ base: BigNumber, _ exponent: [UInt8]) -> BigNumber {
    var result = BigNumber(words: [1])
    let base = reduced(base)
    for byte in exponent.drop(while: { $0 == 0 }) {
      for bit in (0..<8).reversed() {
        result = product(result, result)
        if byte >> UInt8(bit) & 1 == 1 { result = product(result, base) }
      }
    }
    return reduced(result)
  }

  func product(_ left: BigNumber, _ right: BigNumber) -> BigNumber {
    var product = [UInt64](repeating: 0, count: count)
    for (index, word) in left.words.prefix(count).enumerated() {
      var carry: UInt64 = 0
      for (offset, factor) in right.words.prefix(count - index).enumerated() {
        let sum = UInt128(word) * UInt128(factor) + UInt128(product[index + offset]) + UInt128(carry)
        product[index + offset] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(truncatingIfNeeded: sum >> 64)
      }
      let above = index + min(right.words.count, count - index)
      if above < count { product[above] = carry }
    }
    return reduced(BigNumber(words: product))
  }

  func difference(_ left: BigNumber, _ right: BigNumber) -> BigNumber {
    // −x is ~x + 1.
    let complement = (0..<count).map { $0 < right.words.count ? ~right.words[$0] : .max }
    return reduced(left.adding(BigNumber(words: complement)).adding(BigNumber(words: [1])))
  }

  /// 1 / number. Newton: each round doubles the bits that are right.
  func inverse(ofOdd number: BigNumber) -> BigNumber {
    var inverse = BigNumber(words: [number.words[0]])
    var rightBits = 3
    while rightBits < bitCount {
      let error = difference(BigNumber(words: [2]), product(number, inverse))
      inverse = product(inverse, error)
      rightBits *= 2
    }
    return reduced(inverse)
  }

  private func reduced(_ number: BigNumber) -> BigNumber {
    var words = Array(number.words.prefix(count))
    if words.count == count, bitCount % 64 != 0 { words[count - 1] &= 1 << UInt64(bitCount % 64) - 1 }
    return BigNumber(words: words)
  }
}
