import Hashing
package import Primitives
package import StateTrie

/// States by hash: what belongs to many of them is kept once, and no state is ever overwritten. In memory.
///
/// It is what a dispute needs: a state long past, read as if it were the newest.
package struct StateArchive: Sendable {
  private var nodes: [Hash256: [UInt8]] = [:]
  private var codes: [Hash256: [UInt8]] = [:]
  private var headers: [Hash256: [UInt8]] = [:]

  package init() {}

  /// Adds a whole state. O(nodes), one hash for each.
  package mutating func add(_ genesis: GenesisState) {
    add(genesis.nodes)
    for entry in genesis.entries {
      add(entry.storageNodes)
      if !entry.code.isEmpty { codes[entry.account.codeHash] = entry.code }
    }
  }

  /// Adds the nodes that a trie's update made; those that it removed stay, for the states before. One hash for each.
  package mutating func add(_ changes: [NodeChange]) {
    let added = changes.compactMap(\.node)
    for (hash, node) in zip(Keccak256.hashEach(added), added) { nodes[hash] = node }
  }

  /// Adds a code; its hash is computed.
  package mutating func add(code: [UInt8]) { codes[Keccak256.hash(code)] = code }

  /// Adds a block's header, in RLP, and returns its hash.
  @discardableResult
  package mutating func add(header: [UInt8]) -> Hash256 {
    let hash = Keccak256.hash(header)
    headers[hash] = header
    return hash
  }

  /// How many nodes there are.
  package var nodeCount: Int { nodes.count }
}

extension StateArchive: CommittedData {
  package func bytes(of piece: CommittedPiece) -> [UInt8]? {
    switch piece {
    case .node(_, _, let hash): nodes[hash]
    case .code(let hash): codes[hash]
    case .header(let hash): headers[hash]
    }
  }
}

extension StateArchive {
  /// Adds everything that another archive has.
  mutating func add(_ other: StateArchive) {
    nodes.merge(other.nodes) { first, _ in first }
    codes.merge(other.codes) { first, _ in first }
    headers.merge(other.headers) { first, _ in first }
  }
}
