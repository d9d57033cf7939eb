import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import TestSupport
import Testing

/// Writes down all that the ledger records, in the order of its recording.
private struct Recorder: Projection {
  static let name = "recorder"
  static let schemaVersion: UInt32 = 1
  static let readMode = ReadMode.physical
  static let tables = Diary.tables

  private let diary: Diary

  init(configuration: ChainConfiguration) { diary = Diary(configuration: configuration) }

  func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    try diary.fold(fact, into: view)
  }
}

@Suite("A fold over all that the ledger records")
struct PhysicalTests {
  @Test("what L1 has left stays, and its reorganisations are records like any other, whatever the batches")
  func physical() throws {
    let seed = SeededGenerator().seed
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: seed, log: scratch.log)
      let recorder = Projector<Recorder>(
        dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
      try recorder.rebuild()
      for salt in UInt64(1)..<40 {
        try play.step(salt)
        if play.random.next() % 5 == 0 { try play.reorganise() }
        if play.random.next() % 8 == 0 { try play.finalize() }
        if play.random.next() % 3 == 0 {
          try recorder.catchUp(.init(batchSize: Int(play.random.next() % 9) + 1))
          #expect(try recorder.digest().digest == fresh(scratch, play), "seed \(seed), step \(salt)")
        }
      }
      try recorder.catchUp()
      #expect(try scratch.log.revokedCount(before: .max) > 0, "L1 has left something")
      let followed = try recorder.digest()
      #expect(try followed.digest == fresh(scratch, play) && followed.cursor.skippedRecords == 0, "seed \(seed)")
      #expect(try followed.rowCounts[0].rows == Int(scratch.log.head().size), "an entry for each record")
      #expect(try recorder.verify().agrees)
      try recorder.rebuild(.init(batchSize: 7), resume: false)
      #expect(try recorder.digest().digest == followed.digest)
      let version = try recorder.openLive(.readOnly)
      for number in 0...play.ledger.l1Head.number { #expect(try version.journalHeader(number) == nil) }
      var archive = Projector<Recorder>.Options()
      archive.keepsHistory = true
      for run in [{ _ = try recorder.rebuild(archive) }, { _ = try recorder.digest(afterL1Block: 1) }] {
        let error = #expect(throws: ProjectionError.self) { try run() }
        guard case .noArchive(projection: Recorder.name) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  private func fresh(_ scratch: Scratch, _ play: RollupPlay) throws -> Hash256 {
    let fold = LiveFold<Recorder>(configuration: play.ledger.configuration)
    for position in 0..<(try scratch.log.head().size) {
      let record = try scratch.log.record(at: Position(position))
      _ = try fold.apply(Fact(coordinates: record.header.coordinates, event: try record.event()))
    }
    return fold.digest
  }
}
