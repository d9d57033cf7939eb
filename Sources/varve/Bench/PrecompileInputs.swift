import EVM
import Primitives

// Inputs that take the long way through each contract. Points are multiples of the groups' generators, made by the
// contracts themselves.

extension PrecompileCase {
  /// The reference: 3,000 gas for one recovery.
  static let ecRecover = PrecompileCase(
    "ECRECOVER", .ecRecover, pattern(32) + number(27) + secp256k1X + [UInt8](repeating: 0x55, count: 32))

  /// All other contracts but MODEXP.
  static func all() throws -> [PrecompileCase] {
    try hashes + bn254() + bls12() + [pointEvaluation(), p256Verify]
  }

  private static let hashes = [
    PrecompileCase("SHA256, 0 bytes", .sha256, []), PrecompileCase("SHA256, 4096 bytes", .sha256, pattern(4096)),
    PrecompileCase("RIPEMD160, 0 bytes", .ripemd160, []),
    PrecompileCase("RIPEMD160, 4096 bytes", .ripemd160, pattern(4096)),
    PrecompileCase("IDENTITY, 0 bytes", .identity, []),
    PrecompileCase("IDENTITY, 4096 bytes", .identity, pattern(4096)),
    PrecompileCase("BLAKE2F, 0 rounds", .blake2F, [0, 0, 0, 0] + pattern(208) + [1]),
    PrecompileCase("BLAKE2F, 1 round", .blake2F, [0, 0, 0, 1] + pattern(208) + [1]),
    PrecompileCase("BLAKE2F, 3 rounds", .blake2F, [0, 0, 0, 3] + pattern(208) + [1]),
    PrecompileCase("BLAKE2F, 12 rounds", .blake2F, [0, 0, 0, 12] + pattern(208) + [1]),
    PrecompileCase("BLAKE2F, 10000 rounds", .blake2F, [0, 0, 0x27, 0x10] + pattern(208) + [1]),
  ]

  private static func bn254() throws -> [PrecompileCase] {
    let generator = number(1) + number(2)
    let p = try run(.bn254Multiply, generator + pattern(32))
    let q = try run(.bn254Multiply, generator + pattern(32).reversed())
    func pairs(_ count: Int) -> [UInt8] { (0..<count).flatMap { ($0 % 2 == 0 ? p : q) + bn254G2 } }
    return [
      PrecompileCase("ECADD", .bn254Add, p + q), PrecompileCase("ECADD, doubling", .bn254Add, p + p),
      PrecompileCase("ECMUL", .bn254Multiply, p + [UInt8](repeating: 0xff, count: 32)),
      PrecompileCase("ECPAIRING, 1 pair", .bn254PairingCheck, pairs(1)),
      PrecompileCase("ECPAIRING, 2 pairs", .bn254PairingCheck, pairs(2)),
      PrecompileCase("ECPAIRING, 10 pairs", .bn254PairingCheck, pairs(10)),
    ]
  }

  private static func bls12() throws -> [PrecompileCase] {
    let p = try run(.bls12G1MSM, bls12G1 + pattern(32))
    let q = try run(.bls12G1MSM, bls12G1 + pattern(32).reversed())
    let s = try run(.bls12G2MSM, bls12G2 + pattern(32))
    let t = try run(.bls12G2MSM, bls12G2 + pattern(32).reversed())
    let full = [UInt8](repeating: 0xff, count: 32)
    func terms(_ count: Int, _ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
      (0..<count).flatMap { ($0 % 2 == 0 ? first : second) + ($0 == 0 ? full : pattern(32, seed: $0)) }
    }
    func pairs(_ count: Int) -> [UInt8] { (0..<count).flatMap { $0 % 2 == 0 ? p + s : q + t } }
    let element = [UInt8](repeating: 0, count: 16) + pattern(48).map { $0 & 0x0f }
    // From 192 terms on, buckets take the place of tables.
    let counts = [1, 16, 23, 24, 128, 191, 192, 512]
    let products =
      counts.map { PrecompileCase("G1MSM, \($0) term\($0 == 1 ? "" : "s")", .bls12G1MSM, terms($0, p, q)) }
      + counts.map { PrecompileCase("G2MSM, \($0) term\($0 == 1 ? "" : "s")", .bls12G2MSM, terms($0, s, t)) }
    return products + [
      PrecompileCase("G1ADD", .bls12G1Add, p + q), PrecompileCase("G2ADD", .bls12G2Add, s + t),
      PrecompileCase("G2ADD, doubling", .bls12G2Add, s + s),
      PrecompileCase("PAIRING_CHECK, 1 pair", .bls12PairingCheck, pairs(1)),
      PrecompileCase("PAIRING_CHECK, 2 pairs", .bls12PairingCheck, pairs(2)),
      PrecompileCase("PAIRING_CHECK, 10 pairs", .bls12PairingCheck, pairs(10)),
      PrecompileCase("MAP_FP_TO_G1", .bls12MapFpToG1, element),
      PrecompileCase("MAP_FP2_TO_G2", .bls12MapFp2ToG2, element + element),
    ]
  }

  /// The blob whose polynomial is x, which takes the value z at z: the commitment is the setup's [τ]₁, and the quotient
  /// by x − z is 1, so the proof is the generator.
  private static func pointEvaluation() throws -> PrecompileCase {
    var proof = [UInt8](bls12G1[16..<64])
    proof[0] |= 0x80
    var versionedHash = try run(.sha256, compressedTauG1)
    versionedHash[0] = 1
    let z = [0x11] + pattern(31)
    return PrecompileCase("POINT_EVALUATION", .pointEvaluation, versionedHash + z + z + compressedTauG1 + proof)
  }

  /// The signature by the key 1, whose point is the base point, with the nonce 1: r is the base point's x-coordinate,
  /// and s the digest and r, modulo the order.
  private static let p256Verify: PrecompileCase = {
    let digest = pattern(32)
    let r = [UInt8](p256Generator.prefix(32))
    let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    let s = UInt256.addingModulo(word(digest), word(r), word(order))
    return PrecompileCase("P256VERIFY", .p256Verify, digest + r + s.bigEndianBytes + p256Generator)
  }()

  private static func word(_ bytes: [UInt8]) -> UInt256 { UInt256(bigEndian: bytes.rawSpan) ?? .zero }

  private static func run(_ precompile: Precompile, _ input: [UInt8]) throws -> [UInt8] {
    try precompile.run(on: input.rawSpan, .osaka)
  }

  /// Bytes without a pattern that arithmetic could profit from.
  static func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    var state = UInt64(truncatingIfNeeded: seed) &+ 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 32)
    }
  }

  private static func number(_ value: UInt64) -> [UInt8] { UInt256(value).bigEndianBytes }

  /// The digits of a constant.
  private static func bytes(_ digits: String...) -> [UInt8] {
    guard let bytes = try? Hex.decode("0x" + digits.joined()) else { preconditionFailure("a constant is hexadecimal") }
    return bytes
  }

  private static let secp256k1X = bytes("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")

  /// [τ]₁ of the trusted setup of EIP-4844.
  private static let compressedTauG1 = bytes(
    "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81")

  private static let p256Generator = bytes(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")

  private static let bn254G2 = bytes(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa")

  private static let padding = String(repeating: "0", count: 32)

  private static let bls12G1 = bytes(
    padding, "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
    padding, "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1")

  private static let bls12G2 = bytes(
    padding, "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
    padding, "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
    padding, "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
    padding, "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")
}
