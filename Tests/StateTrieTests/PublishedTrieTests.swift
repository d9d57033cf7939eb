import Foundation
import Hashing
import Primitives
import StateTrie
import Testing
import TestSupport

/// Bytes as the suites write them: hexadecimal after `0x`, else the characters themselves.
private func bytes(_ text: String) throws -> [UInt8] {
  text.hasPrefix("0x") ? try Hex.decode(text) : Array(text.utf8)
}

/// One case of the suite `TrieTests` of ethereum/tests.
struct TrieCase {
  let name: String
  let isSecure: Bool

  /// In the order given; nil deletes.
  let steps: [(key: [UInt8], value: [UInt8]?)]

  let root: Hash256

  /// The cases of one file, which may list its steps or name them by key, and those that are no trie's.
  static func cases(ofFile path: String) throws -> (cases: [TrieCase], skipped: [String]) {
    let file = (path as NSString).lastPathComponent
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let content = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    var cases: [TrieCase] = []
    var skipped: [String] = []
    for (name, body) in content.sorted(by: { $0.key < $1.key }) {
      guard let root = (body["root"] as? String).flatMap(Hash256.init(hex:)) else {
        skipped.append("\(file)/\(name)")
        continue
      }
      let isSecure = file.lowercased().contains("secure")
      cases.append(TrieCase(name: "\(file)/\(name)", isSecure: isSecure, steps: try steps(body["in"]), root: root))
    }
    return (cases, skipped)
  }

  private static func steps(_ input: Any?) throws -> [(key: [UInt8], value: [UInt8]?)] {
    if let pairs = input as? [[Any]] {
      return try pairs.map { (try bytes(try #require($0[0] as? String)), try ($0[1] as? String).map(bytes)) }
    }
    let named = try #require(input as? [String: Any])
    return try named.sorted { $0.key < $1.key }.map { (try bytes($0.key), try ($0.value as? String).map(bytes)) }
  }

  func path(_ key: [UInt8]) -> NibblePath {
    isSecure ? NibblePath(Keccak256.hash(key)) : NibblePath(key: key)
  }
}

@Suite("Published trie suites")
struct PublishedTrieTests {
  @Test(
    "TrieTests of ethereum/tests, step by step, at once and from nothing",
    .enabled(if: Vectors.isExpected("ethereum-tests-misc")))
  func trieTests() throws {
    guard let suite = try Vectors.directory("ethereum-tests-misc") else { return }
    let folder = "\(suite)/TrieTests"
    var passed = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".json") {
      let (cases, skipped) = try TrieCase.cases(ofFile: "\(folder)/\(file)")
      // The order of keys is the store's business here: the trie itself offers no iteration.
      #expect(skipped == (file == "trietestnextprev.json" ? ["trietestnextprev.json/basic"] : []))
      for vector in cases {
        try run(vector)
        passed += 1
      }
    }
    #expect(passed == 17)
  }

  private func run(_ vector: TrieCase) throws {
    let reader = MemoryNodes()
    var root = Trie.emptyRoot
    var world: [NibblePath: [UInt8]] = [:]
    for (key, value) in vector.steps {
      let change = TrieChange(key: vector.path(key), value: value)
      let update = try Trie.update(root: root, changes: [change], reader: reader)
      reader.apply(update)
      root = update.root
      world[change.key] = value
    }
    #expect(root == vector.root, "\(vector.name), step by step")
    #expect(build(world).root == vector.root, "\(vector.name), from nothing")
    let changes = world.sorted { $0.key < $1.key }.map { TrieChange(key: $0.key, value: $0.value) }
    let atOnce = try Trie.update(root: Trie.emptyRoot, changes: changes, reader: MemoryNodes())
    #expect(atOnce.root == vector.root, "\(vector.name), at once")
  }

  private struct GroundTruthRow: Decodable {
    let address, balance, code_hash, storage_root, final_state_root: String
    let nonce: UInt64

    func account() throws -> [UInt8] {
      let balance = try #require(UInt256(balance))
      let hashes = try [storage_root, code_hash].map { try #require(Hash256(hex: $0)) }
      var writer = RLPWriter()
      writer.list { list in
        list.append(nonce)
        list.append(balance)
        for hash in hashes { list.append(hash) }
      }
      return writer.bytes
    }
  }

  @Test("1,500 accounts that py-evm added one by one", .enabled(if: Vectors.isExpected("trie-ground-truth")))
  func groundTruth() throws {
    guard let suite = try Vectors.directory("trie-ground-truth") else { return }
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(suite)/pyevm_account_ground_truth.first1500.json"))
    let rows = try JSONDecoder().decode([GroundTruthRow].self, from: data)
    #expect(rows.count == 1500)
    let reader = MemoryNodes()
    var root = Trie.emptyRoot
    var world: [NibblePath: [UInt8]] = [:]
    for row in rows {
      let key = NibblePath(Keccak256.hash(try Hex.decode(row.address)))
      world[key] = try row.account()
      let update = try Trie.update(
        root: root, changes: [TrieChange(key: key, value: world[key])], reader: reader, trust: .trusted)
      reader.apply(update)
      root = update.root
      #expect(root == Hash256(hex: row.final_state_root))
    }
    #expect(build(world).root == root)
  }
}
