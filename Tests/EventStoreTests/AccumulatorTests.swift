import EventStore
import Hashing
import LMDB
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Verification of canonicalAcc")
struct AccumulatorTests {
  /// Makes blocks that name what they should, unless told otherwise.
  private struct Chain {
    var canonicalAcc = Hash256.zero

    /// What the first block counts in besides its own facts.
    var configuration: NewRecord?

    mutating func block(_ number: UInt64, fork: UInt8 = 0, records: Int = 4, flips: Bool = false) -> NewBlock {
      let header: [UInt8] = [fork] + pattern(40, seed: Int(number))
      let named =
        flips
        ? Hash256(canonicalAcc.word0, canonicalAcc.word1, canonicalAcc.word2, canonicalAcc.word3 ^ 1) : canonicalAcc
      let appended = L1BlockAppended(header: header, canonicalAccBefore: named, completeness: .embedded)
      let facts = (1..<records).map {
        NewRecord(.outputProposed(.sample(number * 10 + UInt64($0))), at: .block(number))
      }
      let hash = Keccak256.hash(header)
      var accumulator = CanonicalAccumulator(before: canonicalAcc)
      for fact in (configuration.map { [$0] } ?? []) + facts { accumulator.add(fact.kind, fact.payload.rawSpan) }
      configuration = nil
      canonicalAcc = accumulator.value(blockHash: hash)
      return NewBlock(
        number: number, hash: hash, records: [NewRecord(.l1BlockAppended(appended), at: .block(number))] + facts)
    }
  }

  /// A configuration, 20 blocks of one to five records, a finalization, and a reorganisation by three blocks.
  private func make(_ directory: FilePath, flipping flipped: UInt64? = nil) throws -> EventLog {
    let log = try EventLog.open(directory, mode: .create)
    let configuration = NewRecord(kind: .chainConfigured, coordinates: .block(0), payload: pattern(5000))
    try log.append([configuration])
    var chain = Chain(configuration: configuration)
    var before: [Hash256] = []
    var blocks: [NewBlock] = []
    for number in 0..<UInt64(20) {
      before.append(chain.canonicalAcc)
      blocks.append(chain.block(number, records: 1 + Int(number) % 5, flips: number == flipped))
    }
    try log.appendBlocks(blocks)
    try log.append([finalized(blocks[10])])
    chain.canonicalAcc = before[17]
    let replacing = (17..<UInt64(22)).map { chain.block($0, fork: 1, flips: $0 + 100 == flipped) }
    try log.appendReorg(oldTip: blocks[19].id, newTip: replacing[4].id, commonAncestor: blocks[16].id)
    try log.appendBlocks(replacing)
    return log
  }

  private func findings(_ log: EventLog) throws -> [Damage] {
    // Payloads here are no events; what is looked at decodes all the same. Few records at a time cut blocks in two.
    let found = try [8, 24, 2048].map { step in
      try log.verify(options: .init(decodesEvents: false, checksAccumulators: true, recordsPerStep: step)).damages
    }
    #expect(found[1] == found[0] && found[2] == found[0])
    return found[0]
  }

  @Test("a ledger whose blocks name what the blocks before them give is sound, reorganisations included")
  func sound() throws {
    try withTemporaryDirectory { path in
      let found = try findings(try make(FilePath(path)))
      #expect(found == [])
    }
  }

  @Test("the first record that names another canonicalAcc is named, alone, on either side of a reorganisation")
  func flipped() throws {
    for number in Array(0..<UInt64(20)) + Array(117..<UInt64(122)) {
      try withTemporaryDirectory { path in
        let found = try findings(try make(FilePath(path), flipping: number))
        // The block that takes a revoked one's place is held against what that one named.
        #expect(found.count == (number == 17 ? 2 : 1), "block \(number): \(found)")
        guard case .accumulator(let stored, let computed)? = found.first?.fault else {
          return unexpected(found.first ?? Damage(.checksum))
        }
        #expect(stored != computed)
        #expect(found.first?.l1Block == number % 100)
        #expect(found.first?.kind == EventKind.l1BlockAppended.rawValue)
      }
    }
  }

  @Test("a record that was changed together with its checksum is found by the next block")
  func changedFact() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      do { _ = try make(directory) }
      // The second record of block 1: the configuration, one record of block 0, and block 1's own first one stand before.
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        var value = try transaction.get(3, in: tables("records"))?.bytes ?? []
        value[RecordHeader.byteCount + 10] ^= 1
        guard var header = try? RecordHeader(value.rawSpan) else { return }
        let payload = Array(value[RecordHeader.byteCount...])
        header.payloadHash = Keccak256.hash(payload)
        let sealed = header.seal(payload: payload.rawSpan)
        try transaction.put((unsafe sealed.span.bytes.bytes + payload).rawSpan, for: 3, in: tables("records"))
      }
      let found = try findings(try EventLog.open(directory, mode: .inspection))
      let accumulators = found.filter { if case .accumulator = $0.fault { true } else { false } }
      #expect(accumulators.map(\.l1Block) == [2])
      // Besides it the hashes of the tree, up to the root.
      for damage in found where damage.l1Block != 2 {
        switch damage.fault {
        case .treeHash, .headRoot: continue
        default: unexpected(damage)
        }
      }
    }
  }

  @Test("a verification that is taken up anywhere, in another process even, finds the same")
  func resumed() throws {
    for number in [nil, 3, 16, 120] as [UInt64?] {
      try withTemporaryDirectory { path in
        let log = try make(FilePath(path), flipping: number)
        let options = EventLog.VerifyOptions(decodesEvents: false, checksAccumulators: true, recordsPerStep: 8)
        var checkpoint = VerifyCheckpoint()
        var found: [Damage] = []
        while true {
          let report = try log.verify(from: checkpoint, options: options) { _ in false }
          found += report.damages
          checkpoint = try #require(VerifyCheckpoint(encoded: report.checkpoint.encoded))
          #expect(checkpoint == report.checkpoint)
          if report.verified == report.head?.size { break }
        }
        #expect(found == (try findings(log)))
        #expect(found.isEmpty == (number == nil))
      }
    }
  }
}
