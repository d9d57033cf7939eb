extension Fp2 {
  /// The power, bit by bit of the exponent.
  func power(_ exponent: Modulus.Words) -> Self {
    var result = Self.one
    for index in (0..<exponent.significantBitCount).reversed() {
      result = result.squared()
      if exponent.bit(at: index) { result = result * self }
    }
    return result
  }
}
