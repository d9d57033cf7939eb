import EventStore
import Foundation
import Hashing
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Proofs of a log")
struct LogProofTests {
  @Test("every record of a log is proven at every size that has it, and every size to have grown into every later one")
  func all() throws {
    try withLog { log, _ in
      try log.fill(70)
      let leaves = try (0..<70).map { try log.leafHash(at: Position(UInt64($0))) }
      for size in 1...70 {
        let root = MerkleTree.root(ofLeaves: leaves.prefix(size))
        #expect(try log.root(ofSize: UInt64(size)) == root)
        for position in 0..<size {
          try log.inclusionProof(of: Position(UInt64(position)), inSize: UInt64(size))
            .verify(leafHash: leaves[position], root: root)
        }
        for old in 0...size {
          try log.consistencyProof(from: UInt64(old), to: UInt64(size))
            .verify(oldRoot: MerkleTree.root(ofLeaves: leaves.prefix(old)), newRoot: root)
        }
      }
    }
  }

  @Test("what the log does not have is not proven")
  func beyond() throws {
    try withLog { log, _ in
      try log.fill(5)
      #expect(throws: ReadError.self) { try log.root(ofSize: 6) }
      #expect(throws: ReadError.self) { try log.inclusionProof(of: Position(5), inSize: 5) }
      #expect(throws: ReadError.self) { try log.inclusionProof(of: Position(5), inSize: 6) }
      #expect(throws: ReadError.self) { try log.consistencyProof(from: 0, to: 6) }
      #expect(throws: ReadError.self) { try log.consistencyProof(from: 6, to: 5) }
      #expect(try log.root(ofSize: 0) == MerkleHash.emptyRoot)
    }
  }

  @Test(
    "whichever stored hash is another, no proof that does not prove is given out: it is told as damage, and what helps")
  func damaged() throws {
    try withLog { log, directory in
      // What is checked at open is the last commit.
      for count in [600, 3] { try log.fill(count) }
      let root = try log.head().root
      let copy = directory.removingLastComponent().appending("copy")
      var (given, refused) = (0, 0)
      func look(_ body: () throws -> Void) throws {
        do {
          try body()
          given += 1
        } catch let error as ReadError {
          refused += 1
          #expect("\(error)".contains("varve log repair"), "\(error)")
          if case .damaged = error {} else { unexpected(error) }
        }
      }
      // Of the first 512 records each level has one that is changed; and the row of the group of records 16 to 23.
      for (group, level) in [(2, 3), (3, 4), (7, 5), (15, 6), (31, 7), (31, 8)] as [(UInt64, Int)] {
        try log.copy(to: copy)
        try flip(copy, table: "tree", key: key(group), byte: (level - 3) * 32 + 7)
        do {
          let damaged = try EventLog.open(copy, mode: .readOnly)
          let before = (given, refused)
          for position in [0, 8, 17, 100, 255, 256, 511, 512, 602] as [UInt64] {
            let leaf = try damaged.leafHash(at: Position(position))
            try look {
              try damaged.inclusionProof(of: Position(position), inSize: 603).verify(leafHash: leaf, root: root)
            }
            try look {
              try damaged.inclusionProof(of: Position(position), inSize: 603 - (603 - position) / 2)
                .verify(leafHash: leaf, root: log.root(ofSize: 603 - (603 - position) / 2))
            }
          }
          for (old, new) in [(0, 603), (16, 603), (24, 600), (100, 512), (256, 511), (511, 603)] as [(UInt64, UInt64)] {
            try look {
              try damaged.consistencyProof(from: old, to: new)
                .verify(oldRoot: log.root(ofSize: old), newRoot: log.root(ofSize: new))
            }
          }
          for size in [8, 24, 64, 256, 512, 600] as [UInt64] {
            try look {
              let (found, sound) = (try damaged.root(ofSize: size), try log.root(ofSize: size))
              #expect(found == sound, "\(size)")
            }
          }
          #expect(given > before.0 && refused > before.1, "group \(group), level \(level)")
        }
        try FileManager.default.removeItem(atPath: copy.string)
      }
    }
  }

  @Test("a leaf is decoded to what was recorded, and nothing of another length or of an unknown kind is")
  func leaves() throws {
    let header = RecordHeader(
      kind: .outputProposed, position: Position(7),
      coordinates: L1Coordinates(blockNumber: 1 << 40, transactionIndex: 3, logIndex: 9), payloadLength: 11,
      payloadHash: Hash256(1, 2, 3, 4))
    let leaf = header.leafBytes
    var bytes = (0..<leaf.count).map { leaf[$0] }
    #expect(try RecordHeader(leaf: bytes.rawSpan) == header)
    #expect(throws: RecordError.leafLength(61)) { try RecordHeader(leaf: bytes.dropLast().rawSpan) }
    #expect(throws: RecordError.leafLength(63)) { try RecordHeader(leaf: (bytes + [0]).rawSpan) }
    bytes[8] = 0xFF
    #expect(throws: RecordError.self) { try RecordHeader(leaf: bytes.rawSpan) }
  }
}
