import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite struct GenesisStateTests {
  @Test("no allocation is the empty trie")
  func empty() {
    let state = GenesisState(of: [])
    #expect(state.root == Trie.emptyRoot && state.entries.isEmpty && state.nodes.isEmpty)
    #expect(GenesisState.root(of: []) == Trie.emptyRoot)
  }

  @Test("the bulk-built state is the one that single insertions come to, storage and code included")
  func againstUpdates() throws {
    struct Nothing: NodeReader {
      func node(at path: NibblePath) -> [UInt8]? { nil }
    }
    func root(_ leaves: [(key: Hash256, value: [UInt8]?)]) throws -> TrieUpdate {
      try Trie.update(root: Trie.emptyRoot, changes: leaves.sorted { $0.key < $1.key }, reader: Nothing())
    }
    var random = SeededGenerator()
    let allocation = (0..<50).map { index in
      let slots = (0..<UInt64(index % 5)).map { key in
        GenesisAccount.Slot(key: UInt256(key), value: UInt256(random.next() | 1))
      }
      return GenesisAccount(
        address: Address(random.next(), random.next(), UInt32(index)), balance: UInt256(random.next()),
        nonce: UInt64(index), code: random.bytes(count: index % 3), storage: slots)
    }
    let state = GenesisState(of: allocation)
    var leaves: [(key: Hash256, value: [UInt8]?)] = []
    for account in allocation {
      let entry = try #require(state.entries.first { $0.key == key(of: account.address) })
      let storage = try root(
        account.storage.map { slot in
          var value = RLPWriter()
          value.append(slot.value)
          return (key: Keccak256.hash(slot.key.bigEndianBytes), value: value.bytes)
        })
      let expected = Account(
        nonce: account.nonce, balance: account.balance, storageRoot: storage.root,
        codeHash: Keccak256.hash(account.code))
      #expect(entry.account == expected && entry.code == account.code && entry.storageNodes == storage.nodeChanges)
      leaves.append((key: entry.key, value: expected.encode()))
    }
    let expected = try root(leaves)
    #expect(state.root == expected.root && state.nodes == expected.nodeChanges)
    #expect(state.root == GenesisState.root(of: allocation))
    #expect(state.entries.map(\.key) == leaves.map(\.key).sorted())
  }
}
