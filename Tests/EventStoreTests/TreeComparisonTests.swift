import EventStore
import Foundation
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Comparison by tree")
struct TreeComparisonTests {
  /// A tree over leaf hashes in memory, that counts what is read of it.
  private struct Leaves: LogTree {
    let hashes: [Hash256]
    var reads = 0

    var size: UInt64 { UInt64(hashes.count) }

    mutating func subtreeHash(level: Int, index: UInt64) throws(TilesError) -> Hash256 {
      reads += 1
      let first = Int(index) << level
      return MerkleTree.root(ofLeaves: hashes[first..<first + 1 << level])
    }

    init(_ hashes: [Hash256]) { self.hashes = hashes }
  }

  private static func hash(_ number: Int, _ other: UInt8 = 0) -> Hash256 {
    MerkleHash.leaf([UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8), other])
  }

  @Test("the first difference is found wherever it stands, in trees of any two sizes, in O(log n) reads")
  func everyPlace() throws {
    for size in 1...70 {
      let leaves = (0..<size).map { Self.hash($0) }
      for shorter in [1, size / 2, size - 1, size] where shorter > 0 {
        var (one, other) = (Leaves(leaves), Leaves(Array(leaves.prefix(shorter))))
        #expect(try LogTreeComparison.firstDifference(&one, &other) == nil)
        for place in 0..<shorter {
          // All from there on is different: the first one counts.
          let changed = leaves.prefix(shorter).enumerated().map { $0 < place ? $1 : Self.hash($0, 1) }
          var (one, other) = (Leaves(leaves), Leaves(changed))
          #expect(
            try LogTreeComparison.firstDifference(&one, &other) == UInt64(place), "\(place) of \(shorter), \(size)")
          let levels = Int.bitWidth - shorter.leadingZeroBitCount
          #expect(one.reads == other.reads && one.reads <= 2 * levels, "\(one.reads) reads for \(shorter)")
        }
      }
    }
  }

  @Test("a log, another one and an export are compared alike, and both records are there to be looked at")
  func logs() throws {
    try withLog { log, directory in
      try log.fill(700)
      try withLog { other, _ in
        try other.fill(600)
        try other.append([plain([9, 9, 9])])
        try other.fill(99)
        var (one, two) = (try log.tree(), try other.tree())
        #expect(try LogTreeComparison.firstDifference(&one, &two) == 600)
        let signer = try LogSigner(
          makingIn: directory.removingLastComponent().appending("signer"), name: "log", origin: "varve/compared")
        let tiles = directory.removingLastComponent().appending("tiles")
        _ = try TileExport.run(other, signer: signer, to: tiles)
        let export = try TileMirror(of: tiles, signedByAll: [signer.verifierKey])
        var three = export.tree()
        #expect(try LogTreeComparison.firstDifference(&one, &three) == 600)
        #expect(try LogTreeComparison.firstDifference(&two, &three) == nil)
        #expect(try export.record(at: 600)?.payload == [9, 9, 9])
        #expect(try export.record(at: 700) == nil)
      }
    }
  }
}
