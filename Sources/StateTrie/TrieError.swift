public import Primitives

/// Why a trie cannot be read: the node at `path` is not there or is not what its parent says.
///
/// The stored trie is derived data, so the remedy is to rebuild what holds it; in a witness or a proof, the sender is
/// at fault.
public enum TrieError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The parent, or the caller for the root, names a node with this hash, and the reader has none at the path.
  case missingNode(path: NibblePath, hash: Hash256)

  /// The reader's node has another hash than the parent names.
  case hashMismatch(path: NibblePath, expected: Hash256, actual: Hash256)

  /// The bytes at the path are no node.
  case malformedNode(path: NibblePath, reason: TrieNodeError)

  /// The reader itself failed; `reason` is its own account of it.
  case unreadable(path: NibblePath, reason: String)

  public var description: String {
    switch self {
    case .missingNode(let path, let hash): "trie node \(path) with hash \(hash) is missing"
    case .hashMismatch(let path, let expected, let actual):
      "trie node \(path) has hash \(actual), its parent names \(expected)"
    case .malformedNode(let path, let reason): "trie node \(path) is malformed: \(reason)"
    case .unreadable(let path, let reason): "trie node \(path) cannot be read: \(reason)"
    }
  }
}

/// Why bytes are no trie node (yellow paper, appendix D).
public enum TrieNodeError: Error, Equatable, Sendable, CustomStringConvertible {
  case notRLP(RLPError)
  /// Neither the 2 items of a leaf or an extension nor the 17 of a branch.
  case badItemCount
  /// The first of two items is no hex-prefix encoding.
  case badHexPrefix
  /// A child that is neither a hash, nor an embedded node of less than 32 bytes, nor (in a branch) the empty string.
  case badChild
  /// A leaf without a value; to set a value to nothing is to delete the key.
  case emptyValue
  /// An extension of no nibbles.
  case emptyExtension
  /// A branch with fewer than two children and value together.
  case lonelyBranch
  /// A key beyond 64 nibbles.
  case pathTooLong
  /// An extension leads to something else than a branch.
  case extensionWithoutBranch

  public var description: String {
    switch self {
    case .notRLP(let error): "\(error)"
    case .badItemCount: "it has neither 2 nor 17 items"
    case .badHexPrefix: "its path is not hex-prefix encoded"
    case .badChild: "a child is neither a hash nor a short node"
    case .emptyValue: "it is a leaf without a value"
    case .emptyExtension: "it is an extension of no nibbles"
    case .lonelyBranch: "it is a branch with fewer than two ways on"
    case .pathTooLong: "it leads to keys of more than 64 nibbles"
    case .extensionWithoutBranch: "an extension leads to it, and it is no branch"
    }
  }
}
