import Hashing
package import Primitives

/// The commitment to a batch's blocks, and the chain of batches.
///
/// The tree has the shape of RFC 6962 (a left half that is the largest power of two smaller than the whole), with
/// Keccak-256 in place of SHA-256: a contract pays 48 gas for the hash of a node's 65 bytes, so it can recompute the
/// root, and the prefixes 0x00 (leaf) and 0x01 (node) keep one from passing for the other.
package enum BatchData {
  /// Root over the commitments of the batch's blocks, in order. O(n) hashes.
  package static func hash(of commitments: some RandomAccessCollection<Hash256>) -> Hash256 {
    switch commitments.count {
    case 0: return Keccak256.hash([UInt8]())
    case 1: return leaf(commitments[commitments.startIndex])
    case let count:
      let leftCount = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
      return node(hash(of: commitments.prefix(leftCount)), hash(of: commitments.dropFirst(leftCount)))
    }
  }

  /// What the inbox holds after a batch: `keccak(before ‖ dataHash)`, zero before the first.
  package static func accumulator(after before: Hash256, dataHash: Hash256) -> Hash256 {
    var hash = Keccak256()
    before.withBytes { hash.update($0) }
    dataHash.withBytes { hash.update($0) }
    return hash.finalize()
  }

  static func leaf(_ commitment: Hash256) -> Hash256 {
    Keccak256.hash([0x00] + commitment.bytes)
  }

  static func node(_ left: Hash256, _ right: Hash256) -> Hash256 {
    Keccak256.hash([0x01] + left.bytes + right.bytes)
  }
}
