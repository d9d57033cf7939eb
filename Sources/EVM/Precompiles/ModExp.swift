import Primitives

/// Precompile 0x05: base to the power of exponent, modulo modulus, of any length (EIP-198; prices EIP-2565 and 7883;
/// bound EIP-7823).
struct ModExp: ~Copyable, ~Escapable {
  /// In bytes, as the first three words of the input say.
  private let baseCount, exponentCount, modulusCount: UInt256

  /// The rest of the input; what lies beyond its end is zero.
  private let body: RawSpan

  @_lifetime(copy input)
  init(_ input: RawSpan) {
    baseCount = input.word(at: 0)
    exponentCount = input.word(at: 32)
    modulusCount = input.word(at: 64)
    body = input.extracting(min(96, input.byteCount)..<input.byteCount)
  }

  /// The power, as long as the modulus. The lengths have been paid for, so they fit.
  func run() -> [UInt8] {
    let count = Int(truncatingIfNeeded: modulusCount.low)
    guard count > 0 else { return [] }
    let baseEnd = Int(truncatingIfNeeded: baseCount.low)
    let exponentEnd = baseEnd + Int(truncatingIfNeeded: exponentCount.low)
    let base = digits(from: 0, to: baseEnd)
    let exponent = digits(from: baseEnd, to: exponentEnd)
    let modulus = digits(from: exponentEnd, to: exponentEnd + count)
    var output = [UInt8](repeating: 0, count: count)
    if modulus.count <= 8 {
      guard modulus.word > 1 else { return output }
      let power = WordModulus(modulus.word).power(base.remainder(dividingBy: modulus.word), exponent)
      output.setSuffix(power, before: count)
    } else if modulus.count <= 32, base.count <= 32, exponent.count < 3 {
      // So little is paid for this that no memory should be taken.
      base.uint256.power(exponent.word, modulo: modulus.uint256).withMinimalBigEndianBytes { bytes in
        for index in 0..<bytes.byteCount { output[count - bytes.byteCount + index] = bytes.byte(at: index) }
      }
    } else {
      for (index, word) in BigNumber(base).power(exponent, modulo: BigNumber(modulus)).words.enumerated() {
        output.setSuffix(word, before: count - 8 * index)
      }
    }
    return output
  }

  /// Bytes of the body, with zeros for what lies beyond its end.
  @_lifetime(copy self)
  private func digits(from start: Int, to end: Int) -> Digits {
    Digits(body.extracting(min(start, body.byteCount)..<body.byteCount), count: end - start)
  }
}

// MARK: - Price

extension ModExp {
  /// The price; nil when it is beyond what any gas could buy, or a length beyond its bound (EIP-7823).
  func cost(_ revision: Revision) -> Int? {
    if revision >= .osaka, max(baseCount, exponentCount, modulusCount) > UInt256(1024) { return nil }
    let least = revision >= .osaka ? 500 : revision >= .berlin ? 200 : 0
    let longest = max(baseCount, modulusCount)
    if longest.isZero, revision < .osaka { return least }
    guard longest < UInt256(1 << 26), exponentCount < UInt256(1 << 40) else { return nil }
    let complexity = complexity(longest.low, revision)
    let iterations = max(iterations(perByte: revision >= .osaka ? 16 : 8), 1)
    let divisor: UInt128 = revision >= .osaka ? 1 : revision >= .berlin ? 3 : 20
    return max(least, Int(clamping: complexity * iterations / divisor))
  }

  /// What a multiplication of numbers of this many bytes counts.
  private func complexity(_ count: UInt128, _ revision: Revision) -> UInt128 {
    let words = (count + 7) / 8
    if revision >= .osaka { return count <= 32 ? 16 : 2 * words * words }
    if revision >= .berlin { return words * words }
    if count <= 64 { return count * count }
    if count <= 1024 { return count * count / 4 + 96 * count - 3_072 }
    return count * count / 16 + 480 * count - 199_680
  }

  /// How many multiplications the exponent counts: its bits after the first, those behind the first 32 bytes by length.
  private func iterations(perByte: UInt128) -> UInt128 {
    let headCount = exponentCount < UInt256(32) ? Int(truncatingIfNeeded: exponentCount.low) : 32
    let start = Int(truncatingIfNeeded: baseCount.low)
    let head = digits(from: start, to: start + headCount).uint256
    let bits = head.isZero ? 0 : UInt128(255 - head.leadingZeroBitCount)
    return exponentCount > UInt256(32) ? perByte * (exponentCount.low - 32) + bits : bits
  }
}

extension [UInt8] {
  /// Writes a word's bytes so that they end before `end`; those that have no place are zero.
  fileprivate mutating func setSuffix(_ word: UInt64, before end: Int) {
    var (word, index) = (word, end)
    while word > 0 {
      index -= 1
      self[index] = UInt8(truncatingIfNeeded: word)
      word >>= 8
    }
  }
}

extension UInt256 {
  /// self to a short power, modulo a number greater than one.
  fileprivate func power(_ exponent: UInt64, modulo modulus: UInt256) -> UInt256 {
    var (left, square, result) = (exponent, self % modulus, UInt256.one)
    while left > 0 {
      if left & 1 == 1 { result = .multiplyingModulo(result, square, modulus) }
      left >>= 1
      if left > 0 { square = .multiplyingModulo(square, square, modulus) }
    }
    return result
  }
}
