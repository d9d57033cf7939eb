// Proofs, good and tampered with, made by another implementation (transparency-dev/merkle).

import Foundation
import MerkleLog
import Primitives
import TestSupport
import Testing

@Suite(.enabled(if: Vectors.isExpected("transparency-log")))
struct PublishedProofTests {
  @Test("published inclusion proofs hold or not, as their files say")
  func inclusion() throws {
    try check("inclusion", Counts(held: 4, refused: 50, undecodable: 15)) { (file: Inclusion) in
      try InclusionProof(index: file.leafIdx, size: file.treeSize, hashes: file.hashes())
        .verify(leafHash: try hash(file.leafHash), root: try hash(file.root))
    }
  }

  @Test("published consistency proofs hold or not, as their files say")
  func consistency() throws {
    try check("consistency", Counts(held: 4, refused: 65, undecodable: 6)) { (file: Consistency) in
      try ConsistencyProof(oldSize: file.size1, newSize: file.size2, hashes: file.hashes())
        .verify(oldRoot: try hash(file.root1), newRoot: try hash(file.root2))
    }
  }

  @Test("published proofs of leaves within a subtree hold or not, as their files say")
  func subtreeInclusion() throws {
    try check("subtreeinclusion", Counts(held: 9, refused: 92, undecodable: 33)) { (file: SubtreeInclusion) in
      guard let range = LeafRange(start: file.start, end: file.end), file.leafIdx >= range.start else {
        throw BadVector()
      }
      try InclusionProof(index: file.leafIdx - range.start, size: range.count, hashes: file.hashes())
        .verify(leafHash: try hash(file.leafHash), root: try hash(file.root))
    }
  }

  @Test("published proofs of a subtree within a tree hold or not, as their files say")
  func subtreeConsistency() throws {
    try check("subtreeconsistency", Counts(held: 9, refused: 64, undecodable: 13)) { (file: SubtreeConsistency) in
      guard let range = LeafRange(start: file.start, end: file.end) else { throw BadVector() }
      try range.verify(
        root: try hash(file.root1), in: file.size, root: try hash(file.root2), hashes: file.hashes())
    }
  }

  /// What became of the proofs of a folder. One that is undecodable has hashes of no bytes or a range that is none.
  private struct Counts: Equatable {
    var held, refused, undecodable: Int
  }

  /// Runs every file below a folder, and holds how many ended in which way against what is known, so that a folder that lost
  /// its files does not pass unseen, nor a proof that is not looked at.
  private func check<File: PublishedProof>(
    _ folder: String, _ expected: Counts, _ verify: (File) throws -> Void
  ) throws {
    guard let directory = try Vectors.directory("transparency-log") else { return }
    let root = "\(directory)/merkle/testdata/\(folder)"
    let names = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
      .filter { $0.hasSuffix(".json") }.sorted()
    var counts = Counts(held: 0, refused: 0, undecodable: 0)
    for name in names {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)"))
      let file = try JSONDecoder().decode(File.self, from: data)
      var holds = false
      do {
        try verify(file)
        holds = true
        counts.held += 1
      } catch is ProofError {
        counts.refused += 1
      } catch is BadVector {
        counts.undecodable += 1
      }
      #expect(holds == !file.wantErr, "\(folder)/\(name): \(file.desc)")
    }
    #expect(counts == expected, "\(folder): \(names.count) published proofs")
  }
}

private struct BadVector: Error {}

/// A hash of a vector. Some are words instead, which a `Hash256` cannot be: hashes of them stand for them. No bytes are no
/// hash.
private func hash(_ base64: String) throws -> Hash256 {
  guard let bytes = Base64.decode(base64), !bytes.isEmpty else { throw BadVector() }
  return Hash256(bytes: bytes) ?? MerkleHash.leaf(bytes)
}

private protocol PublishedProof: Decodable {
  var desc: String { get }
  var wantErr: Bool { get }
  var proof: [String]? { get }
}

extension PublishedProof {
  func hashes() throws -> [Hash256] { try (proof ?? []).map { try hash($0) } }
}

private struct Inclusion: PublishedProof {
  let leafIdx, treeSize: UInt64
  let root, leafHash: String
  let proof: [String]?
  let desc: String
  let wantErr: Bool
}

private struct Consistency: PublishedProof {
  let size1, size2: UInt64
  let root1, root2: String
  let proof: [String]?
  let desc: String
  let wantErr: Bool
}

private struct SubtreeInclusion: PublishedProof {
  let leafIdx, start, end: UInt64
  let root, leafHash: String
  let proof: [String]?
  let desc: String
  let wantErr: Bool
}

private struct SubtreeConsistency: PublishedProof {
  let start, end, size: UInt64
  let root1, root2: String
  let proof: [String]?
  let desc: String
  let wantErr: Bool
}
