package import Primitives
package import StateTrie

/// Something that a state's root, or the parent's hash, commits to.
package enum CommittedPiece: Hashable, Sendable {
  /// A stored trie node: of the account trie, or of the storage trie of the account with this hashed address.
  case node(account: Hash256?, path: NibblePath, hash: Hash256)

  /// The code with this hash.
  case code(Hash256)

  /// RLP of the block header with this hash.
  case header(Hash256)

  package var hash: Hash256 {
    switch self {
    case .node(_, _, let hash), .code(let hash), .header(let hash): hash
    }
  }
}

extension CommittedPiece: CustomStringConvertible {
  package var description: String {
    switch self {
    case .node(nil, let path, let hash): "node \(path) of the account trie, hash \(hash)"
    case .node(let account?, let path, let hash): "node \(path) of the storage trie of \(account), hash \(hash)"
    case .code(let hash): "the code with hash \(hash)"
    case .header(let hash): "the block header with hash \(hash)"
    }
  }
}

/// Gives pieces: a store that keeps them, a witness, or a recorder of what is asked for.
package protocol CommittedData {
  /// The bytes of the piece; nil when they are not there. They must be those whose Keccak-256 is `piece.hash`, or
  /// whoever asks must check.
  func bytes(of piece: CommittedPiece) throws(StateReadError) -> [UInt8]?
}
