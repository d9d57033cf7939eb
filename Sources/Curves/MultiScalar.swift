/// Sums of points times scalars.
enum MultiScalar<Curve: WeierstrassCurve> {
  typealias Term = (point: AffinePoint<Curve>, scalar: Limbs4)

  /// From this many terms on, buckets win over tables for each point (measured).
  private static var manyTerms: Int { 192 }

  /// The sum of each point times its scalar.
  static func sum(of terms: [Term]) -> JacobianPoint<Curve> {
    terms.count < manyTerms ? JacobianPoint.sum(of: terms) : sumByBuckets(terms)
  }

  /// Pippenger's method: for each window of bits of the scalars, the points with the same digit are added up first.
  ///
  /// About 256/w · (n + 2^(w + 1)) additions for n terms and windows of w bits.
  static func sumByBuckets(_ terms: [Term]) -> JacobianPoint<Curve> {
    let width = windowWidth(terms.count)
    let windowCount = (256 + width - 1) / width
    var sum = JacobianPoint<Curve>.infinity
    for window in (0..<windowCount).reversed() {
      for _ in 0..<width { sum = sum.doubled() }
      sum = sum + windowSum(terms, firstBit: window * width, width: width)
    }
    return sum
  }

  /// The width that makes few additions: log₂ n less two.
  private static func windowWidth(_ count: Int) -> Int {
    max(3, Int.bitWidth - count.leadingZeroBitCount - 3)
  }

  /// The sum of each point times its scalar's digit in one window.
  private static func windowSum(_ terms: [Term], firstBit: Int, width: Int) -> JacobianPoint<Curve> {
    var buckets = [JacobianPoint<Curve>](repeating: .infinity, count: 1 << width - 1)
    for term in terms {
      let digit = term.scalar.digit(from: firstBit, width: width)
      if digit != 0 { buckets[digit - 1] = buckets[digit - 1] + term.point }
    }
    // Σ d·bucket[d] as the sum of the running sums from the highest digit down.
    var running = JacobianPoint<Curve>.infinity
    var sum = JacobianPoint<Curve>.infinity
    for index in buckets.indices.reversed() {
      running = running + buckets[index]
      sum = sum + running
    }
    return sum
  }
}

extension Limbs {
  /// The number in `width` bits, less than 64, from `firstBit` on; bits beyond the highest word are zero.
  func digit(from firstBit: Int, width: Int) -> Int {
    let index = firstBit / 64
    let shift = UInt64(firstBit % 64)
    var bits = word(at: index) >> shift
    if shift != 0, index + 1 < Self.count { bits |= word(at: index + 1) << (64 - shift) }
    return Int(bits & (1 << UInt64(width) - 1))
  }
}
