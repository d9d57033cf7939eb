extension BN254Precompiles {
  /// What the three precompiles cost.
  package struct Prices: Sendable {
    package let add: UInt64
    package let multiply: UInt64
    package let pairingBase: UInt64
    package let pairingPair: UInt64

    /// EIP-196 and EIP-197.
    package static let byzantium = Prices(add: 500, multiply: 40_000, pairingBase: 100_000, pairingPair: 80_000)

    /// EIP-1108.
    package static let istanbul = Prices(add: 150, multiply: 6_000, pairingBase: 45_000, pairingPair: 34_000)

    /// What the pairing check costs for an input of `byteCount` bytes, whole pairs counted.
    package func pairingCheck(byteCount: Int) -> UInt64 {
      pairingBase + pairingPair * UInt64(byteCount / pairByteCount)
    }
  }
}
