public import Primitives

/// Builds a trie bottom-up from all its leaves in order, and gives out its stored nodes in order: for genesis, and for
/// loading a whole state.
///
/// Holds the branches on the way to the last leaf and a batch of nodes to be hashed together: memory does not grow
/// with the number of leaves. Cost: one Keccak-256 for each stored node, about 1.4 for each leaf with a hashed key.
public struct TrieBuilder {
  private var nodes = UnsealedNodes()
  private var subtree = SubtreeBuilder()

  /// Whether nodes are given out.
  private let givesNodes: Bool

  /// How many nodes are gathered before they are hashed: wide hashing wants many of one level.
  private static let batchSize = 2048

  public init() { givesNodes = true }

  /// - Parameter givesNodes: false when the root is all that is wanted: then no node is copied, and `emit` never called.
  init(givesNodes: Bool) { self.givesNodes = givesNodes }

  /// Takes the next leaf; an empty value stands for none and is passed over. Traps unless `key` comes after all keys
  /// before (`NibblePath.<`, which for keys of one length is the order of bytes).
  ///
  /// - Parameter emit: called with stored nodes as they become ready, in ascending order over the builder's whole life:
  ///   children before their parent, so a store can append them.
  public mutating func append<Failure: Error>(
    _ key: NibblePath, _ value: [UInt8], emit: (NibblePath, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    if value.isEmpty { return }
    subtree.append(key, value, into: &nodes)
    if nodes.count >= TrieBuilder.batchSize {
      nodes.seal()
      subtree.replaceReferences(from: nodes)
      try drain(emit)
    }
  }

  /// Gives out the remaining nodes, the root last, and returns its hash; the builder is empty again.
  ///
  /// Without leaves there is no node, and the hash is `Trie.emptyRoot`.
  public mutating func finish<Failure: Error>(
    emit: (NibblePath, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Hash256 {
    let whole = subtree.finish(into: &nodes)
    let root = nodes.place(whole, depth: 0)
    nodes.seal()
    let hash = nodes.sealed(root).asHash
    try drain(emit)
    return hash ?? Trie.emptyRoot
  }

  private mutating func drain<Failure: Error>(
    _ emit: (NibblePath, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    if givesNodes { try nodes.drain(emit) } else { nodes.removeAll() }
  }
}
