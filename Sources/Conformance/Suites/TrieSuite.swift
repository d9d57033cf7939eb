import Hashing
import Primitives
import StateTransition
import StateTrie

/// TrieTests: the root of a set of keys, written one by one and, where the order does not matter, at once. And zk_evm's
/// ground truth: a list of accounts, with the state root after each one that is added.
struct TrieSuite: FixtureSuite {
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    if fixture.items.first?["final_state_root"] != nil { return insertions(fixture.items) }
    guard fixture["root"] != nil else { return [] }
    return [
      SuiteCase(name: name, fork: "trie") { try run(fixture, isSecure: file.lowercased().contains("secure")) }
    ]
  }

  private static func run(_ fixture: JSON, isSecure: Bool) throws -> String? {
    let input = try fixture.member("in")
    let changes = try entries(input).map { key, value in
      TrieChange(key: NibblePath(key: isSecure ? Keccak256.hash(key).bytes : key), value: value)
    }
    var nodes = MemoryNodes()
    var root = Trie.emptyRoot
    for change in changes {
      let update = try Trie.update(root: root, changes: [change], reader: nodes)
      nodes.apply(update.nodeChanges)
      root = update.root
    }
    let expected = try fixture.member("root").hash()
    if root != expected { return "the root is \(root), expected \(expected)" }
    // In a list a later entry of a key replaces an earlier one.
    guard case .object = input else { return nil }
    let sorted = changes.sorted { $0.key < $1.key }
    let atOnce = try Trie.update(root: Trie.emptyRoot, changes: sorted, reader: MemoryNodes()).root
    return atOnce == expected ? nil : "the root of all keys at once is \(atOnce), expected \(expected)"
  }

  /// A case for each row. The rows before are added first, so a failure of one is a failure of those that follow.
  private static func insertions(_ rows: [JSON]) -> [SuiteCase] {
    var nodes = MemoryNodes()
    var root = Trie.emptyRoot
    return rows.enumerated().map { index, row in
      let result = Result { root = try insert(row, into: &nodes, root) }
      let reached = root
      return SuiteCase(name: "row \(index)", fork: "accounts") {
        try result.get()
        let expected = try row.member("final_state_root").hash()
        return reached == expected ? nil : "the root is \(reached), expected \(expected)"
      }
    }
  }

  private static func insert(_ row: JSON, into nodes: inout MemoryNodes, _ root: Hash256) throws -> Hash256 {
    let account = Account(
      nonce: try row.member("nonce").integer(), balance: try row.member("balance").number(),
      storageRoot: try row.member("storage_root").hash(), codeHash: try row.member("code_hash").hash())
    let key = Keccak256.hash(try row.member("address").bytes())
    let update = try Trie.update(root: root, changes: [(key: key, value: account.encode())], reader: nodes)
    nodes.apply(update.nodeChanges)
    return update.root
  }

  private static func entries(_ json: JSON) throws(FixtureError) -> [([UInt8], [UInt8]?)] {
    var entries: [([UInt8], [UInt8]?)] = []
    for (key, value) in json.members { entries.append((try bytes(.string(key)) ?? [], try bytes(value))) }
    for pair in json.items where pair.items.count == 2 {
      entries.append((try bytes(pair.items[0]) ?? [], try bytes(pair.items[1])))
    }
    return entries
  }

  /// Hexadecimal after `0x`, else ASCII; nothing for null.
  private static func bytes(_ json: JSON) throws(FixtureError) -> [UInt8]? {
    guard let text = json.text else { return nil }
    return text.hasPrefix("0x") ? try json.bytes() : [UInt8](text.utf8)
  }
}

/// Nodes by path.
private struct MemoryNodes: NodeReader {
  private var nodes: [NibblePath: [UInt8]] = [:]

  func node(at path: NibblePath) -> [UInt8]? { nodes[path] }

  mutating func apply(_ changes: [NodeChange]) {
    for change in changes { nodes[change.path] = change.node }
  }
}
