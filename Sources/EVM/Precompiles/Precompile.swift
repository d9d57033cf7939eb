package import Primitives

/// A contract that is part of the protocol: the address says which.
@frozen
package enum Precompile: UInt16, CaseIterable, Sendable {
  case ecRecover = 0x01
  case sha256 = 0x02
  case ripemd160 = 0x03
  case identity = 0x04
  /// EIP-198.
  case modExp = 0x05
  /// EIP-196.
  case bn254Add = 0x06
  /// EIP-196.
  case bn254Multiply = 0x07
  /// EIP-197.
  case bn254PairingCheck = 0x08
  /// EIP-152.
  case blake2F = 0x09
  /// EIP-4844.
  case pointEvaluation = 0x0a
  /// EIP-2537, as all seven.
  case bls12G1Add = 0x0b
  case bls12G1MSM = 0x0c
  case bls12G2Add = 0x0d
  case bls12G2MSM = 0x0e
  case bls12PairingCheck = 0x0f
  case bls12MapFpToG1 = 0x10
  case bls12MapFp2ToG2 = 0x11
  /// EIP-7951.
  case p256Verify = 0x100

  /// The contract at an address; nil when there is none at this revision.
  @inlinable
  package init?(address: Address, revision: Revision) {
    guard address.word0 | address.word1 == 0, address.word2 != 0, address.word2 <= 0x100 else { return nil }
    self.init(number: UInt16(truncatingIfNeeded: address.word2), revision: revision)
  }

  package init?(number: UInt16, revision: Revision) {
    self.init(rawValue: number)
    guard revision >= since else { return nil }
  }

  /// The revision that brought it.
  package var since: Revision {
    switch self {
    case .ecRecover, .sha256, .ripemd160, .identity: .frontier
    case .modExp, .bn254Add, .bn254Multiply, .bn254PairingCheck: .byzantium
    case .blake2F: .istanbul
    case .pointEvaluation: .cancun
    case .bls12G1Add, .bls12G1MSM, .bls12G2Add, .bls12G2MSM, .bls12PairingCheck, .bls12MapFpToG1, .bls12MapFp2ToG2:
      .prague
    case .p256Verify: .osaka
    }
  }

  package var address: Address { Address(0, 0, UInt32(rawValue)) }

  /// The contracts of a revision, rising by address. They start warm (EIP-2929).
  package static func all(_ revision: Revision) -> [Precompile] {
    allCases.filter { revision >= $0.since }
  }
}

/// The input is not what the contract takes: the call fails and its gas is gone.
package struct PrecompileFailure: Error {
  package init() {}
}

extension Precompile {
  /// Gas for a run on this input; nil when it is more than could ever be paid, or the input cannot be priced.
  package func cost(of input: RawSpan, _ revision: Revision) -> Int? {
    let words = (input.byteCount + 31) / 32
    switch self {
    case .ecRecover: return 3_000
    case .sha256: return 60 + 12 * words
    case .ripemd160: return 600 + 120 * words
    case .identity: return 15 + 3 * words
    case .modExp: return ModExp(input).cost(revision)
    case .blake2F: return Blake2.cost(of: input)
    default: return curveCost(byteCount: input.byteCount, revision)
    }
  }

  /// The output. Whoever calls has charged `cost`, which bounds the work.
  package func run(on input: RawSpan, _ revision: Revision) throws(PrecompileFailure) -> [UInt8] {
    switch self {
    case .ecRecover: ECRecover.run(on: input)
    case .sha256: SHA2.hash(input)
    case .ripemd160: [UInt8](repeating: 0, count: 12) + RIPEMD160.hash(input)
    case .identity: input.bytes
    case .modExp: ModExp(input).run()
    case .blake2F: try Blake2.run(on: input)
    default: try runCurve(on: input)
    }
  }
}
