import Hashing
package import Primitives
package import Rollup
package import StateTrie

/// A state read from nothing but its tries: what stateless execution runs on, and what records a witness.
///
/// The same code serves him who makes a witness and him who checks it; they differ in the `CommittedData` only.
package struct CommittedState<Data: CommittedData> {
  /// Root of the account trie.
  package let root: Hash256

  /// The block after which the state stands; ancestors are found from it.
  package let parent: BlockID

  let data: Data

  package init(root: Hash256, parent: BlockID, data: Data) {
    self.root = root
    self.parent = parent
    self.data = data
  }

  /// The nodes of the account trie; of an account's storage trie, when `account` is its hashed address.
  package func nodes(account: Hash256? = nil) -> CommittedNodes<Data> {
    CommittedNodes(account: account, data: data)
  }
}

/// The nodes of one trie, found by hash.
package struct CommittedNodes<Data: CommittedData>: NodeReader {
  let account: Hash256?
  let data: Data

  package func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    throw .unreadable(path: path, reason: "nodes of a witness are found by hash")
  }

  package func node(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    do {
      return try data.bytes(of: .node(account: account, path: path, hash: hash))
    } catch {
      throw .unreadable(path: path, reason: error.description)
    }
  }
}

extension CommittedState: StateView {
  package func account(_ address: Address) throws(StateReadError) -> Account? {
    let key = address.withBytes { Keccak256.hash($0) }
    guard let value = try value(of: key, root: root, nodes()) else { return nil }
    do {
      return try Account(rlp: value.rawSpan)
    } catch {
      throw StateReadError("the state trie holds no account at \(address): \(error)")
    }
  }

  private func value(
    of key: Hash256, root: Hash256, _ nodes: CommittedNodes<Data>
  ) throws(StateReadError) -> [UInt8]? {
    do {
      return try Trie.value(of: NibblePath(key), root: root, reader: nodes)
    } catch {
      throw StateReadError(error.description)
    }
  }
}

extension CommittedState {
  /// What the slot holds; zero when there is no such account or nothing in the slot.
  package func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    guard let account = try account(address), account.storageRoot != Trie.emptyRoot else { return .zero }
    let owner = address.withBytes { Keccak256.hash($0) }
    let key = Keccak256.hash(slot.bigEndianBytes)
    guard let value = try value(of: key, root: account.storageRoot, nodes(account: owner)) else { return .zero }
    do { return try StateCommitment.decode(slotValue: value.rawSpan) } catch {
      throw StateReadError("the storage trie of \(address) holds no number at \(slot): \(error)")
    }
  }

  /// The code with this hash.
  package func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    return try checked(.code(hash))
  }

  /// The hash of an ancestor, by way of the headers between it and the parent.
  ///
  /// - Complexity: one header for each block between, and whoever runs code asks for 256 at most.
  package func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    guard number <= parent.number else { throw StateReadError("block \(number) is not before this one") }
    var (reached, hash) = (parent.number, parent.hash)
    while reached > number {
      let bytes = try checked(.header(hash))
      do {
        hash = try BlockHeader.parentHash(ofHeader: bytes.rawSpan)
      } catch {
        throw StateReadError("the header with hash \(hash) is none: \(error)")
      }
      reached -= 1
    }
    return hash
  }

  private func checked(_ piece: CommittedPiece) throws(StateReadError) -> [UInt8] {
    guard let bytes = try data.bytes(of: piece) else { throw StateReadError("\(piece) is missing") }
    guard Keccak256.hash(bytes) == piece.hash else { throw StateReadError("\(piece): the bytes there have another") }
    return bytes
  }
}

extension BlockHeader {
  /// The first field of a header given as RLP.
  fileprivate static func parentHash(ofHeader bytes: RawSpan) throws(RLPError) -> Hash256 {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    return try fields.readHash256()
  }
}
