import Hashing
import Primitives

/// Resolves references to nodes through a reader.
struct NodeSource {
  let trust: NodeTrust

  /// The encoding and the decoded node that `reference` names at `path`.
  func read<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ reference: NodeReference, at path: NibblePath, from reader: borrowing Reader
  ) throws(TrieError) -> (encoding: [UInt8], node: TrieNode) {
    let encoding = try encoding(of: reference, at: path, from: reader)
    do {
      return (encoding, try TrieNode.decode(encoding, at: path))
    } catch {
      throw .malformedNode(path: path, reason: error)
    }
  }

  /// Appends the encoding that `reference` names at `path` to the arena, and says where it is.
  func read<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ reference: NodeReference, at path: NibblePath, from reader: borrowing Reader, into arena: inout NodeArena
  ) throws(TrieError) -> Range<Int> {
    let start = arena.count
    guard let hash = reference.asHash else {
      reference.append(to: &arena.bytes)
      return start..<arena.count
    }
    guard try reader.appendNode(at: path, hash: hash, to: &arena.bytes) else {
      throw .missingNode(path: path, hash: hash)
    }
    if case .verified = trust {
      let actual = Keccak256.hash(arena.bytes.rawSpan.extracting(start..<arena.count))
      guard actual == hash else { throw .hashMismatch(path: path, expected: hash, actual: actual) }
    }
    return start..<arena.count
  }

  private func encoding<Reader: NodeReader & ~Copyable & ~Escapable>(
    of reference: NodeReference, at path: NibblePath, from reader: borrowing Reader
  ) throws(TrieError) -> [UInt8] {
    guard let hash = reference.asHash else {
      guard let embedded = reference.embeddedEncoding else { preconditionFailure("only nodes that exist are read") }
      return embedded
    }
    guard let encoding = try reader.node(at: path, hash: hash) else { throw .missingNode(path: path, hash: hash) }
    if case .verified = trust {
      let actual = Keccak256.hash(encoding)
      guard actual == hash else { throw .hashMismatch(path: path, expected: hash, actual: actual) }
    }
    return encoding
  }
}
