/// The 1600 bits of Keccak as five planes of five lanes, and the permutation keccak-f[1600] (FIPS 202, section 3).
///
/// Planes are values of five named lanes: the optimizer dissolves them, and the 25 lanes live in registers through a
/// whole round. Nothing here is indexed at run time.
struct KeccakState {
  var plane0, plane1, plane2, plane3, plane4: KeccakPlane

  /// Applies the permutation to lanes in memory, lane (x, y) at index x + 5y.
  static func permute(_ lanes: inout InlineArray<25, UInt64>) {
    var state = KeccakState(
      plane0: KeccakPlane(lanes[0], lanes[1], lanes[2], lanes[3], lanes[4]),
      plane1: KeccakPlane(lanes[5], lanes[6], lanes[7], lanes[8], lanes[9]),
      plane2: KeccakPlane(lanes[10], lanes[11], lanes[12], lanes[13], lanes[14]),
      plane3: KeccakPlane(lanes[15], lanes[16], lanes[17], lanes[18], lanes[19]),
      plane4: KeccakPlane(lanes[20], lanes[21], lanes[22], lanes[23], lanes[24]))
    state.permute()
    state.plane0.store(to: &lanes, at: 0)
    state.plane1.store(to: &lanes, at: 5)
    state.plane2.store(to: &lanes, at: 10)
    state.plane3.store(to: &lanes, at: 15)
    state.plane4.store(to: &lanes, at: 20)
  }

  /// All 24 rounds.
  mutating func permute() {
    // Two rounds a turn: after an even number of them every lane is back in the register it came from.
    var index = 0
    while index < 24 {
      round(KeccakState.roundConstants[index])
      round(KeccakState.roundConstants[index &+ 1])
      index &+= 2
    }
  }

  /// Theta, rho, pi, chi and iota.
  @inline(__always)
  private mutating func round(_ constant: UInt64) {
    let parity = plane0 ^ plane1 ^ plane2 ^ plane3 ^ plane4
    let d0 = parity.lane4 ^ rotate(parity.lane1, 1)
    let d1 = parity.lane0 ^ rotate(parity.lane2, 1)
    let d2 = parity.lane1 ^ rotate(parity.lane3, 1)
    let d3 = parity.lane2 ^ rotate(parity.lane4, 1)
    let d4 = parity.lane3 ^ rotate(parity.lane0, 1)
    let turned0 = KeccakPlane(
      plane0.lane0 ^ d0, rotate(plane1.lane1 ^ d1, 44), rotate(plane2.lane2 ^ d2, 43),
      rotate(plane3.lane3 ^ d3, 21), rotate(plane4.lane4 ^ d4, 14))
    let turned1 = KeccakPlane(
      rotate(plane0.lane3 ^ d3, 28), rotate(plane1.lane4 ^ d4, 20), rotate(plane2.lane0 ^ d0, 3),
      rotate(plane3.lane1 ^ d1, 45), rotate(plane4.lane2 ^ d2, 61))
    let turned2 = KeccakPlane(
      rotate(plane0.lane1 ^ d1, 1), rotate(plane1.lane2 ^ d2, 6), rotate(plane2.lane3 ^ d3, 25),
      rotate(plane3.lane4 ^ d4, 8), rotate(plane4.lane0 ^ d0, 18))
    let turned3 = KeccakPlane(
      rotate(plane0.lane4 ^ d4, 27), rotate(plane1.lane0 ^ d0, 36), rotate(plane2.lane1 ^ d1, 10),
      rotate(plane3.lane2 ^ d2, 15), rotate(plane4.lane3 ^ d3, 56))
    let turned4 = KeccakPlane(
      rotate(plane0.lane2 ^ d2, 62), rotate(plane1.lane3 ^ d3, 55), rotate(plane2.lane4 ^ d4, 39),
      rotate(plane3.lane0 ^ d0, 41), rotate(plane4.lane1 ^ d1, 2))
    plane0 = turned0.mixed
    plane0.lane0 ^= constant
    plane1 = turned1.mixed
    plane2 = turned2.mixed
    plane3 = turned3.mixed
    plane4 = turned4.mixed
  }

  @inline(__always)
  private func rotate(_ lane: UInt64, _ count: UInt64) -> UInt64 {
    lane &<< count | lane &>> (64 &- count)
  }

  /// Iota's constants, one for each round.
  private static let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
    0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]
}

/// Five lanes of the state that share their y coordinate.
struct KeccakPlane {
  var lane0, lane1, lane2, lane3, lane4: UInt64

  @inline(__always)
  init(_ lane0: UInt64, _ lane1: UInt64, _ lane2: UInt64, _ lane3: UInt64, _ lane4: UInt64) {
    self.lane0 = lane0
    self.lane1 = lane1
    self.lane2 = lane2
    self.lane3 = lane3
    self.lane4 = lane4
  }

  @inline(__always)
  static func ^ (left: KeccakPlane, right: KeccakPlane) -> KeccakPlane {
    KeccakPlane(
      left.lane0 ^ right.lane0, left.lane1 ^ right.lane1, left.lane2 ^ right.lane2, left.lane3 ^ right.lane3,
      left.lane4 ^ right.lane4)
  }

  @inline(__always)
  func store(to lanes: inout InlineArray<25, UInt64>, at index: Int) {
    lanes[index] = lane0
    lanes[index + 1] = lane1
    lanes[index + 2] = lane2
    lanes[index + 3] = lane3
    lanes[index + 4] = lane4
  }

  /// Chi: each lane is flipped where the next is clear and the one after it is set.
  @inline(__always)
  var mixed: KeccakPlane {
    KeccakPlane(
      lane0 ^ (~lane1 & lane2), lane1 ^ (~lane2 & lane3), lane2 ^ (~lane3 & lane4), lane3 ^ (~lane4 & lane0),
      lane4 ^ (~lane0 & lane1))
  }
}
