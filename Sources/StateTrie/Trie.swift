import Hashing
public import Primitives

/// The modified Merkle-Patricia trie of Ethereum (yellow paper, appendix D), over nodes stored by path.
///
/// A trie is its root hash and a way to read nodes (`NodeReader`); all else is functions. Stored are the root,
/// whatever its length, and every other node whose encoding has 32 bytes or more; shorter nodes exist only inside
/// their parent. Since nodes are found by path and not by hash, a changed trie overwrites its nodes and leaves
/// nothing behind.
public enum Trie {
  /// The root of a trie without keys: Keccak-256 of the RLP of the empty string. No node is stored for it.
  public static let emptyRoot = Hash256(
    0x56e8_1f17_1bcc_55a6, 0xff83_45e6_92c0_f86e, 0x5b48_e01b_996c_adc0, 0x0162_2fb5_e363_b421)

  /// The root of the trie that holds each item under the RLP of its index: transactions, receipts, withdrawals (yellow
  /// paper, section 4.3). Without items `emptyRoot`. An empty item would be an absent one, as everywhere in a trie.
  public static func orderedRoot(of items: [[UInt8]]) -> Hash256 {
    ordered(items, TrieBuilder(givesNodes: false)) { _, _ in }
  }

  /// The stored nodes on the way of the item with this index in the trie of `orderedRoot`, root first: what `TrieProof`
  /// checks. Traps when there is no such item. O(items).
  public static func orderedProof(of index: Int, in items: [[UInt8]]) -> [[UInt8]] {
    precondition(items.indices.contains(index), "a proof is of an item")
    let key = indexKey(index)
    var nodes: [(path: NibblePath, node: [UInt8])] = []
    _ = ordered(items, TrieBuilder()) { path, node in
      if key.hasPrefix(path) { nodes.append((path, node)) }
    }
    return nodes.sorted { $0.path.count < $1.path.count }.map(\.node)
  }

  private static func ordered(
    _ items: [[UInt8]], _ builder: consuming TrieBuilder, emit: (NibblePath, [UInt8]) -> Void
  ) -> Hash256 {
    if items.isEmpty { return emptyRoot }
    var builder = builder
    func append(_ index: Int) {
      builder.append(indexKey(index), items[index], emit: emit)
    }
    // The RLP of 0 is 0x80: after those of 1…127, which stand for themselves, and before all longer ones.
    let oneByte = min(items.count, 128)
    for index in 1..<max(oneByte, 1) { append(index) }
    append(0)
    for index in oneByte..<items.count { append(index) }
    return builder.finish(emit: emit)
  }

  /// Appends the encoding of a leaf whose key goes on with `suffix` from where it stands: what a store needs that keeps
  /// values and not leaves.
  public static func appendLeaf(suffix: NibblePath, value: [UInt8], to bytes: inout [UInt8]) {
    var arena = NodeArena()
    let leaf = arena.appendLeaf(suffix: suffix, value: value)
    bytes.append(contentsOf: arena.bytes.rawSpan.extracting(leaf))
  }

  /// The key of an item in an ordered trie: the RLP of its index.
  public static func indexKey(_ index: Int) -> NibblePath {
    var writer = RLPWriter(capacity: 9)
    writer.append(UInt64(index))
    return NibblePath(key: writer.bytes)
  }
}
