import Hashing
public import Primitives

extension MerkleHash {
  /// The hash of each of the leaves whose entries, of `length` bytes each, stand one after another. Several at a time where
  /// the processor can.
  public static func leaves(_ entries: [UInt8], length: Int) -> [Hash256] {
    precondition(length > 0 && entries.count.isMultiple(of: length), "whole entries")
    var hashes = sideBySide(prefix: 0x00, entries, length: length)
    for index in hashes.count..<entries.count / length {
      hashes.append(leaf(entries.rawSpan.extracting(index * length..<(index + 1) * length)))
    }
    return hashes
  }

  /// The hashes of the nodes over neighbours: of the first and the second, the third and the fourth, and so on. One that is
  /// left over is left out.
  public static func nodes(over hashes: [Hash256]) -> [Hash256] {
    let count = hashes.count / 2
    var entries: [UInt8] = []
    entries.reserveCapacity(count * 2 * Hash256.byteCount)
    for hash in hashes.prefix(2 * count) { hash.withBytes { entries.append(contentsOf: $0) } }
    var nodes = sideBySide(prefix: 0x01, entries, length: 2 * Hash256.byteCount)
    for index in nodes.count..<count { nodes.append(node(hashes[2 * index], hashes[2 * index + 1])) }
    return nodes
  }

  private static func sideBySide(prefix: UInt8, _ entries: [UInt8], length: Int) -> [Hash256] {
    guard SHA256Lanes.isAvailable, SHA256Lanes.lengths.contains(length) else { return [] }
    return SHA256Lanes.hashes(prefix: prefix, entries: entries, length: length)
  }
}
