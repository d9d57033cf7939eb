/// A field in which square roots are computed and signs defined, as hashing to curves and compressed points need.
protocol SquareRootField: Field {
  /// A square root; nil where there is none.
  func squareRoot() -> Self?

  /// sgn0 of RFC 9380, section 4.1.
  var isOdd: Bool { get }
}

extension Fp: SquareRootField {
  var isOdd: Bool { number.lowest & 1 != 0 }
}

extension Fp2: SquareRootField {
  var isOdd: Bool { c0.isZero ? c1.isOdd : c0.isOdd }

  /// By square roots of the base field: the norm's, and one of a half of c0 plus or minus that.
  func squareRoot() -> Self? {
    if c1.isZero {
      if let root = c0.squareRoot() { return Self(root, .zero) }
      // −1 is no square for these moduli, so one of c0 and −c0 is.
      return (-c0).squareRoot().map { Self(.zero, $0) }
    }
    guard let normRoot = norm.squareRoot() else { return nil }
    let half = Base(2).inverse()
    guard let root0 = ((c0 + normRoot) * half).squareRoot() ?? ((c0 - normRoot) * half).squareRoot() else {
      return nil
    }
    return Self(root0, c1 * root0.doubled().inverse())
  }
}
