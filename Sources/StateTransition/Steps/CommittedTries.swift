package import Primitives
package import StateTrie

/// The tries of a state as a committer reads them, found by hash.
package struct CommittedTries<Data: CommittedData>: StateNodeReader {
  let data: Data

  package init(data: Data) { self.data = data }

  package func accountNode(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    try CommittedNodes(account: nil, data: data).node(at: path)
  }

  package func storageNode(of account: Hash256, at path: NibblePath) throws(TrieError) -> [UInt8]? {
    try CommittedNodes(account: account, data: data).node(at: path)
  }

  package func accountNode(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    try CommittedNodes(account: nil, data: data).node(at: path, hash: hash)
  }

  package func storageNode(of account: Hash256, at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    try CommittedNodes(account: account, data: data).node(at: path, hash: hash)
  }
}

/// Data with some more on top.
struct LayeredData<Base: CommittedData>: CommittedData {
  let base: Base
  var added = StateArchive()

  func bytes(of piece: CommittedPiece) throws(StateReadError) -> [UInt8]? {
    if let bytes = added.bytes(of: piece) { return bytes }
    return try base.bytes(of: piece)
  }
}
