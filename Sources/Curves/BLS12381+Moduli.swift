/// The prime p over which BLS12-381, the curve of EIP-2537, is defined: 381 bits, 3 modulo 4.
enum BLS12381BaseModulus: PrimeModulus {
  @inline(__always)
  static var modulus: Limbs6 {
    Limbs6(
      0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
      0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a)
  }

  @inline(__always)
  static var radix: Limbs6 {
    Limbs6(
      0x760900000002fffd, 0xebf4000bc40c0002, 0x5f48985753c758ba,
      0x77ce585370525745, 0x5c071a97a256ec6d, 0x15f65ec3fa80e493)
  }

  @inline(__always)
  static var radixSquared: Limbs6 {
    Limbs6(
      0xf4df1f341c341746, 0x0a76e6a609d104f1, 0x8de5476c4c95b6d5,
      0x67eb88a9939d83c0, 0x9a793e85b519952d, 0x11988fe592cae3aa)
  }

  @inline(__always)
  static var negatedInverse: UInt64 { 0x89f3fffcfffcfffd }

  @inline(__always)
  static var hasSpareBit: Bool { true }
}

/// The order r of the groups of BLS12-381: 255 bits.
enum BLS12381ScalarModulus: PrimeModulus {
  @inline(__always)
  static var modulus: Limbs4 {
    Limbs4(
      0xffffffff00000001, 0x53bda402fffe5bfe,
      0x3339d80809a1d805, 0x73eda753299d7d48)
  }

  @inline(__always)
  static var radix: Limbs4 {
    Limbs4(
      0x00000001fffffffe, 0x5884b7fa00034802,
      0x998c4fefecbc4ff5, 0x1824b159acc5056f)
  }

  @inline(__always)
  static var radixSquared: Limbs4 {
    Limbs4(
      0xc999e990f3f29c6d, 0x2b6cedcb87925c23,
      0x05d314967254398f, 0x0748d9d99f59ff11)
  }

  @inline(__always)
  static var negatedInverse: UInt64 { 0xfffffffeffffffff }

  @inline(__always)
  static var hasSpareBit: Bool { true }
}
