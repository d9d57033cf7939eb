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
  /// EIP-152.
  case blake2F = 0x09

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
    case .modExp: .byzantium
    case .blake2F: .istanbul
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
    }
  }
}
