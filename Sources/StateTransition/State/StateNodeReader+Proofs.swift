package import Primitives
import StateTrie

// Nodes are hashed as they are read: what is given out is a proof, or it is known why not.
extension StateNodeReader {
  /// The nodes on the way of an account in the state trie, root first (EIP-1186). O(depth) nodes read and hashed.
  ///
  /// - Parameter account: Keccak-256 of the address.
  package func proof(ofAccount account: Hash256, root: Hash256) throws(StateTrieError) -> [[UInt8]] {
    do { return try Trie.prove(NibblePath(account), root: root, reader: AccountNodes(reader: self)) } catch {
      throw StateTrieError(error)
    }
  }

  /// The nodes on the way of a slot in an account's storage trie, root first.
  ///
  /// - Parameters:
  ///   - slot: Keccak-256 of the slot's number.
  ///   - root: of the storage trie.
  package func proof(ofSlot slot: Hash256, of account: Hash256, root: Hash256) throws(StateTrieError) -> [[UInt8]] {
    do {
      let nodes = StorageNodes(account: account, reader: self, isCleared: false)
      return try Trie.prove(NibblePath(slot), root: root, reader: nodes)
    } catch { throw StateTrieError(account: account, error) }
  }
}

/// A key of the state or of a storage trie, and what it holds before and after.
package struct StateDifference: Equatable, Sendable {
  /// Keccak-256 of the address, or of the slot's number.
  package let key: Hash256

  /// As the trie holds it; nil for nothing.
  package let before, after: [UInt8]?
}

extension StateNodeReader {
  /// Accounts that are not the same in a state and in a later one, by ascending key. O((differences + 1) · depth) nodes
  /// read.
  ///
  /// - Parameters:
  ///   - root: of this reader's state.
  ///   - later: reads the other state.
  package func differences(
    _ root: Hash256, _ laterRoot: Hash256, in later: some StateNodeReader
  ) throws(StateTrieError) -> [StateDifference] {
    do {
      return try StateDifference.all(
        root, AccountNodes(reader: self), laterRoot, AccountNodes(reader: later))
    } catch { throw StateTrieError(error) }
  }

  /// The same of the slots of an account.
  package func storageDifferences(
    of account: Hash256, _ root: Hash256, _ laterRoot: Hash256, in later: some StateNodeReader
  ) throws(StateTrieError) -> [StateDifference] {
    do {
      return try StateDifference.all(
        root, StorageNodes(account: account, reader: self, isCleared: false), laterRoot,
        StorageNodes(account: account, reader: later, isCleared: false))
    } catch { throw StateTrieError(account: account, error) }
  }
}

extension StateDifference {
  fileprivate static func all(
    _ root: Hash256, _ reader: some NodeReader, _ laterRoot: Hash256, _ later: some NodeReader
  ) throws(TrieError) -> [StateDifference] {
    var found: [StateDifference] = []
    try Trie.forEachDifference(root, reader, laterRoot, later) { path, before, after in
      found.append(StateDifference(key: path.firstKey, before: before, after: after))
    }
    return found
  }
}
