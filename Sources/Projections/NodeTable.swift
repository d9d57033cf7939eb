import Primitives
import StateTransition
import StateTrie

/// One table of nodes, beside the table that has the values of the leaves.
///
/// A row is which children are leaves that the node names by hash (2 bytes, bit n for nibble n; zero unless it is a
/// branch), and the node's encoding. Leaves have no rows, but for one that is a whole trie: what they hold stands in the
/// table of values, under the only key that begins with their path.
struct NodeTable {
  let nodes: ProjectionTable
  private let values: ProjectionTable
  let view: ProjectionView

  /// By depth, the branch that was read last, and which of its children are leaves: what is asked next is about them.
  private final class Recent {
    var owner: Hash256?
    var branches: [(path: NibblePath, leaves: UInt16)?] = Array(repeating: nil, count: NibblePath.maximumCount + 1)
    var trail = NodeTrail()

    /// Values that leaves have by now and the table of values has not yet.
    var ahead = ValuesAhead()
  }

  private let recent = Recent()

  init(nodes: ProjectionTable, values: ProjectionTable, in view: ProjectionView) {
    self.nodes = nodes
    self.values = values
    self.view = view
  }

  func node(at path: NibblePath, of owner: Hash256?) throws(TrieError) -> [UInt8]? {
    var bytes: [UInt8] = []
    return try append(path, of: owner, to: &bytes) ? bytes : nil
  }

  /// Appends the encoding of the node at `path`; false when there is none.
  func append(_ path: NibblePath, of owner: Hash256?, to bytes: inout [UInt8]) throws(TrieError) -> Bool {
    if try hasLeaf(at: path, of: owner) { return try appendLeaf(path, of: owner, to: &bytes) }
    do throws(TableReadError) {
      let (length, entry) = try path.withStorageKey(behind: owner) {
        (key: RawSpan) throws(TableReadError) -> (Int?, Int?) in
        try view.readEntry(nodes, key) { row in
          guard let row else { return nil }
          if row.byteCount > NodeRow.headerLength {
            bytes.append(contentsOf: row.extracting(NodeRow.headerLength..<row.byteCount))
            note(path, of: owner, NodeRow.leaves(of: row))
          }
          return row.byteCount
        }
      }
      guard let length else { return false }
      if let entry { recent.trail.note(path, of: owner, entry) }
      guard length > NodeRow.headerLength else { throw Self.damage(nodes) }
      return true
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }

  /// Notes the values of leaves that are ahead of the table of values, until others are.
  func noteAhead(_ values: ValuesAhead) { recent.ahead = values }

  func entry(of path: NibblePath, of owner: Hash256?) -> Int? { recent.trail.entry(of: path, of: owner) }

  /// Whether the row of the branch above `path` says that a leaf is there.
  func hasLeaf(at path: NibblePath, of owner: Hash256?) throws(TrieError) -> Bool {
    if path.isRoot { return false }
    let nibble = UInt16(path[path.count - 1])
    if recent.owner == owner, let branch = recent.branches[path.count - 1], path.hasPrefix(branch.path) {
      return branch.leaves &>> nibble & 1 == 1
    }
    do throws(TableReadError) {
      return try path.prefix(path.count - 1).withStorageKey(behind: owner) {
        (key: RawSpan) throws(TableReadError) -> Bool in
        try view.read(nodes, key) { NodeRow.leaves(of: $0) &>> nibble & 1 == 1 }
      }
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }

  private func note(_ path: NibblePath, of owner: Hash256?, _ leaves: UInt16) {
    if recent.owner != owner {
      recent.owner = owner
      for depth in recent.branches.indices { recent.branches[depth] = nil }
    }
    recent.branches[path.count] = (path, leaves)
  }

  /// Appends the leaf of the only key that begins with `path`; false when there is none.
  private func appendLeaf(
    _ path: NibblePath, of owner: Hash256?, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool {
    let start = (owner?.bytes ?? []) + path.firstKey.bytes
    let skipped = owner == nil ? 0 : Hash256.byteCount
    do throws(TableReadError) {
      let key = try view.firstKey(of: values, from: start) { key in
        key.byteCount == start.count && key.hasPrefix(start.rawSpan.extracting(0..<skipped))
          && NibblePath(Hash256(key.extracting(skipped..<key.byteCount))).hasPrefix(path)
      }
      guard let key, let row = try view.value(values, key.rawSpan) else { return false }
      var value = row
      if owner == nil {
        do throws(RLPError) { value = try Account(row: row.rawSpan).encode() } catch { throw Self.damage(values) }
      }
      let whole = NibblePath(Hash256(key.rawSpan.extracting(skipped..<key.count)))
      if let newer = recent.ahead.value(of: whole, of: owner) { value = newer }
      Trie.appendLeaf(suffix: whole.dropFirst(path.count), value: value, to: &bytes)
      return true
    } catch { throw .unreadable(path: path, reason: "\(error)") }
  }

  private static func damage(_ table: ProjectionTable) -> TableReadError {
    TableReadError(table: table, reason: "a row is not what was written")
  }
}

/// A row of a table of nodes.
enum NodeRow {
  static var headerLength: Int { 2 }

  /// Which children are leaves; none where there is no row.
  static func leaves(of row: RawSpan?) -> UInt16 {
    guard let row, row.byteCount > headerLength else { return 0 }
    return row.bigEndian(at: 0)
  }

  /// The row of a node, given which of its children are leaves.
  static func make(_ leaves: UInt16, _ node: RawSpan) -> [UInt8] {
    var row: [UInt8] = []
    row.reserveCapacity(headerLength + node.byteCount)
    row.append(bigEndian: leaves)
    row.append(contentsOf: node)
    return row
  }
}

/// Changes of one trie that have been applied in place: the values of its leaves until the rows of these are written.
struct ValuesAhead {
  var owner: Hash256?
  var changes: [TrieChange] = []

  /// Those of them that have not been applied.
  var rest: [TrieChange] = []

  /// The value that a key has got; nil when it has not got any.
  func value(of key: NibblePath, of owner: Hash256?) -> [UInt8]? {
    guard self.owner == owner, Self.change(of: key, in: rest) == nil else { return nil }
    return Self.change(of: key, in: changes)?.value
  }

  /// The change of a key; the changes are in ascending order of keys. O(log n).
  private static func change(of key: NibblePath, in changes: [TrieChange]) -> TrieChange? {
    var (first, end) = (0, changes.count)
    while first < end {
      let middle = (first + end) / 2
      if changes[middle].key < key { first = middle + 1 } else { end = middle }
    }
    return first < changes.count && changes[first].key == key ? changes[first] : nil
  }
}
