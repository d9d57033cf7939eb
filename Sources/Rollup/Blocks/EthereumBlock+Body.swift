import Hashing
package import Primitives
import StateTrie

extension EthereumBlock {
  /// The roots that a header holds over the rest of its block.
  package struct BodyRoots: Equatable, Sendable {
    package var transactionsRoot: Hash256
    package var ommersHash: Hash256
    package var withdrawalsRoot: Hash256?
  }

  /// The roots computed from the body. O(size).
  package var bodyRoots: BodyRoots {
    BodyRoots(
      transactionsRoot: Trie.orderedRoot(of: transactions),
      ommersHash: EthereumBlock.ommersHash(of: uncles),
      withdrawalsRoot: withdrawals.map { Trie.orderedRoot(of: $0.map { $0.encode() }) })
  }

  /// Holds the header's roots against the body. O(size).
  package func checkBody() throws(BlockBodyError) {
    let computed = bodyRoots
    guard computed.transactionsRoot == header.transactionsRoot else {
      throw BlockBodyError(part: .transactions, stated: header.transactionsRoot, computed: computed.transactionsRoot)
    }
    guard computed.ommersHash == header.ommersHash else {
      throw BlockBodyError(part: .uncles, stated: header.ommersHash, computed: computed.ommersHash)
    }
    if let stated = header.withdrawalsRoot, let root = computed.withdrawalsRoot, stated != root {
      throw BlockBodyError(part: .withdrawals, stated: stated, computed: root)
    }
  }

  /// Keccak-256 of the RLP list of headers.
  package static func ommersHash(of uncles: [BlockHeader]) -> Hash256 {
    var writer = RLPWriter()
    writer.list { (items) in
      for uncle in uncles { uncle.append(to: &items) }
    }
    return Keccak256.hash(writer.bytes)
  }
}

/// A block's body is not the one that its header commits to.
package struct BlockBodyError: Error, Equatable, Sendable {
  package enum Part: String, Sendable {
    case transactions, uncles, withdrawals
  }

  package let part: Part

  /// What the header states, and what the body gives.
  package let stated, computed: Hash256
}

extension BlockBodyError: CustomStringConvertible {
  package var description: String {
    "the header states \(stated) for its \(part.rawValue), the body gives \(computed)"
  }
}
