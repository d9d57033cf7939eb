import Hashing
import Primitives
import StateTrie

/// The trie once more, as the yellow paper defines it: recursive, from nothing, over arrays of nibbles, with its own
/// RLP.
struct NaiveTrie {
  private(set) var root = Hash256.zero

  /// Stored nodes by their path, one digit a nibble.
  private(set) var nodes: [String: [UInt8]] = [:]

  init(_ world: [NibblePath: [UInt8]]) {
    let entries = world.map { key, value in ((0..<key.count).map { key[$0] }, value) }
    let encoding = encode(entries, depth: 0, path: "")
    root = Keccak256.hash(encoding)
    if !world.isEmpty { nodes[""] = encoding }
  }

  /// c(J, i) of appendix D.
  private mutating func encode(_ entries: [([UInt8], [UInt8])], depth: Int, path: String) -> [UInt8] {
    if entries.isEmpty { return [0x80] }
    let key = entries[0].0
    if entries.count == 1 {
      return list([string(hexPrefix(key[depth...], 2)), string(entries[0].1)])
    }
    var shared = depth
    while entries.allSatisfy({ $0.0.count > shared && $0.0[shared] == key[shared] }) { shared += 1 }
    if shared > depth {
      let child = refer(entries, depth: shared, path: path + digits(key[depth..<shared]))
      return list([string(hexPrefix(key[depth..<shared], 0)), child])
    }
    var items: [[UInt8]] = []
    for nibble in 0..<16 {
      let below = entries.filter { $0.0.count > depth && $0.0[depth] == nibble }
      items.append(refer(below, depth: depth + 1, path: path + digits([UInt8(nibble)])))
    }
    return list(items + [string(entries.first { $0.0.count == depth }?.1 ?? [])])
  }

  /// n(J, i) of appendix D.
  private mutating func refer(_ entries: [([UInt8], [UInt8])], depth: Int, path: String) -> [UInt8] {
    let encoding = encode(entries, depth: depth, path: path)
    if encoding.count < 32 { return encoding }
    nodes[path] = encoding
    return string(Keccak256.hash(encoding).bytes)
  }

  private func hexPrefix(_ nibbles: ArraySlice<UInt8>, _ flag: UInt8) -> [UInt8] {
    let odd = nibbles.count % 2
    let padded = (odd == 1 ? [flag + 1] : [flag, 0]) + nibbles
    return stride(from: 0, to: padded.count, by: 2).map { padded[$0] * 16 + padded[$0 + 1] }
  }

  private func string(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.count == 1, bytes[0] < 128 { return bytes }
    return header(bytes.count, 128) + bytes
  }

  private func list(_ items: [[UInt8]]) -> [UInt8] {
    let payload = Array(items.joined())
    return header(payload.count, 192) + payload
  }

  private func header(_ length: Int, _ base: UInt8) -> [UInt8] {
    if length < 56 { return [base + UInt8(length)] }
    return length < 256 ? [base + 56, UInt8(length)] : [base + 57, UInt8(length / 256), UInt8(length % 256)]
  }

  private func digits(_ nibbles: ArraySlice<UInt8>) -> String {
    nibbles.map { String($0, radix: 16) }.joined()
  }
}

extension NibblePath {
  /// One digit a nibble; empty for the root.
  var digits: String { isRoot ? "" : description }
}
