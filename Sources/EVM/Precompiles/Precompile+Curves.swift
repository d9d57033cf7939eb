import Curves
import Primitives

/// The contracts that compute on curves.
extension Precompile {
  /// Gas for an input of `byteCount` bytes.
  func curveCost(byteCount: Int, _ revision: Revision) -> Int? {
    let bn254: BN254Precompiles.Prices = revision >= .istanbul ? .istanbul : .byzantium
    let gas: UInt64? =
      switch self {
      case .bn254Add: bn254.add
      case .bn254Multiply: bn254.multiply
      case .bn254PairingCheck: bn254.pairingCheck(byteCount: byteCount)
      case .pointEvaluation: PointEvaluation.gas
      case .bls12G1Add: BLS12381Precompiles.g1AddGas
      case .bls12G1MSM: BLS12381Precompiles.g1MultiScalarMultiplyGas(byteCount: byteCount)
      case .bls12G2Add: BLS12381Precompiles.g2AddGas
      case .bls12G2MSM: BLS12381Precompiles.g2MultiScalarMultiplyGas(byteCount: byteCount)
      case .bls12PairingCheck: BLS12381Precompiles.pairingCheckGas(byteCount: byteCount)
      case .bls12MapFpToG1: BLS12381Precompiles.mapToG1Gas
      case .bls12MapFp2ToG2: BLS12381Precompiles.mapToG2Gas
      case .p256Verify: P256Precompile.gas
      case .ecRecover, .sha256, .ripemd160, .identity, .modExp, .blake2F: nil
      }
    return gas.map { Int($0) }
  }

  /// The output.
  func runCurve(on input: RawSpan) throws(PrecompileFailure) -> [UInt8] {
    do {
      return switch self {
      case .bn254Add: try BN254Precompiles.add(input)
      case .bn254Multiply: try BN254Precompiles.multiply(input)
      case .bn254PairingCheck: try BN254Precompiles.pairingCheck(input)
      case .pointEvaluation: try PointEvaluation.run(input) { Hash256(SHA2.hash($0).rawSpan) }
      case .bls12G1Add: try BLS12381Precompiles.g1Add(input)
      case .bls12G1MSM: try BLS12381Precompiles.g1MultiScalarMultiply(input)
      case .bls12G2Add: try BLS12381Precompiles.g2Add(input)
      case .bls12G2MSM: try BLS12381Precompiles.g2MultiScalarMultiply(input)
      case .bls12PairingCheck: try BLS12381Precompiles.pairingCheck(input)
      case .bls12MapFpToG1: try BLS12381Precompiles.mapToG1(input)
      case .bls12MapFp2ToG2: try BLS12381Precompiles.mapToG2(input)
      case .p256Verify: P256Precompile.verify(input)
      case .ecRecover, .sha256, .ripemd160, .identity, .modExp, .blake2F: preconditionFailure("no contract of a curve")
      }
    } catch {
      throw PrecompileFailure()
    }
  }
}
