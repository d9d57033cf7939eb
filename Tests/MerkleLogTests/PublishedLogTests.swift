// Logs that other implementations have made: one of 15 entries with a checkpoint at every size (tessera), and a piece of
// a certificate log (sunlight).

import Foundation
import MerkleLog
import Primitives
import TestSupport
import Testing

@Suite(.enabled(if: Vectors.isExpected("transparency-log")))
struct PublishedLogTests {
  @Test("all roots of a published log come out of its entries, and its key has signed them")
  func roots() throws {
    guard let log = try PublishedLog() else { return }
    let entries = try log.entries(width: 15)
    var frontier = Frontier()
    #expect(try frontier.root == log.checkpoint(size: 0).root)
    for (index, entry) in entries.enumerated() {
      frontier.append(leafHash: MerkleHash.leaf(entry))
      let checkpoint = try log.checkpoint(size: index + 1)
      #expect(checkpoint.size == UInt64(index + 1))
      #expect(checkpoint.root == frontier.root)
    }
    #expect(MerkleTree.root(ofLeaves: entries.map { MerkleHash.leaf($0) }) == frontier.root)
  }

  @Test("the tiles of a published log are those that its entries give, byte for byte")
  func tiles() throws {
    guard let log = try PublishedLog() else { return }
    let all = try log.entries(width: 15)
    for size in 1...15 {
      for row in TileRow.added(to: UInt64(size)) {
        try row.forEach { (tile: Tile) throws in
          let entries = Array(all.prefix(size))
          let expected =
            tile.content == .entries
            ? Tile.encode(entries: entries) : Tile.encode(hashes: entries.map { MerkleHash.leaf($0) })
          #expect(try log.bytes(of: tile.path) == expected, "\(tile.path)")
        }
      }
    }
  }

  @Test("proofs of a published log hold against its own checkpoints")
  func proofs() throws {
    guard let log = try PublishedLog() else { return }
    let leaves = try log.entries(width: 15).map { MerkleHash.leaf($0) }
    var tree = RecursiveTree(leaves: leaves)
    for size in 1...15 {
      let note = try log.note(size: size)
      for index in 0..<size {
        let file = ProofFile(extra: nil, proof: tree.inclusionProof(index, size), note: note)
        _ = try file.verify(leafHash: leaves[index], signedByAll: [log.key])
      }
      for old in 0...size {
        let file = GrowthFile(proof: tree.consistencyProof(old, size), note: note)
        _ = try file.verify(oldRoot: try log.checkpoint(size: old).root, signedByAll: [log.key])
      }
    }
  }

  @Test("the tiles of a published certificate log hold the hashes of its entries")
  func certificates() throws {
    guard let directory = try Vectors.directory("transparency-log") else { return }
    let log = "\(directory)/sunlight/testdata/navigli2025h2"
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(log)/tile/0").sorted()
    var compared = 0
    for name in names {
      let tile = try #require(Tile(path: "tile/0/\(name)"))
      let hashes = try tile.hashes([UInt8](Data(contentsOf: URL(fileURLWithPath: "\(log)/\(tile.path)"))))
      var entries = CertificateTile([UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(log)/tile/data/\(name)"))))
      for hash in hashes {
        #expect(hash == MerkleHash.leaf([0, 0] + entries.next()))
        compared += 1
      }
      #expect(entries.isAtEnd)
    }
    #expect(compared >= 768)
  }

  @Test("no part of a published key is a key, and none with a character changed")
  func manglings() throws {
    guard let log = try PublishedLog() else { return }
    try VerifierKeyTests().manglings(vkey: "\(log.key)")
  }
}

/// The log of 15 entries.
private struct PublishedLog {
  let directory: String
  let key: VerifierKey

  init?() throws {
    guard let directory = try Vectors.directory("transparency-log") else { return nil }
    self.directory = "\(directory)/tessera/testdata/log"
    let vkey = try String(contentsOfFile: "\(directory)/tessera/testdata/VKEY", encoding: .utf8)
    key = try VerifierKey(vkey.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(path)")))
  }

  func note(size: Int) throws -> SignedNote {
    try SignedNote(bytes(of: "checkpoint.\(size)"))
  }

  func checkpoint(size: Int) throws -> Checkpoint {
    try note(size: size).checkpoint(signedByAll: [key])
  }

  func entries(width: Int) throws -> [[UInt8]] {
    let bundle = Tile(.entries, index: 0, width: width)
    return try bundle.entries(bytes(of: bundle.path))
  }
}

/// The data tile of a certificate log (C2SP `static-ct-api`): what is hashed is each entry's timestamped part.
private struct CertificateTile {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func next() -> [UInt8] {
    let start = offset
    offset += 8
    let isPrecertificate = number(2) == 1
    if isPrecertificate { offset += 32 }
    skip(3)
    skip(2)
    let entry = Array(bytes[start..<offset])
    if isPrecertificate { skip(3) }
    skip(2)
    return entry
  }

  private mutating func skip(_ lengthBytes: Int) {
    let length = number(lengthBytes)
    offset += length
  }

  private mutating func number(_ byteCount: Int) -> Int {
    defer { offset += byteCount }
    return bytes[offset..<offset + byteCount].reduce(0) { $0 << 8 | Int($1) }
  }
}
