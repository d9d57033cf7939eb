import Hashing
import Primitives
import Rollup
import StateTrie
import Testing

@Suite("Chain configuration")
struct ChainConfigurationTests {
  @Test("the hash does not depend on the order in which accounts and slots were given")
  func order() {
    let given = Samples.configuration
    let accounts = given.allocation.reversed().map { account in
      var account = account
      account.storage.reverse()
      account.storage.append(.init(key: 77, value: .zero))
      return account
    }
    let other = ChainConfiguration(
      chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: accounts,
      rollup: given.rollup)
    #expect(other == given)
    #expect(other.hash == given.hash)
  }

  @Test("every part of it changes the hash")
  func everyPart() throws {
    let given = Samples.configuration
    var header = given.genesisHeader
    header.timestamp += 1
    var accounts = given.allocation
    accounts[0].storage[0].value = 4
    let others = [
      ChainConfiguration(
        chainID: 1, forks: given.forks, genesisHeader: given.genesisHeader, allocation: given.allocation,
        rollup: given.rollup),
      ChainConfiguration(
        chainID: given.chainID, forks: try ForkSchedule(activations: []), genesisHeader: given.genesisHeader,
        allocation: given.allocation, rollup: given.rollup),
      ChainConfiguration(
        chainID: given.chainID, forks: given.forks, genesisHeader: header, allocation: given.allocation,
        rollup: given.rollup),
      ChainConfiguration(
        chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: accounts,
        rollup: given.rollup),
    ]
    #expect(Set(others.map(\.hash) + [given.hash]).count == 5)
    let imported = ChainConfiguration(
      chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: given.allocation)
    #expect(imported.hash != given.hash)
    #expect(imported.commitmentDomain == nil)
  }

  @Test("the genesis state root is that of a trie built by one change at a time")
  func stateRoot() throws {
    let accounts = Samples.configuration.allocation
    let leaves = accounts.map { account in
      var writer = RLPWriter()
      writer.list { fields in
        fields.append(account.nonce)
        fields.append(account.balance)
        fields.append(account.storageRoot)
        fields.append(Keccak256.hash(account.code))
      }
      return (key: Keccak256.hash(account.address.bytes), value: writer.bytes)
    }
    #expect(ChainConfiguration.stateRoot(of: accounts) == (try trieRoot(leaves)))
    let slots = accounts[0].storage.map { slot in
      var writer = RLPWriter()
      writer.append(slot.value)
      return (key: Keccak256.hash(slot.key.bigEndianBytes), value: writer.bytes)
    }
    #expect(slots.count == 2)
    #expect(accounts[0].storageRoot == (try trieRoot(slots)))
    #expect(accounts[1].storageRoot == Trie.emptyRoot)
    #expect(ChainConfiguration.stateRoot(of: []) == Trie.emptyRoot)
  }

  /// Inserts the leaves one by one with the incremental update, not with the builder.
  private func trieRoot(_ leaves: [(key: Hash256, value: [UInt8])]) throws -> Hash256 {
    var nodes = Nodes()
    var root = Trie.emptyRoot
    for leaf in leaves {
      let update = try Trie.update(root: root, changes: [(key: leaf.key, value: leaf.value)], reader: nodes)
      for change in update.nodeChanges { nodes.byPath[change.path] = change.node }
      root = update.root
    }
    return root
  }

  private struct Nodes: NodeReader {
    var byPath: [NibblePath: [UInt8]] = [:]

    func node(at path: NibblePath) throws(TrieError) -> [UInt8]? { byPath[path] }
  }
}
