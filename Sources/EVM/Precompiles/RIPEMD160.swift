import Primitives

/// Precompile 0x03: RIPEMD-160 (Dobbertin, Bosselaers and Preneel, 1996; ISO/IEC 10118-3).
enum RIPEMD160 {
  static func hash(_ message: RawSpan) -> [UInt8] {
    var state: State = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0)
    let whole = message.byteCount / 64
    for block in 0..<whole {
      compress(&state, message.extracting(block * 64..<block * 64 + 64))
    }
    let tail = padding(of: message.extracting(whole * 64..<message.byteCount), total: message.byteCount)
    for block in 0..<tail.count / 64 {
      compress(&state, tail.rawSpan.extracting(block * 64..<block * 64 + 64))
    }
    var output = [UInt8]()
    for word in [state.0, state.1, state.2, state.3, state.4] {
      output.append(bigEndian: word.byteSwapped)
    }
    return output
  }

  private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32)

  /// What is left of the message, a one bit, zeros, and the length in bits: one block or two.
  private static func padding(of rest: RawSpan, total: Int) -> [UInt8] {
    var tail = rest.bytes
    tail.append(0x80)
    while tail.count % 64 != 56 {
      tail.append(0)
    }
    tail.append(bigEndian: (UInt64(total) &* 8).byteSwapped)
    return tail
  }

  /// Two lines of 80 steps, whose results are added crosswise.
  private static func compress(_ state: inout State, _ block: RawSpan) {
    let words = InlineArray<16, UInt32> { block.bigEndian(at: 4 * $0, as: UInt32.self).byteSwapped }
    let left = line(state, words, order: leftOrder, shifts: leftShifts, constants: leftConstants, isLeft: true)
    let right = line(state, words, order: rightOrder, shifts: rightShifts, constants: rightConstants, isLeft: false)
    state = (
      state.1 &+ left.2 &+ right.3, state.2 &+ left.3 &+ right.4, state.3 &+ left.4 &+ right.0,
      state.4 &+ left.0 &+ right.1, state.0 &+ left.1 &+ right.2
    )
  }

  private static func line(
    _ start: State, _ words: InlineArray<16, UInt32>, order: [UInt8], shifts: [UInt8], constants: [UInt32],
    isLeft: Bool
  ) -> State {
    var (a, b, c, d, e) = start
    for step in 0..<80 {
      let round = step / 16
      let mixed = a &+ function(isLeft ? round : 4 - round, b, c, d) &+ words[Int(order[step])] &+ constants[round]
      let sum = rotated(mixed, UInt32(shifts[step])) &+ e
      (a, e, d, c, b) = (e, d, rotated(c, 10), b, sum)
    }
    return (a, b, c, d, e)
  }

  @inline(__always)
  private static func function(_ index: Int, _ x: UInt32, _ y: UInt32, _ z: UInt32) -> UInt32 {
    switch index {
    case 0: x ^ y ^ z
    case 1: (x & y) | (~x & z)
    case 2: (x | ~y) ^ z
    case 3: (x & z) | (y & ~z)
    default: x ^ (y | ~z)
    }
  }

  @inline(__always)
  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &<< count | word &>> (32 &- count)
  }

  private static let leftConstants: [UInt32] = [0, 0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xa953_fd4e]
  private static let rightConstants: [UInt32] = [0x50a2_8be6, 0x5c4d_d124, 0x6d70_3ef3, 0x7a6d_76e9, 0]

  private static let leftOrder: [UInt8] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
    3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
    1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
    4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
  ]

  private static let rightOrder: [UInt8] = [
    5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
    6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
    15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
    8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
    12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
  ]

  private static let leftShifts: [UInt8] = [
    11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
    7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
    11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
    11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
    9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
  ]

  private static let rightShifts: [UInt8] = [
    8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
    9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
    9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
    15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
    8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
  ]
}
