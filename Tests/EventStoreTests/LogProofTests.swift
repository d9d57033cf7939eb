import EventStore
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
