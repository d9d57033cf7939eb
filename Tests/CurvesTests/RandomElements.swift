// Random elements of fields and points of curves.

@testable import Curves

extension RandomNumberGenerator {
  /// Any number, often with words that are all zeros or all ones.
  mutating func limbs<Words: Limbs>(_: Words.Type = Words.self) -> Words {
    let words = (0..<Words.count).map { _ -> UInt64 in
      switch next() % 8 {
      case 0: 0
      case 1: .max
      default: next()
      }
    }
    return Words { words[$0] }
  }

  mutating func element<Modulus: PrimeModulus>(_: Modulus.Type = Modulus.self) -> Fp<Modulus> {
    Fp(reducing: limbs())
  }

  mutating func element<Modulus: PrimeModulus>(_: Modulus.Type = Modulus.self) -> Fp2<Modulus> {
    Fp2(element(), element())
  }

  mutating func element<Tower: PairingTower>(_: Tower.Type = Tower.self) -> Fp6<Tower> {
    Fp6(element(), element(), element())
  }

  mutating func element<Tower: PairingTower>(_: Tower.Type = Tower.self) -> Fp12<Tower> {
    Fp12(element(), element())
  }

  /// A point of the curve, nearly never of the order r where there is a cofactor.
  mutating func point<Curve: WeierstrassCurve>(
    x element: (inout Self) -> Curve.Coordinate
  ) -> AffinePoint<Curve> where Curve.Coordinate: SquareRootField {
    while true {
      let x = element(&self)
      if let y = Curve.rightSide(at: x).squareRoot() { return AffinePoint(x: x, y: next() & 1 == 0 ? y : -y) }
    }
  }
}

// MARK: - Points of order r

extension RandomNumberGenerator {
  /// The first group of BN254 is the whole curve.
  mutating func bn254G1() -> AffinePoint<BN254.G1> { point { $0.element() } }

  mutating func bn254G2() -> AffinePoint<BN254.G2> {
    JacobianPoint.product(point { $0.element() }, BN254.twistCofactor).affine()
  }

  mutating func bls12G1() -> AffinePoint<BLS12381.G1> {
    BLS12381.clearingCofactor(JacobianPoint<BLS12381.G1>(point { $0.element() })).affine()
  }

  mutating func bls12G2() -> AffinePoint<BLS12381.G2> {
    BLS12381.clearingCofactor(JacobianPoint<BLS12381.G2>(point { $0.element() })).affine()
  }
}
