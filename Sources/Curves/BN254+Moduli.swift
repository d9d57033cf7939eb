/// The prime p over which BN254, the curve of EIP-196 and EIP-197, is defined: 254 bits, 3 modulo 4.
enum BN254BaseModulus: PrimeModulus {
  @inline(__always)
  static var modulus: Limbs4 {
    Limbs4(
      0x3c208c16d87cfd47, 0x97816a916871ca8d,
      0xb85045b68181585d, 0x30644e72e131a029)
  }

  @inline(__always)
  static var radix: Limbs4 {
    Limbs4(
      0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d,
      0x666ea36f7879462c, 0x0e0a77c19a07df2f)
  }

  @inline(__always)
  static var radixSquared: Limbs4 {
    Limbs4(
      0xf32cfc5b538afa89, 0xb5e71911d44501fb,
      0x47ab1eff0a417ff6, 0x06d89f71cab8351f)
  }

  @inline(__always)
  static var negatedInverse: UInt64 { 0x87d20782e4866389 }

  @inline(__always)
  static var hasSpareBit: Bool { true }
}
