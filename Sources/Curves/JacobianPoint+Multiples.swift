extension JacobianPoint {
  /// The sum of each point times its scalar: Straus's method, with one chain of doublings for all of them.
  ///
  /// For few points; O(256) doublings and about 43 additions for each point.
  static func sum(of terms: [(point: AffinePoint<Curve>, scalar: Limbs4)]) -> Self {
    let width = 5
    let digits = terms.map { SignedDigits($0.scalar, width: width).digits }
    let tables = terms.map { Self.oddMultiples(of: $0.point, count: 1 << (width - 2)) }
    var sum = Self.infinity
    for position in (0..<(digits.map { $0.count }.max() ?? 0)).reversed() {
      sum = sum.doubled()
      for term in digits.indices where position < digits[term].count && digits[term][position] != 0 {
        let digit = Int(digits[term][position])
        let multiple = tables[term][abs(digit) / 2]
        sum = sum + (digit < 0 ? -multiple : multiple)
      }
    }
    return sum
  }

  /// The point times a scalar.
  static func product(_ point: AffinePoint<Curve>, _ scalar: Limbs4) -> Self {
    sum(of: [(point, scalar)])
  }

  /// 1, 3, 5, … times a point.
  private static func oddMultiples(of point: AffinePoint<Curve>, count: Int) -> [Self] {
    var multiples = [Self(point)]
    let double = multiples[0].doubled()
    while multiples.count < count { multiples.append(multiples[multiples.count - 1] + double) }
    return multiples
  }

  /// The point times a number of few set bits, such as a pairing curve's parameter: doublings and mixed additions.
  static func product(_ point: AffinePoint<Curve>, sparse scalar: UInt64) -> Self {
    var product = Self.infinity
    for bit in (0..<(64 - scalar.leadingZeroBitCount)).reversed() {
      product = product.doubled()
      if scalar >> UInt64(bit) & 1 != 0 { product = product + point }
    }
    return product
  }

  /// The point times a number of few set bits.
  func multiplied(sparse scalar: UInt64) -> Self {
    var product = Self.infinity
    for bit in (0..<(64 - scalar.leadingZeroBitCount)).reversed() {
      product = product.doubled()
      if scalar >> UInt64(bit) & 1 != 0 { product = product + self }
    }
    return product
  }
}
