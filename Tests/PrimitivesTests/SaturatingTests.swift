import Primitives
import Testing

@Suite("Sums and differences that stay within their type")
struct SaturatingTests {
  @Test("a sum ends at the greatest number, a difference at zero")
  func ends() {
    let edges: [UInt64] = [0, 1, 2, 1 << 63, .max - 1, .max]
    for left in edges {
      for right in edges {
        let (wide, other) = (UInt128(left), UInt128(right))
        #expect(left.saturatingSum(right) == UInt64(clamping: wide + other))
        #expect(left.saturatingDifference(right) == UInt64(clamping: Int128(left) - Int128(right)))
      }
    }
    for (left, right, sum) in [(.max, .one, .max), (.max, .max, .max), (.max, .zero, .max), (.one, .one, 2)]
      as [(UInt256, UInt256, UInt256)]
    {
      #expect(left.saturatingSum(right) == sum && right.saturatingSum(left) == sum)
    }
  }
}
