// What the tests know of BN254 beside what the code needs.

@testable import Curves
import TestSupport

extension BN254 {
  /// The order r of both groups.
  static let order = Limbs4(hex: "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001")

  /// 2p − r: what the order of the twist is beside r.
  static let twistCofactor: Limbs4 = {
    let p = NaiveInteger(Modulus.modulus)
    return (p + p - NaiveInteger(order)).limbs()
  }()

  /// The generators of EIP-197.
  static let g1Generator = AffinePoint<G1>(x: Fp(1), y: Fp(2))

  static let g2Generator = AffinePoint<G2>(
    x: Fp2(
      Fp(hex: "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"),
      Fp(hex: "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2")),
    y: Fp2(
      Fp(hex: "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"),
      Fp(hex: "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b")))
}
