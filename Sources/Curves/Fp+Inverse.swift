extension Fp {
  /// The multiplicative inverse; zero for zero. About 0.7 steps for each bit of the modulus.
  ///
  /// The binary extended Euclidean algorithm (Knuth, volume 2, 4.5.2, algorithm B), with shifts by as many bits as
  /// there are, and with selections in place of the comparison's branch, which no processor predicts. Throughout,
  /// self·x ≡ u·R² and self·y ≡ v·R² for the Montgomery forms, so the answer comes out in Montgomery form.
  @inline(never)
  func inverse() -> Self {
    var u = montgomery
    var v = Modulus.modulus
    var x = Self(montgomery: Modulus.radixSquared)
    var y = Self.zero
    while !u.isZero {
      while u.lowest & 1 == 0 {
        let count = min(63, UInt64(truncatingIfNeeded: u.lowest.trailingZeroBitCount))
        u.shiftRight(by: count, bringingIn: 0)
        x = x.divided(byPowerOfTwo: count)
      }
      // Both are odd. The smaller becomes v, and the difference, which is even, u.
      var difference = u
      let isBelow = 0 &- difference.subtract(v)
      v = v.selecting(u, by: isBelow)
      u = difference.negated(by: isBelow)
      let other = x - y
      y.montgomery = y.montgomery.selecting(x.montgomery, by: isBelow)
      x.montgomery = other.montgomery.selecting((-other).montgomery, by: isBelow)
    }
    return y
  }

  /// The element times 2^−`count`, for a count of 1 to 63: a step of Montgomery reduction by that many bits.
  @inline(__always)
  private func divided(byPowerOfTwo count: UInt64) -> Self {
    let multiple = (montgomery.lowest &* Modulus.negatedInverse) & (1 &<< count &- 1)
    var quotient = montgomery
    let carry = quotient.add(Modulus.modulus, times: multiple)
    quotient.shiftRight(by: count, bringingIn: carry)
    return Self(montgomery: quotient)
  }
}

extension Limbs {
  /// The number where `mask` is zero, its two's complement where it is all ones.
  @inline(__always)
  fileprivate func negated(by mask: UInt64) -> Self {
    var negative = Self.zero
    _ = negative.subtract(self)
    return selecting(negative, by: mask)
  }
}
