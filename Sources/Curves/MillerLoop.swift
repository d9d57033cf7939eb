/// The Miller loop of the optimal ate pairing over any number of pairs at once, which share the squarings.
///
/// A pair with infinity in it contributes 1.
struct MillerLoop<Curve: PairingCurve> {
  /// One pair, neither point of which is infinity, and the multiple of the second point reached so far.
  private struct Pair {
    let p: AffinePoint<Curve.G1>
    let q: AffinePoint<Curve.G2>
    var multiple: MillerPoint<Curve>
  }

  private var pairs: [Pair]

  /// The value so far.
  private(set) var value = Fp12<Curve>.one

  private init(_ pairs: [(AffinePoint<Curve.G1>, AffinePoint<Curve.G2>)]) {
    self.pairs = pairs.compactMap { p, q in
      p.isInfinity || q.isInfinity ? nil : Pair(p: p, q: q, multiple: MillerPoint(q))
    }
  }

  /// The product of the loops' values; 1 when there is no pair without infinity.
  static func value(of pairs: [(AffinePoint<Curve.G1>, AffinePoint<Curve.G2>)]) -> Fp12<Curve> {
    var loop = Self(pairs)
    guard !loop.pairs.isEmpty else { return .one }
    for (index, digit) in Curve.loopDigits.enumerated() {
      if index > 0 { loop.value = loop.value.squared() }
      loop.double()
      if digit != 0 { loop.add { digit > 0 ? $0 : -$0 } }
    }
    Curve.finish(&loop)
    return loop.value
  }

  /// Replaces the value by its conjugate: what a negative count asks for.
  mutating func conjugate() { value = value.conjugate }

  /// Adds to each pair's multiple a point made from its second point, and multiplies the lines into the value.
  mutating func add(_ point: (AffinePoint<Curve.G2>) -> AffinePoint<Curve.G2>) {
    for index in pairs.indices {
      let line = pairs[index].multiple.add(point(pairs[index].q))
      multiply(by: line, at: pairs[index].p)
    }
  }

  private mutating func double() {
    for index in pairs.indices {
      let line = pairs[index].multiple.double()
      multiply(by: line, at: pairs[index].p)
    }
  }

  @inline(__always)
  private mutating func multiply(by line: MillerLine<Curve>, at p: AffinePoint<Curve.G1>) {
    let timesX = line.timesX * p.x
    let timesY = line.timesY * p.y
    if Curve.isMTwist {
      value.multiplyByLine(line.constant, timesX, vw: timesY)
    } else {
      value.multiplyByLine(timesY, w: timesX, vw: line.constant)
    }
  }
}
