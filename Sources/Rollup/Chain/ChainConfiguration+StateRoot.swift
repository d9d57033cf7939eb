import Hashing
package import Primitives
import StateTrie

extension ChainConfiguration {
  /// The state root that `allocation` gives. O(n log n), nodes are not kept.
  package static func stateRoot(of allocation: [GenesisAccount]) -> Hash256 {
    let keys = Keccak256.hashEach(allocation.map { $0.address.bytes })
    return root(of: zip(keys, allocation.map { $0.encodeState() }).map { (key: $0, value: $1) })
  }

  /// The root of the trie with these leaves, whose keys are distinct hashes in any order.
  fileprivate static func root(of leaves: [(key: Hash256, value: [UInt8])]) -> Hash256 {
    var builder = TrieBuilder()
    for (key, value) in leaves.sorted(by: { $0.key < $1.key }) {
      builder.append(NibblePath(key: key.bytes), value) { _, _ in }
    }
    return builder.finish { _, _ in }
  }
}

extension GenesisAccount {
  /// Root of the account's storage trie.
  package var storageRoot: Hash256 {
    let keys = Keccak256.hashEach(storage.map { $0.key.bigEndianBytes })
    let values = storage.map { (slot) in
      var writer = RLPWriter()
      writer.append(slot.value)
      return writer.bytes
    }
    return ChainConfiguration.root(of: zip(keys, values).map { (key: $0, value: $1) })
  }

  /// What the state trie holds for the account (yellow paper, section 4.1).
  fileprivate func encodeState() -> [UInt8] {
    var writer = RLPWriter(capacity: 112)
    writer.list { (fields) in
      fields.append(nonce)
      fields.append(balance)
      fields.append(storageRoot)
      fields.append(Keccak256.hash(code))
    }
    return writer.bytes
  }
}
