import Hashing
import Primitives
import StateTransition
import StateTrie

/// The state as execution reads it.
struct StoredState: StateView {
  private let view: ProjectionView

  init(_ view: ProjectionView) { self.view = view }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    let key = address.withBytes { Keccak256.hash($0) }
    do {
      return try key.withBytes { key throws(TableReadError) in
        try view.row(ProposerState.accounts, key) { row throws(RLPError) in try Account(rlp: row) }
      }
    } catch { throw StateReadError("\(error); rebuild the projection") }
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    let account = address.withBytes { Keccak256.hash($0) }
    let key = ProposerState.storageKey(account: account, slot: slot.withBigEndianBytes { Keccak256.hash($0) })
    do {
      return try view.row(ProposerState.storage, key.rawSpan) { row throws(RLPError) in
        var reader = RLPReader(row)
        let value = try reader.readUInt256()
        try reader.finish()
        return value
      } ?? .zero
    } catch { throw StateReadError("\(error); rebuild the projection") }
  }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    let code: [UInt8]?
    do {
      code = try hash.withBytes { key throws(TableReadError) in try view.value(ProposerState.code, key) }
    } catch { throw StateReadError("\(error); rebuild the projection") }
    guard let code else { throw StateReadError("table 'code' has no row \(hash); rebuild the projection") }
    return code
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    let hash: Hash256?
    do { hash = try ProposerState.hash(of: number, in: view) } catch { throw StateReadError("\(error)") }
    guard let hash else { throw StateReadError("table 'hashes' has no row \(number); rebuild the projection") }
    return hash
  }
}

/// The nodes of the state trie and of all storage tries.
struct StoredNodes: StateNodeReader {
  private let view: ProjectionView

  init(_ view: ProjectionView) { self.view = view }

  func accountNode(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    do {
      return try view.value(ProposerState.accountNodes, path.storageKey.rawSpan)
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }

  func storageNode(of account: Hash256, at path: NibblePath) throws(TrieError) -> [UInt8]? {
    do {
      let key = ProposerState.storageNodeKey(account: account, path: path)
      return try view.value(ProposerState.storageNodes, key.rawSpan)
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }

  func appendAccountNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool {
    try path.withStorageKey { (key) throws(TrieError) in
      try append(ProposerState.accountNodes, key, at: path, to: &bytes)
    }
  }

  func appendStorageNode(
    of account: Hash256, at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool {
    try path.withStorageKey(behind: account) { (key) throws(TrieError) in
      try append(ProposerState.storageNodes, key, at: path, to: &bytes)
    }
  }

  private func append(
    _ table: ProjectionTable, _ key: RawSpan, at path: NibblePath, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool {
    do {
      return try view.read(table, key) { node in
        if let node { bytes.append(contentsOf: node) }
        return node != nil
      }
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }
}
