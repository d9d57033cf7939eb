import EVM
import Primitives

/// MODEXP over lengths, exponents and kinds of moduli: where it is dearest in time per gas is not plain to see, and each
/// fork's prices make another case the dearest.
enum ModExpSweep {
  private static let lengths = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 24, 25, 32, 33, 40, 48, 64, 65, 96, 128, 160, 192, 200, 256, 384, 512, 768,
    1_024, 2_048,
  ]

  private static let exponents: [(name: String, bytes: [UInt8])] = [
    ("0", []), ("1", [1]), ("2", [2]), ("3", [3]), ("15", [15]), ("255", [255]), ("0x8000", [0x80, 0]),
    ("0xffff", ones(2)), ("0x10001", [1, 0, 1]), ("0xffffff", ones(3)), ("4 bytes", ones(4)), ("8 bytes", ones(8)),
    ("32 bytes", ones(32)), ("33 bytes", ones(33)), ("64 bytes", ones(64)), ("256 bytes", ones(256)),
    ("32 zeros, one", zeros(32) + [1]), ("32 zeros, 32 bytes", zeros(32) + ones(32)),
    ("32 zeros, 224 bytes", zeros(32) + ones(224)), ("32 zeros, 992 bytes", zeros(32) + ones(992)),
  ]

  /// What divides the modulus tells which way the arithmetic goes.
  private enum Kind: String, CaseIterable {
    case odd, even, powerOfTwo, threeTimesPowerOfTwo, small, smallEven

    func modulus(_ count: Int) -> [UInt8] {
      var bytes = PrecompileCase.pattern(count, seed: 7)
      bytes[0] |= 0x80
      switch self {
      case .odd: bytes[count - 1] |= 1
      case .even:
        for index in (count - count / 2)..<count { bytes[index] = 0 }
        bytes[count - 1] &= 0xf0
      case .powerOfTwo: bytes = [0x80] + zeros(count - 1)
      case .threeTimesPowerOfTwo: bytes = [0xc0] + zeros(count - 1)
      case .small: bytes = zeros(count - 1) + [0x61]
      case .smallEven: bytes = zeros(count - 1) + [0x60]
      }
      return bytes
    }
  }

  /// The work is the same at every fork; only the price is not.
  static let revisions: [Revision] = [.byzantium, .berlin, .osaka]

  /// Names without the fork, at the prices of a fork that has one for every length. Long exponents of long moduli tell
  /// nothing that shorter ones do not: the work is proportional to the bits. Nor do bases of other lengths than the
  /// modulus's, longer or shorter, tell more than once: they are divided by it first, and by themselves raise the price.
  static func cases() -> [PrecompileCase] {
    lengths.flatMap { length in
      exponents.filter { length <= 256 || $0.bytes.count <= 64 }.flatMap { exponent in
        let others = exponent.bytes.count <= 2 ? [1, length / 2, length + 1, 2 * length, 1_024, 2_048] : []
        return Kind.allCases.flatMap { kind in
          [1, 0].map { item(base: length, parity: $0, exponent, modulus: length, kind) }
            + others.filter { $0 > 0 && $0 != length }.map {
              item(base: $0, parity: 1, exponent, modulus: length, kind)
            }
        }
      }
    }
  }

  private static func item(
    base baseCount: Int, parity: UInt8, _ exponent: (name: String, bytes: [UInt8]), modulus count: Int, _ kind: Kind
  ) -> PrecompileCase {
    var base = PrecompileCase.pattern(baseCount, seed: 3)
    base[baseCount - 1] = base[baseCount - 1] & 0xfe | parity
    let counts = [baseCount, exponent.bytes.count, count].flatMap { UInt256(UInt64($0)).bigEndianBytes }
    let baseName = baseCount == count ? "" : ", base of \(baseCount)"
    return PrecompileCase(
      "\(count) bytes, exponent \(exponent.name), \(kind.rawValue) modulus\(baseName)", .modExp,
      counts + base + exponent.bytes + kind.modulus(count), .byzantium)
  }

  private static func ones(_ count: Int) -> [UInt8] { [UInt8](repeating: 0xff, count: count) }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
