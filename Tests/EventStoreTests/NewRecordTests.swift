import Dispatch
import EventStore
import Hashing
import Primitives
import Rollup
import TestSupport
import Testing

@Suite("Records to be appended")
struct NewRecordTests {
  @Test("every record of a batch has the hash of its own payload, however the batch is shared out")
  func hashes() {
    var random = SeededGenerator()
    let batches: [[Int]] = [
      [], [0], [5_000_000], [Int](repeating: 100_000, count: 67), [3_000_000, 10, 0, 2_000_000, 136, 700_000],
      (0..<3000).map { _ in .random(in: 0...3000, using: &random) },
    ]
    for lengths in batches {
      let payloads = lengths.map { pattern($0, seed: .random(in: 0...255, using: &random)) }
      expectHashed(payloads)
    }
  }

  @Test("batches that several callers hash at the same time do not mix")
  func callers() {
    DispatchQueue.concurrentPerform(iterations: 6) { caller in
      expectHashed((0..<40).map { pattern(90_000 + $0, seed: 40 * caller + $0) })
    }
  }

  private func expectHashed(_ payloads: [[UInt8]]) {
    let records = NewRecord.each(payloads, kind: .blockSequenced, coordinates: .block(7))
    #expect(records.map(\.payload) == payloads)
    #expect(records.map(\.payloadHash) == payloads.map { Keccak256.hash($0) })
    #expect(records.allSatisfy { $0.kind == .blockSequenced && $0.coordinates == .block(7) })
  }
}
