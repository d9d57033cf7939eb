public import Primitives

/// The tree of RFC 6962 as a function of its leaves.
public enum MerkleTree {
  /// The root over leaf hashes, recomputed from all of them: O(n) node hashes.
  public static func root(ofLeaves leafHashes: some Sequence<Hash256>) -> Hash256 {
    var frontier = Frontier()
    for leafHash in leafHashes {
      frontier.append(leafHash: leafHash)
    }
    return frontier.root
  }
}
