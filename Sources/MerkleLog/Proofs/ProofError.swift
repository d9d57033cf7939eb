public import Primitives

/// Why a proof does not show what it is to show.
public enum ProofError: Error, Equatable, Sendable {
  /// The tree has no leaf at the index.
  case beyondTree(index: UInt64, size: UInt64)

  /// A tree cannot have grown from a larger one.
  case shrinks(from: UInt64, to: UInt64)

  /// The way to the root ends before the hashes do.
  case tooManyHashes(Int)

  /// The hashes end before the way to the root does.
  case tooFewHashes(Int)

  /// The proof leads to another root than the one that is to be shown.
  case wrongRoot(expected: Hash256, computed: Hash256)
}

extension ProofError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .beyondTree(let index, let size): "the proof is of leaf \(index), and the tree has \(size) leaves"
    case .shrinks(let old, let new): "the proof is of \(old) leaves within \(new), which are fewer"
    case .tooManyHashes(let count): "the proof has \(count) hashes, more than lie on the way to the root"
    case .tooFewHashes(let count): "the proof has \(count) hashes, and does not reach the root"
    case .wrongRoot(let expected, let computed): "the proof leads to the root \(computed), not to \(expected)"
    }
  }
}
