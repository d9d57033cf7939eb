public import Primitives

/// Keccak-256, the hash of Ethereum: the sponge of FIPS 202 with 1088 bits of rate and Keccak's own padding
/// (yellow paper, section 3), which differs from SHA3-256 in one byte.
///
/// A message of n bytes costs ⌊n / 136⌋ + 1 permutations.
public struct Keccak256: Sendable {
  /// Bytes absorbed by one permutation.
  static var blockLength: Int { 136 }

  /// 64-bit words in a block.
  static var blockWords: Int { 17 }

  /// The lanes, lane (x, y) at index x + 5y.
  private var lanes: InlineArray<25, UInt64>

  /// Bytes absorbed into the block at hand, less than `blockLength`.
  private var position = 0

  /// The hash of no bytes: the code hash of an account without code.
  public static let emptyHash = Hash256(
    0xc5d2_4601_86f7_233c, 0x927e_7db2_dcc7_03c0, 0xe500_b653_ca82_273b, 0x7bfa_d804_5d85_a470)

  private let backend: KeccakScalarBackend

  public init() {
    self.init(lanes: .init(repeating: 0))
  }

  /// Goes on from a state into which whole blocks have been absorbed.
  init(lanes: InlineArray<25, UInt64>) {
    self.lanes = lanes
    backend = .chosen
  }

  /// As `init()`, with the permutation computed in a certain way. Traps when the processor cannot.
  package init(using backend: KeccakScalarBackend) {
    precondition(backend.isAvailable, "this processor has no \(backend)")
    lanes = .init(repeating: 0)
    self.backend = backend
  }

  /// Hashes a whole message.
  public static func hash(_ message: RawSpan) -> Hash256 {
    var hasher = Keccak256()
    hasher.update(message)
    return hasher.finalize()
  }

  /// Hashes a whole message.
  public static func hash(_ message: [UInt8]) -> Hash256 {
    hash(message.rawSpan)
  }

  /// Absorbs the next bytes of the message.
  public mutating func update(_ bytes: RawSpan) {
    var offset = position == 0 ? backend.absorb(bytes, into: &lanes) : 0
    while offset < bytes.byteCount {
      if position & 7 == 0 && bytes.byteCount - offset >= 8 {
        lanes[position &>> 3] ^= bytes.bigEndian(at: offset, as: UInt64.self).byteSwapped
        offset += 8
        position += 8
      } else {
        lanes[position &>> 3] ^= UInt64(bytes.byte(at: offset)) &<< UInt64(8 &* (position & 7))
        offset += 1
        position += 1
      }
      if position == Keccak256.blockLength { permute() }
    }
  }

  /// Absorbs the next bytes of the message.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.rawSpan)
  }

  /// The hash of everything absorbed.
  public consuming func finalize() -> Hash256 {
    lanes[position &>> 3] ^= 1 &<< UInt64(8 &* (position & 7))
    lanes[16] ^= 1 &<< 63
    permute()
    return Hash256(lanes[0].byteSwapped, lanes[1].byteSwapped, lanes[2].byteSwapped, lanes[3].byteSwapped)
  }

  private mutating func permute() {
    backend.permute(&lanes)
    position = 0
  }
}
