import Primitives
import StateTrie

/// The account trie with what has been written since.
struct AccountNodes<Reader: StateNodeReader>: NodeReader {
  let reader: Reader
  var written: [NibblePath: [UInt8]?] = [:]

  func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    if let node = written[path] { return node }
    return try reader.accountNode(at: path)
  }

  func node(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    if let node = written[path] { return node }
    return try reader.accountNode(at: path, hash: hash)
  }

  func appendNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool {
    guard let node = written[path] else { return try reader.appendAccountNode(at: path, hash: hash, to: &bytes) }
    bytes += node ?? []
    return node != nil
  }

  func hasLeaf(at path: NibblePath) throws(TrieError) -> Bool {
    written[path] == nil ? try reader.hasAccountLeaf(at: path) : false
  }
}

/// One storage trie with what has been written since.
struct StorageNodes<Reader: StateNodeReader>: NodeReader {
  let account: Hash256
  let reader: Reader
  let isCleared: Bool
  var written: [NibblePath: [UInt8]?] = [:]

  func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    if let node = written[path] { return node }
    return isCleared ? nil : try reader.storageNode(of: account, at: path)
  }

  func node(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    if let node = written[path] { return node }
    return isCleared ? nil : try reader.storageNode(of: account, at: path, hash: hash)
  }

  func appendNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool {
    guard let node = written[path] else {
      return isCleared ? false : try reader.appendStorageNode(of: account, at: path, hash: hash, to: &bytes)
    }
    bytes += node ?? []
    return node != nil
  }

  func hasLeaf(at path: NibblePath) throws(TrieError) -> Bool {
    if isCleared || written[path] != nil { return false }
    return try reader.hasStorageLeaf(of: account, at: path)
  }
}
