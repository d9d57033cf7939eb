// A log of 15 entries with a checkpoint at every size, made by another implementation (tessera).

import Foundation
import MerkleLog
import Primitives
import TestSupport
import Testing

struct PublishedLogTests {
  private static let suite = "transparency-log"

  @Test("all roots of a published log come out of its entries", .enabled(if: Vectors.isExpected(suite)))
  func roots() throws {
    guard let directory = try Vectors.directory(PublishedLogTests.suite) else { return }
    let log = "\(directory)/tessera/testdata/log"
    let entries = try entries(in: "\(log)/tile/entries/000.p/15")
    #expect(entries.count == 15)
    var frontier = Frontier()
    #expect(try frontier.root == publishedRoot(in: log, size: 0))
    for (index, entry) in entries.enumerated() {
      frontier.append(leafHash: MerkleHash.leaf(entry))
      #expect(try frontier.root == publishedRoot(in: log, size: index + 1), "size \(index + 1)")
    }
    #expect(MerkleTree.root(ofLeaves: entries.map { MerkleHash.leaf($0) }) == frontier.root)
  }

  /// The third line of a checkpoint: the root in base64. The second is the size.
  private func publishedRoot(in log: String, size: Int) throws -> Hash256 {
    let text = try String(contentsOfFile: "\(log)/checkpoint.\(size)", encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1] == "\(size)")
    let root = try #require(Data(base64Encoded: String(lines[2])))
    return try #require(Hash256(bytes: [UInt8](root)))
  }

  /// An entry bundle: each entry after its length in two bytes.
  private func entries(in path: String) throws -> [[UInt8]] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var entries: [[UInt8]] = []
    var offset = 0
    while offset < bytes.count {
      let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
      entries.append([UInt8](bytes[offset + 2..<offset + 2 + count]))
      offset += 2 + count
    }
    return entries
  }
}
