extension Fp {
  /// The power, by windows of four bits of the exponent, most significant first.
  func power(_ exponent: Words) -> Self {
    var powers = [Self.one]
    while powers.count < 16 { powers.append(powers[powers.count - 1] * self) }
    var result = Self.one
    for index in (0..<Words.count).reversed() {
      let word = exponent.word(at: index)
      for shift in stride(from: 60, through: 0, by: -4) {
        result = result.squared().squared().squared().squared()
        let digit = Int(word >> UInt64(shift) & 15)
        if digit != 0 { result = result * powers[digit] }
      }
    }
    return result
  }

  /// A square root, for a modulus that is 3 modulo 4; nil where there is none.
  func squareRoot() -> Self? {
    let root = power(Self.squareRootExponent)
    return root.squared() == self ? root : nil
  }

  /// (modulus + 1) / 4, for a modulus that is 3 modulo 4.
  private static var squareRootExponent: Words {
    let modulus = Modulus.modulus
    // (p + 1)/4 is ⌊p/4⌋ + 1 for such a p.
    var quarter = Words { index in
      modulus.word(at: index) >> 2 | (index + 1 < Words.count ? modulus.word(at: index + 1) << 62 : 0)
    }
    _ = quarter.add(Words { $0 == 0 ? 1 : 0 })
    return quarter
  }
}
