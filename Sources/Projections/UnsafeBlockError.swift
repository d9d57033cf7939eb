package import Primitives
package import Rollup

/// Why a block that somebody says the sequencer signed is not taken.
package enum UnsafeBlockError: Error, Sendable {
  /// The block before it is missing, so it cannot be known what this one does.
  case gap(expected: UInt64)

  /// As many wait for L1 as are held, or take as many bytes.
  case tooMany(Int, byteCount: Int)

  /// Another block of this height, signed as well, came first. Both signatures together are evidence.
  case otherBlock(number: UInt64)

  /// The L1 block that it is made of has not come here yet.
  case originAhead(BlockID, l1Head: UInt64)

  /// The signature is over something else.
  case otherCommitment

  case malformedSignature

  /// Who signed it may not sign blocks with this L1 origin. Zero may: nobody.
  case foreignSignature(signer: Address, sequencer: Address)

  /// L1 would drop it.
  case rule(RejectionReason)

  /// It cannot be carried out.
  case execution(FoldError)
}

extension UnsafeBlockError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .gap(let expected): "block \(expected) has to come first"
    case .tooMany(let count, let byteCount): "\(count) blocks wait for L1 already, and take \(byteCount >> 20) MiB"
    case .otherBlock(let number): "another block \(number) came first, with the sequencer's signature as well"
    case .originAhead(let origin, let l1Head):
      "its L1 origin is block \(origin.number), and L1 is known here up to block \(l1Head)"
    case .otherCommitment: "the signature is over another commitment"
    case .malformedSignature: "its signature is none"
    case .foreignSignature(let signer, let sequencer): "\(signer) has signed it, and \(sequencer) is the sequencer"
    case .rule(let reason): "derivation would drop it: \(reason.name)"
    case .execution(let error): "it cannot be carried out: \(error)"
    }
  }
}
