package import Primitives
package import Signatures

/// Why bytes are no statement of anybody's.
package enum StatementError: Error, Equatable, Sendable {
  /// No format allows so many bytes.
  case tooLong(bytes: Int, limit: Int)
  case malformed(RLPError)
  /// The block compression of the OP Stack's gossip.
  case compression(SnappyError)
  /// An SSZ execution payload.
  case payload(ExecutionPayloadError)
  /// A message of Nitro's feed.
  case feed(FeedMessageError)
  case signature(SignatureError)
  /// Nothing is signed: it is kept by nobody, as it shows nothing.
  case unsigned
  /// It was signed for another L2 chain.
  case otherChain(expected: UInt64, found: UInt64)
  /// The chain is no rollup of this kind: there is nobody in whose domain the bytes could be read.
  case noDomain
  /// Nothing was made of it, as its signer's words were not asked for.
  case unwelcome(Address)
}

extension StatementError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let bytes, let limit): "it has \(bytes) bytes, a signed message at most \(limit)"
    case .malformed(let error): "it is no signed commitment: \(error)"
    case .compression(let error): "its compression is broken: \(error)"
    case .payload(let error): "\(error)"
    case .feed(let error): "\(error)"
    case .signature(let error): "\(error)"
    case .unsigned: "it is not signed, and so shows nothing"
    case .otherChain(let expected, let found): "it was signed for chain \(found), not for chain \(expected)"
    case .noDomain: "the chain has no rollup contract in whose name a commitment could be signed"
    case .unwelcome(let signer): "nothing that \(signer) says was asked for"
    }
  }
}
