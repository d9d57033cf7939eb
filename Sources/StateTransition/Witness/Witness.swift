import Hashing
package import Primitives

/// What execution reads of a state, by hash: enough to repeat it knowing nothing but the state's root and the hash of
/// the block before.
///
/// Every piece is checked by being found: it is asked for by a hash that the root, or a piece below the root, names. A
/// witness holds nothing that is not asked for (`WitnessReader.finish` sees to that), so there is exactly one for each
/// execution, and no byte of it can change unseen.
package struct Witness: Hashable, Sendable {
  /// Trie nodes that are stored for themselves, of the account trie and of storage tries, by ascending hash.
  package let nodes: WitnessPieces

  /// Codes that were run or copied, by ascending hash.
  package let codes: WitnessPieces

  /// RLP of the headers that lead from the parent back to each ancestor whose hash was asked for, by ascending hash.
  package let headers: WitnessPieces

  package init(nodes: WitnessPieces, codes: WitnessPieces, headers: WitnessPieces) {
    self.nodes = nodes
    self.codes = codes
    self.headers = headers
  }

  /// A witness of an execution that reads nothing.
  package static let empty = Witness(nodes: WitnessPieces([]), codes: WitnessPieces([]), headers: WitnessPieces([]))
}

/// Byte strings by ascending Keccak-256, none twice: a set with one order.
package struct WitnessPieces: Hashable, Sendable {
  package let hashes: [Hash256]
  package let bytes: [[UInt8]]

  /// The pieces, in any order and as often as one likes. O(n log n), one hash for each.
  package init(_ pieces: [[UInt8]]) {
    var hashes: [Hash256] = []
    var bytes: [[UInt8]] = []
    for (hash, piece) in zip(Keccak256.hashEach(pieces), pieces).sorted(by: { $0.0 < $1.0 }) where hash != hashes.last {
      hashes.append(hash)
      bytes.append(piece)
    }
    self.hashes = hashes
    self.bytes = bytes
  }

  /// The pieces when they stand in order and none twice; nil otherwise.
  init?(inOrder pieces: [[UInt8]]) {
    hashes = Keccak256.hashEach(pieces)
    bytes = pieces
    guard zip(hashes, hashes.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
  }

  /// Where the piece with this hash stands; nil when there is none. O(log n).
  func index(of hash: Hash256) -> Int? {
    var (lower, upper) = (0, hashes.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if hashes[middle] < hash { lower = middle + 1 } else { upper = middle }
    }
    return lower < hashes.count && hashes[lower] == hash ? lower : nil
  }
}
