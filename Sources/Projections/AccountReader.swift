import Hashing
import Primitives
import StateTransition
import StateTrie

/// The state as execution reads it.
struct AccountReader: StateView {
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
}

/// The nodes of the state trie.
struct AccountNodeReader: NodeReader {
  private let view: ProjectionView

  init(_ view: ProjectionView) { self.view = view }

  func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    do {
      return try view.value(ProposerState.accountNodes, path.storageKey.rawSpan)
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }
}
