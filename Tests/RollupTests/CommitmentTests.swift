import Hashing
import Primitives
import Rollup
import Testing

@Suite("Commitments")
struct CommitmentTests {
  @Test("canonicalAcc is the fold that the events' document defines")
  func canonicalAcc() {
    let facts: [(kind: EventKind, payload: [UInt8])] = [
      (.paused, [1, 2, 3]), (.unpaused, []), (.blockSequenced, [UInt8](repeating: 9, count: 500)),
    ]
    var accumulator = CanonicalAccumulator(before: Samples.hash(1))
    for fact in facts { accumulator.add(fact.kind, fact.payload.rawSpan) }
    let inner = Keccak256.hash([0, 0x18, 1, 2, 3, 0, 0x19, 0, 0x06] + facts[2].payload)
    let expected = Keccak256.hash(Samples.hash(1).bytes + Samples.hash(2).bytes + inner.bytes)
    #expect(accumulator.value(blockHash: Samples.hash(2)) == expected)
  }

  @Test("canonicalAcc tells kinds of equal payload apart, and passes over what is the node's own")
  func canonicalAccOfKinds() {
    func value(_ kinds: EventKind...) -> Hash256 {
      var accumulator = CanonicalAccumulator()
      for kind in kinds { accumulator.add(kind, [0xc2, 1, 1].rawSpan) }
      return accumulator.value(blockHash: Samples.hash(2))
    }
    #expect(value(.paused) != value(.unpaused))
    #expect(value(.paused, .unpaused) != value(.unpaused, .paused))
    #expect(value(.l1BlockAppended, .paused, .l1Finalized, .l1Reorged) == value(.paused))
  }

  @Test("dataHash is the RFC 6962 tree with Keccak-256, for every size up to 70")
  func dataHash() {
    for count in 0...70 {
      let commitments = (0..<count).map { Keccak256.hash([UInt8($0)]) }
      #expect(BatchData.hash(of: commitments) == levelByLevel(commitments))
    }
  }

  @Test("the chain of batches is keccak(before ‖ dataHash)")
  func accumulator() {
    let expected = Keccak256.hash(Samples.hash(1).bytes + Samples.hash(2).bytes)
    #expect(BatchData.accumulator(after: Samples.hash(1), dataHash: Samples.hash(2)) == expected)
  }

  @Test("a claim commits to each of its fields")
  func claim() {
    let claim = OutputClaim(
      outputRoot: Samples.hash(1), parentOrder: Samples.hash(2), l1OriginHash: Samples.hash(3), l2BlockNumber: 4,
      batchIndex: 5, indexInBatch: 6, messagesConsumed: 7)
    let text = [UInt8]("Varve state".utf8) + Samples.hash(1).bytes + Samples.hash(2).bytes + Samples.hash(3).bytes
    var numbers = [UInt8]()
    for number: UInt64 in 4...7 { numbers.append(bigEndian: number) }
    #expect(claim.hash == Keccak256.hash(text + numbers))
  }

  @Test("the commitment of an Ethereum block is its hash")
  func blockCommitment() throws {
    let block = EthereumBlock(header: Samples.header, transactions: [], uncles: [])
    #expect(try SequencedBlock.ethereum(block.encode()).commitment() == Samples.header.hash)
    for bytes: [UInt8] in [[], [0x80], [0xc0], [0xc1, 0x80], [0xc2, 0xc1]] {
      #expect(throws: RLPError.self) { try SequencedBlock.ethereum(bytes).commitment() }
    }
  }

  /// Pairs neighbours, an odd last one going up as it is: the same tree as RFC 6962's recursion, made another way.
  private func levelByLevel(_ commitments: [Hash256]) -> Hash256 {
    guard !commitments.isEmpty else { return Keccak256.hash([UInt8]()) }
    var level = commitments.map { Keccak256.hash([0] + $0.bytes) }
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { index in
        guard index + 1 < level.count else { return level[index] }
        return Keccak256.hash([1] + level[index].bytes + level[index + 1].bytes)
      }
    }
    return level[0]
  }
}
