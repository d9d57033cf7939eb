/// The prime p over which P-256 is defined (FIPS 186-4, D.1.2.3): 256 bits, so sums carry.
enum P256BaseModulus: PrimeModulus {
  @inline(__always)
  static var modulus: Limbs4 {
    Limbs4(
      0xffffffffffffffff, 0x00000000ffffffff,
      0x0000000000000000, 0xffffffff00000001)
  }

  @inline(__always)
  static var radix: Limbs4 {
    Limbs4(
      0x0000000000000001, 0xffffffff00000000,
      0xffffffffffffffff, 0x00000000fffffffe)
  }

  @inline(__always)
  static var radixSquared: Limbs4 {
    Limbs4(
      0x0000000000000003, 0xfffffffbffffffff,
      0xfffffffffffffffe, 0x00000004fffffffd)
  }

  @inline(__always)
  static var negatedInverse: UInt64 { 0x0000000000000001 }

  @inline(__always)
  static var hasSpareBit: Bool { false }
}

/// The order n of P-256: 256 bits, so sums carry.
enum P256OrderModulus: PrimeModulus {
  @inline(__always)
  static var modulus: Limbs4 {
    Limbs4(
      0xf3b9cac2fc632551, 0xbce6faada7179e84,
      0xffffffffffffffff, 0xffffffff00000000)
  }

  @inline(__always)
  static var radix: Limbs4 {
    Limbs4(
      0x0c46353d039cdaaf, 0x4319055258e8617b,
      0x0000000000000000, 0x00000000ffffffff)
  }

  @inline(__always)
  static var radixSquared: Limbs4 {
    Limbs4(
      0x83244c95be79eea2, 0x4699799c49bd6fa6,
      0x2845b2392b6bec59, 0x66e12d94f3d95620)
  }

  @inline(__always)
  static var negatedInverse: UInt64 { 0xccd1c8aaee00bc4f }

  @inline(__always)
  static var hasSpareBit: Bool { false }
}
