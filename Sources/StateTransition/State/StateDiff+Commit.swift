import Hashing
package import Primitives
package import StateTrie

extension StateDiff {
  /// Applies the diff to the tries of the state with root `parentRoot`, whose nodes `reader` has.
  ///
  /// - Complexity: O((accounts + slots) · depth) nodes read and hashed.
  package func commit(
    onto parentRoot: Hash256, reader: some StateNodeReader, trust: NodeTrust = .verified
  ) throws(StateTrieError) -> StateCommitment {
    var committed: [StateCommitment.AccountChange] = []
    committed.reserveCapacity(accounts.count)
    var changes: [TrieChange] = []
    changes.reserveCapacity(accounts.count)
    for (key, index) in accountKeys.enumerated().map({ ($1, $0) }).sorted(by: { $0.0 < $1.0 }) {
      let change = try accounts[index].commit(key: key, reader, trust)
      committed.append(change)
      changes.append(
        TrieChange(key: NibblePath(key), value: change.encoded, replaces: accounts[index].replaces))
    }
    do {
      let (root, rest) = try reader.changeInPlace(changes, of: nil, onto: parentRoot, trust)
      let update = try Trie.update(root: root, changes: rest, reader: AccountNodes(reader: reader), trust: trust)
      return StateCommitment(root: update.root, accounts: committed, nodeChanges: update.changes, code: code)
    } catch { throw StateTrieError(error) }
  }

  /// Keccak-256 of each account's address.
  var accountKeys: [Hash256] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Address.byteCount * accounts.count)
    for change in accounts { change.address.withBytes { bytes.append(contentsOf: $0) } }
    return Keccak256.hashEach(of: bytes, ends: accounts.indices.map { Address.byteCount * ($0 + 1) })
  }
}

extension StateNodeReader {
  /// Changes nodes where they are, unless they are to be verified.
  fileprivate func changeInPlace(
    _ changes: [TrieChange], of account: Hash256?, onto root: Hash256, _ trust: NodeTrust
  ) throws(TrieError) -> (root: Hash256, rest: [TrieChange]) {
    guard case .trusted = trust else { return (root, changes) }
    return try changeInPlace(changes, of: account, onto: root)
  }
}

extension StateDiff.AccountChange {
  /// Applies what the diff has of one account to its storage trie.
  fileprivate func commit(
    key: Hash256, _ reader: some StateNodeReader, _ trust: NodeTrust
  ) throws(StateTrieError) -> StateCommitment.AccountChange {
    var account = account
    var slots: [StateCommitment.SlotChange] = []
    var nodes = NodeChanges()
    if let before = account?.storageRoot, !storage.isEmpty {
      slots = hashedSlots
      do {
        var rest = slots.map {
          TrieChange(key: NibblePath($0.key), value: $0.value.isZero ? nil : $0.encodedValue, replaces: $0.replaces)
        }
        var root = clearsStorage ? Trie.emptyRoot : before
        if !clearsStorage { (root, rest) = try reader.changeInPlace(rest, of: key, onto: root, trust) }
        let update = try Trie.update(
          root: root, changes: rest, reader: StorageNodes(account: key, reader: reader, isCleared: clearsStorage),
          trust: trust)
        account?.storageRoot = update.root
        nodes = update.changes
      } catch { throw StateTrieError(account: key, error) }
    } else if clearsStorage {
      account?.storageRoot = Trie.emptyRoot
    }
    return StateCommitment.AccountChange(
      key: key, account: account, encoded: account?.encode(), clearsStorage: clearsStorage, storage: slots,
      storageNodeChanges: nodes)
  }

  /// The slots under the Keccak-256 of their numbers, by ascending key.
  private var hashedSlots: [StateCommitment.SlotChange] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Hash256.byteCount * storage.count)
    for change in storage { change.slot.withBigEndianBytes { bytes.append(contentsOf: $0) } }
    let keys = Keccak256.hashEach(of: bytes, ends: storage.indices.map { Hash256.byteCount * ($0 + 1) })
    return zip(keys, storage).map { StateCommitment.SlotChange(key: $0, value: $1.value, replaces: $1.replaces) }
      .sorted { $0.key < $1.key }
  }
}
