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

  @Test(
    "an export whose tiles are not those of its signed root is no equal of the log, whose tiles they are, nor another log"
  )
  func signedLie() throws {
    try withLog { log, directory in
      try log.fill(700)
      let key = try SignerKey(name: "varve/compared", seed: [UInt8](repeating: 3, count: 32))
      let tiles = directory.removingLastComponent().appending("tiles")
      try export(log, to: tiles)
      for size in [1, 256, 300, 699, 700] as [UInt64] {
        let root = size == 700 ? Self.hash(1) : try log.root(ofSize: 700)
        try sign(size: size, root: root, key, in: tiles)
        let lie = try TileMirror(of: tiles, signedByAll: [key.verifierKey])
        var (one, two) = (try log.tree(), lie.tree())
        #expect(throws: TilesError.self, "\(size)") { try LogTreeComparison.firstDifference(&one, &two) }
        #expect(throws: TilesError.self, "\(size)") { try lie.record(at: 0) }
      }
      try sign(size: 700, root: log.root(ofSize: 700), key, in: tiles)
      var (one, two) = (try log.tree(), try TileMirror(of: tiles, signedByAll: [key.verifierKey]).tree())
      #expect(try LogTreeComparison.firstDifference(&one, &two) == nil)
    }
  }

  @Test("a changed hash in a tile is told with the tile's name, and is never taken for a difference of the logs")
  func damagedTiles() throws {
    try withLog { log, directory in
      try log.fill(700)
      let tiles = directory.removingLastComponent().appending("tiles")
      try export(log, to: tiles)
      try withLog { other, _ in
        try other.fill(600)
        try other.append([plain([9, 9, 9])])
        var complaints = 0
        for name in ["tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"] {
          let path = tiles.appending(FilePath(name).components).string
          let whole = try Data(contentsOf: URL(fileURLWithPath: path))
          for place in stride(from: 0, to: whole.count, by: name.hasPrefix("tile/1") ? 7 : 601) {
            var changed = whole
            changed[place] ^= 0x10
            try changed.write(to: URL(fileURLWithPath: path))
            for (held, expected) in [(log, nil), (other, 600)] as [(EventLog, UInt64?)] {
              var (one, two) = (try held.tree(), try TileMirror(unsigned: tiles).tree())
              do {
                // A full tile that the way does not lead through is not read.
                #expect(try LogTreeComparison.firstDifference(&one, &two) == expected, "\(name), byte \(place)")
                #expect(!name.contains(".p/"), "\(name), byte \(place)")
              } catch {
                complaints += 1
                #expect("\(error)".contains("\(name) is not what"), "\(name), byte \(place): \(error)")
                #expect((error as? TilesError)?.isDisagreement == true)
              }
            }
          }
          try whole.write(to: URL(fileURLWithPath: path))
        }
        #expect(complaints > 30)
      }
    }
  }

  private func export(_ log: EventLog, to tiles: FilePath) throws {
    let signer = try LogSigner(
      makingIn: tiles.removingLastComponent().appending("signer"), name: "log", origin: "varve/compared")
    _ = try TileExport.run(log, signer: signer, to: tiles)
  }

  /// Puts a checkpoint beside the tiles, whatever these are.
  private func sign(size: UInt64, root: Hash256, _ key: SignerKey, in tiles: FilePath) throws {
    let text = try Checkpoint(origin: key.verifierKey.name, size: size, root: root).text
    let note = try SignedNote(text: text, signatures: [key.sign(text)])
    try Data(note.encoded.utf8).write(to: URL(fileURLWithPath: tiles.appending("checkpoint").string))
  }
}
