import Hashing
package import Primitives
package import Rollup
package import StateTrie

/// The state that a chain begins with, as it is stored: accounts, storage, code, and the nodes of all tries.
package struct GenesisState: Equatable, Sendable {
  /// An account with everything that belongs to it.
  package struct Entry: Equatable, Sendable {
    /// Keccak-256 of the address.
    package let key: Hash256

    package let account: Account

    /// Empty for a plain account.
    package let code: [UInt8]

    /// By ascending key.
    package let storage: [Slot]

    /// Nodes of the storage trie, in the order of `NibblePath`.
    package let storageNodes: [NodeChange]
  }

  /// A storage slot that is not zero.
  package struct Slot: Equatable, Sendable {
    /// Keccak-256 of the slot's number.
    package let key: Hash256

    package let value: UInt256
  }

  /// The state root.
  package let root: Hash256

  /// By ascending key.
  package let entries: [Entry]

  /// Nodes of the account trie, in the order of `NibblePath`.
  package let nodes: [NodeChange]

  /// Builds all tries bottom-up. O(n log n) in accounts and slots.
  package init(of allocation: [GenesisAccount]) {
    let keys = Keccak256.hashEach(allocation.map(\.address.bytes))
    entries = zip(keys, allocation).map { Entry(key: $0, of: $1) }.sorted { $0.key < $1.key }
    var nodes: [NodeChange] = []
    root = GenesisState.build(entries.map { (key: $0.key, value: $0.account.encode()) }) { nodes.append($0) }
    self.nodes = nodes
  }

  /// The state root alone, for which no nodes are kept. O(n log n) in accounts and slots.
  package static func root(of allocation: [GenesisAccount]) -> Hash256 {
    let keys = Keccak256.hashEach(allocation.map(\.address.bytes))
    let leaves = zip(keys, allocation).map { key, genesis in
      let storageRoot = build(slots(of: genesis).map { (key: $0.key, value: $0.encodedValue) }) { _ in }
      return (key: key, value: Account(genesis, storageRoot: storageRoot).encode())
    }
    return build(leaves.sorted { $0.key < $1.key }) { _ in }
  }

  /// The root of the trie with these leaves, which stand by ascending key.
  fileprivate static func build(
    _ leaves: [(key: Hash256, value: [UInt8])], _ emit: (NodeChange) -> Void
  ) -> Hash256 {
    var builder = TrieBuilder()
    for leaf in leaves {
      builder.append(NibblePath(leaf.key), leaf.value) { emit(NodeChange(path: $0, node: $1)) }
    }
    return builder.finish { emit(NodeChange(path: $0, node: $1)) }
  }

  /// The slots of an account, by ascending key.
  fileprivate static func slots(of genesis: GenesisAccount) -> [Slot] {
    if genesis.storage.isEmpty { return [] }
    let keys = Keccak256.hashEach(genesis.storage.map(\.key.bigEndianBytes))
    return zip(keys, genesis.storage).map { Slot(key: $0, value: $1.value) }.sorted { $0.key < $1.key }
  }
}

extension GenesisState.Entry {
  fileprivate init(key: Hash256, of genesis: GenesisAccount) {
    self.key = key
    code = genesis.code
    storage = GenesisState.slots(of: genesis)
    var nodes: [NodeChange] = []
    let storageRoot = GenesisState.build(storage.map { (key: $0.key, value: $0.encodedValue) }) { nodes.append($0) }
    storageNodes = nodes
    account = Account(genesis, storageRoot: storageRoot)
  }
}

extension Account {
  fileprivate init(_ genesis: GenesisAccount, storageRoot: Hash256) {
    self.init(
      nonce: genesis.nonce, balance: genesis.balance, storageRoot: storageRoot,
      codeHash: genesis.code.isEmpty ? Keccak256.emptyHash : Keccak256.hash(genesis.code))
  }
}

extension GenesisState.Slot {
  /// The value in the storage trie: RLP of the number.
  package var encodedValue: [UInt8] { StateCommitment.encode(value) }
}
