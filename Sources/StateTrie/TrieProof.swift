import Hashing
public import Primitives

extension Trie {
  /// The proof of what `key` holds: the stored nodes on its way, root first (the node lists of EIP-1186), also when it
  /// holds nothing. Empty for the trie without keys.
  ///
  /// - Complexity: O(depth) nodes read.
  public static func prove<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ key: NibblePath, root: Hash256, reader: borrowing Reader, trust: NodeTrust = .verified
  ) throws(TrieError) -> [[UInt8]] {
    let source = NodeSource(trust: trust)
    var proof: [[UInt8]] = []
    var walk = TrieWalk(key: key, root: root)
    while let (reference, path) = walk.next {
      let (encoding, node) = try source.read(reference, at: path, from: reader)
      if reference.asHash != nil { proof.append(encoding) }
      do {
        try walk.step(through: node)
      } catch {
        throw .malformedNode(path: path, reason: error)
      }
    }
    return proof
  }
}

extension Trie {
  /// What `key` holds in the trie with the given root; nil for nothing.
  ///
  /// - Complexity: O(depth) nodes read.
  public static func value<Reader: NodeReader & ~Copyable & ~Escapable>(
    of key: NibblePath, root: Hash256, reader: borrowing Reader, trust: NodeTrust = .verified
  ) throws(TrieError) -> [UInt8]? {
    let source = NodeSource(trust: trust)
    var walk = TrieWalk(key: key, root: root)
    while let (reference, path) = walk.next {
      let node = try source.read(reference, at: path, from: reader).node
      do {
        try walk.step(through: node)
      } catch {
        throw .malformedNode(path: path, reason: error)
      }
    }
    return walk.value
  }
}

/// The checker of a trie's proofs: needs the root hash and nothing else.
public enum TrieProof {
  /// What `key` holds in the trie with the given root, nil for nothing, as the proof's nodes say.
  ///
  /// The nodes must be those on the way of the key, root first, each with the hash that its parent names, and no
  /// others. For the trie without keys the proof is empty, or the one node 0x80 that some clients send.
  ///
  /// - Complexity: one Keccak-256 for each node, and never more nodes than the key has nibbles, and one.
  public static func verify(
    root: Hash256, key: NibblePath, proof: [[UInt8]]
  ) throws(TrieProofError) -> [UInt8]? {
    if root == Trie.emptyRoot, proof.isEmpty || proof == [[0x80]] { return nil }
    var walk = TrieWalk(key: key, root: root)
    var used = 0
    while let (reference, path) = walk.next {
      let encoding: [UInt8]
      if let hash = reference.asHash {
        guard used < proof.count else { throw .missingNode(path: path, hash: hash) }
        encoding = proof[used]
        let actual = Keccak256.hash(encoding)
        guard actual == hash else { throw .hashMismatch(index: used, path: path, expected: hash, actual: actual) }
        used += 1
      } else {
        encoding = reference.embeddedEncoding ?? []
      }
      do {
        try walk.step(through: TrieNode.decode(encoding, at: path))
      } catch {
        throw .malformedNode(index: used - 1, path: path, reason: error)
      }
    }
    guard used == proof.count else { throw .extraNodes(proof.count - used) }
    return walk.value
  }
}

/// Why a proof proves nothing.
public enum TrieProofError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The nodes end before the way of the key does.
  case missingNode(path: NibblePath, hash: Hash256)

  /// The node with this index in the proof is another than its parent (or the root hash) names.
  case hashMismatch(index: Int, path: NibblePath, expected: Hash256, actual: Hash256)

  /// The node with this index in the proof, or one embedded in it, is no trie node.
  case malformedNode(index: Int, path: NibblePath, reason: TrieNodeError)

  /// So many nodes follow after the way of the key has ended.
  case extraNodes(Int)

  public var description: String {
    switch self {
    case .missingNode(let path, let hash): "the proof ends before node \(path), whose hash is \(hash)"
    case .hashMismatch(let index, let path, let expected, let actual):
      "node \(index) of the proof, at \(path), has hash \(actual) instead of \(expected)"
    case .malformedNode(let index, let path, let reason):
      "node \(index) of the proof, at \(path), is malformed: \(reason)"
    case .extraNodes(let count): "\(count) nodes of the proof have nothing to do with the key"
    }
  }
}
