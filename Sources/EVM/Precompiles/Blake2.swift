import Primitives

/// Precompile 0x09: the compression function F of BLAKE2b (RFC 7693, section 3.2; EIP-152).
enum Blake2 {
  /// Rounds (4 bytes), h (64), m (128), t (16), final flag (1).
  private static let inputCount = 213

  /// One gas per round; nil for input of any other length.
  static func cost(of input: RawSpan) -> Int? {
    input.byteCount == inputCount ? Int(input.bigEndian(at: 0, as: UInt32.self)) : nil
  }

  static func run(on input: RawSpan) throws(PrecompileFailure) -> [UInt8] {
    guard input.byteCount == inputCount, input.byte(at: 212) <= 1 else { throw PrecompileFailure() }
    var h = InlineArray<8, UInt64> { input.littleEndian(at: 4 + 8 * $0) }
    let m = InlineArray<16, UInt64> { input.littleEndian(at: 68 + 8 * $0) }
    compress(
      &h, m, count: (input.littleEndian(at: 196), input.littleEndian(at: 204)), isLast: input.byte(at: 212) == 1,
      rounds: input.bigEndian(at: 0, as: UInt32.self))
    var output = [UInt8]()
    output.reserveCapacity(64)
    for index in 0..<8 {
      output.append(bigEndian: h[index].byteSwapped)
    }
    return output
  }

  private static func compress(
    _ h: inout InlineArray<8, UInt64>, _ m: InlineArray<16, UInt64>, count: (UInt64, UInt64), isLast: Bool,
    rounds: UInt32
  ) {
    var (v0, v1, v2, v3) = (h[0], h[1], h[2], h[3])
    var (v4, v5, v6, v7) = (h[4], h[5], h[6], h[7])
    var (v8, v9, v10, v11) = (initial[0], initial[1], initial[2], initial[3])
    var (v12, v13) = (initial[4] ^ count.0, initial[5] ^ count.1)
    var (v14, v15) = (isLast ? ~initial[6] : initial[6], initial[7])
    // Rounds are paid for one by one and there may be 2³² of them, or one: locals, and the message put in order
    // beforehand, as far as there are rounds.
    var ordered = InlineArray<160, UInt64>(repeating: 0)
    for index in 0..<16 * Int(min(rounds, 10)) { ordered[index] = m[Int(schedule[index])] }
    let words = ordered.span
    var first = 0
    for _ in 0..<rounds {
      unsafe mix(&v0, &v4, &v8, &v12, words[unchecked: first], words[unchecked: first &+ 1])
      unsafe mix(&v1, &v5, &v9, &v13, words[unchecked: first &+ 2], words[unchecked: first &+ 3])
      unsafe mix(&v2, &v6, &v10, &v14, words[unchecked: first &+ 4], words[unchecked: first &+ 5])
      unsafe mix(&v3, &v7, &v11, &v15, words[unchecked: first &+ 6], words[unchecked: first &+ 7])
      unsafe mix(&v0, &v5, &v10, &v15, words[unchecked: first &+ 8], words[unchecked: first &+ 9])
      unsafe mix(&v1, &v6, &v11, &v12, words[unchecked: first &+ 10], words[unchecked: first &+ 11])
      unsafe mix(&v2, &v7, &v8, &v13, words[unchecked: first &+ 12], words[unchecked: first &+ 13])
      unsafe mix(&v3, &v4, &v9, &v14, words[unchecked: first &+ 14], words[unchecked: first &+ 15])
      first = first == 144 ? 0 : first &+ 16
    }
    let low: InlineArray<8, UInt64> = [v0, v1, v2, v3, v4, v5, v6, v7]
    let high: InlineArray<8, UInt64> = [v8, v9, v10, v11, v12, v13, v14, v15]
    for index in 0..<8 {
      h[index] ^= low[index] ^ high[index]
    }
  }

  /// G of RFC 7693.
  @inline(__always)
  private static func mix(
    _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64, _ x: UInt64, _ y: UInt64
  ) {
    a = a &+ b &+ x
    d = rotated(d ^ a, 32)
    c = c &+ d
    b = rotated(b ^ c, 24)
    a = a &+ b &+ y
    d = rotated(d ^ a, 16)
    c = c &+ d
    b = rotated(b ^ c, 63)
  }

  @inline(__always)
  private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word &>> count | word &<< (64 &- count)
  }

  /// The first 64 bits of the fractions of the square roots of the first eight primes.
  private static let initial: InlineArray<8, UInt64> = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
  ]

  /// Which words of the message the rounds take, ten rounds of sixteen, in order (RFC 7693, section 2.7).
  private static let schedule: InlineArray<160, UInt8> = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
    11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
    7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
    9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
    2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
    12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
    13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
    6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
    10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
  ]
}

extension RawSpan {
  func littleEndian(at offset: Int) -> UInt64 {
    bigEndian(at: offset, as: UInt64.self).byteSwapped
  }
}
