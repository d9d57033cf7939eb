import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("Folds over ledger and testimony")
struct BothLogsTests {
  private static let chainLength = 24

  /// A ledger of 24 L1 blocks with something heard after most of them, in `stride` blocks at a time.
  private func write(_ chain: MiniChain, to logs: BothLogs, _ range: Range<Int>? = nil) throws {
    for number in range ?? 0..<Self.chainLength {
      try chain.write(number..<number + 1, to: logs.scratch.log)
      for index in 0..<number % 4 { try logs.hear(UInt64(number * 10 + index)) }
    }
  }

  @Test("the digest does not depend on batches, and is that of both logs folded in the order of arrival")
  func batchSizes() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    try BothLogs.with { logs in
      try write(chain, to: logs)
      let expected = try logs.fresh(chain.configuration)
      for batchSize in [1, 3, 7, 10_000] {
        try logs.projector().rebuild(.init(batchSize: batchSize), resume: false)
        let report = try logs.projector().digest()
        #expect(report.digest == expected, "batches of \(batchSize)")
        #expect(report.cursor.testimony?.nextPosition == (try logs.testimony.head().size))
        #expect(try logs.projector().verify(.init(batchSize: 5)).agrees)
      }
    }
  }

  @Test("through reorganisations, late and early testimony and catch-up at random: what a fresh fold gives")
  func randomHistories() throws {
    let seed = SeededGenerator().seed
    var (late, takenBack) = (0, 0)
    for round in UInt64(0)..<6 {
      try BothLogs.with { logs in
        var play = try RollupPlay(seed: seed &+ round, log: logs.scratch.log)
        try logs.projector().rebuild()
        var remembered = try logs.now()
        for salt in UInt64(1)..<40 {
          try play.step(salt)
          if play.random.next() % 6 == 0 { try play.reorganise() }
          if play.random.next() % 9 == 0 { try play.finalize() }
          if play.random.next() % 3 == 0 { try logs.hear(salt) }
          // This one took its time.
          if play.random.next() % 4 == 0 { try logs.hear(salt + 100, at: remembered) }
          if play.random.next() % 3 == 0 { remembered = try logs.now() }
          if play.random.next() % 2 == 0 {
            let options = Projector<Diary>.Options(batchSize: Int(play.random.next() % 20) + 1)
            let (version, isLate) = (logs.projector().versions.live, try logs.isOvertaken())
            try logs.projector().bringUp(options)
            if isLate { late += 1 }
            // Where it could not be taken back, there is a new version.
            if isLate, logs.projector().versions.live == version { takenBack += 1 }
            #expect(
              try logs.projector().digest().digest == logs.fresh(play.ledger.configuration),
              "seed \(seed) round \(round) step \(salt)")
          }
        }
        try logs.projector().bringUp()
        #expect(try logs.projector().verify().agrees, "seed \(seed) round \(round)")
      }
    }
    #expect(takenBack > 0, "seed \(seed): late \(late) times")
  }

  @Test("it goes on when one of the logs has grown, whichever")
  func oneGrows() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    try BothLogs.with { logs in
      let projector = logs.projector()
      try chain.write(0..<5, to: logs.scratch.log)
      try projector.rebuild()
      for number in 5..<9 {
        try chain.write(number..<number + 1, to: logs.scratch.log)
        try projector.catchUp()
        #expect(try projector.digest().digest == logs.fresh(chain.configuration))
        #expect(try projector.status().live?.lag == 0)
        try logs.hear(UInt64(number))
        try logs.hear(UInt64(number) + 50)
        #expect(try projector.status().live?.lag == 2)
        try projector.catchUp(.init(batchSize: 1))
        #expect(try projector.digest().digest == logs.fresh(chain.configuration))
      }
    }
  }

  @Test("a testimony ahead of the ledger waits for it, and so do all that arrived behind it")
  func ahead() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    let later = try BothLogs.with { logs in
      try chain.write(0..<12, to: logs.scratch.log)
      return try logs.now()
    }
    try BothLogs.with { logs in
      let projector = logs.projector()
      try chain.write(0..<10, to: logs.scratch.log)
      try logs.hear(1)
      try projector.rebuild()
      try logs.hear(2, at: later)
      try logs.hear(3)
      for _ in 0..<2 {
        try projector.catchUp()
        #expect(try projector.digest().cursor.testimony?.nextPosition == 1)
        #expect(try projector.status().live?.lag == 2)
      }
      try chain.write(10..<14, to: logs.scratch.log)
      try projector.catchUp(.init(batchSize: 3))
      #expect(try projector.digest().cursor.testimony?.nextPosition == 3)
      #expect(try projector.digest().digest == logs.fresh(chain.configuration))
      #expect(try projector.verify().agrees)
    }
  }

  @Test("before the ledger has a record nothing is folded; what was heard then comes first of all")
  func emptyLedger() throws {
    let chain = try MiniChain(blockCount: 3)
    try BothLogs.with { logs in
      try logs.hear(1)
      try logs.projector().rebuild()
      #expect(try logs.projector().digest().cursor.extent.count == 0)
      try chain.write(to: logs.scratch.log)
      for batchSize in [1, 100] {
        try logs.projector().rebuild(.init(batchSize: batchSize), resume: false)
        #expect(try logs.projector().digest().digest == logs.fresh(chain.configuration))
      }
      #expect(try logs.projector().verify().agrees)
    }
  }

  @Test("a testimony that names another leaf than the ledger has stops the projection there, and all before it is kept")
  func foreignLeaf() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    try BothLogs.with { logs in
      try write(chain, to: logs, 0..<8)
      let expected = try logs.fresh(chain.configuration)
      let (size, last) = (try logs.scratch.log.head().size, try logs.testimony.head().size)
      let wrong = Arrival(ledgerPosition: size, ledgerLeaf: Hash256(1, 2, 3, 4))
      try logs.hear(1, at: wrong)
      try chain.write(8..<9, to: logs.scratch.log)
      for batchSize in [1, 10_000] {
        let error = #expect(throws: ProjectionError.self) {
          try logs.projector().rebuild(.init(batchSize: batchSize), resume: false)
        }
        guard case .foreignTestimony(let place, wrong, let leaf) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(place.position == Position(last) && place.kind == .feedGap)
        #expect(leaf == (try logs.arrival(at: size).ledgerLeaf))
        let versions = logs.projector().versions
        let version = try logs.projector().openVersion(try #require(versions.unfinished), .readOnly)
        #expect(try version.digest().digest == expected)
      }
    }
  }

  @Test("a testimony that cannot be folded stops the projection there, with the testimony named")
  func poison() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    try BothLogs.with { logs in
      try write(chain, to: logs, 0..<8)
      try logs.projector().rebuild()
      let expected = try logs.projector().digest().digest
      let position = Position(try logs.testimony.head().size)
      try logs.hear(1, source: Diary.poison)
      try write(chain, to: logs, 8..<10)
      let error = #expect(throws: ProjectionError.self) { try logs.projector().catchUp() }
      guard case .fold(let place, .configuration) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(place.position == position && "\(place)".hasPrefix("projection diary, testimony"))
      #expect(try logs.projector().digest().digest == expected)
    }
  }

  @Test("a record in the testimony that is none stops the projection")
  func noTestimony() throws {
    let chain = try MiniChain(blockCount: 4)
    try BothLogs.with { logs in
      try chain.write(to: logs.scratch.log)
      let final = Event.l1Finalized(L1Finalized(block: chain.blocks[1].header.id))
      try logs.testimony.append([NewRecord(final, at: .observed(at: 1))])
      let error = #expect(throws: ProjectionError.self) { try logs.projector().rebuild() }
      guard case .notTestimony(let place) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(place.position == .zero)
    }
  }

  @Test("a testimony that comes late is folded where it arrived; one from before what is final asks for a rebuild")
  func late() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    try BothLogs.with { logs in
      let projector = logs.projector()
      try write(chain, to: logs, 0..<6)
      try projector.rebuild()
      let arrivals = try [6, 7, 8].map { number in
        try chain.write(number..<number + 1, to: logs.scratch.log)
        return try logs.now()
      }
      for batchSize in [1, 2, 100] {
        try projector.rebuild(.init(batchSize: batchSize), resume: false)
        try logs.hear(1, at: arrivals[0])
        try projector.catchUp(.init(batchSize: batchSize))
        #expect(try projector.digest().digest == logs.fresh(chain.configuration), "batches of \(batchSize)")
      }
      let final = Event.l1Finalized(L1Finalized(block: chain.blocks[8].header.id))
      try logs.scratch.log.append([NewRecord(final, at: .observed(at: 8))])
      try chain.write(9..<10, to: logs.scratch.log)
      try projector.catchUp()
      try logs.hear(2, at: arrivals[1])
      let error = #expect(throws: ProjectionError.self) { try projector.catchUp() }
      guard case .rebuildRequired(_, let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.contains("a testimony arrived"))
      try projector.bringUp()
      #expect(try projector.digest().digest == logs.fresh(chain.configuration))
      #expect(try projector.verify().agrees)
    }
  }

  @Test("the journal has what a late testimony may call for, and no more")
  func journal() throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    try BothLogs.with { logs in
      let projector = logs.projector()
      try write(chain, to: logs, 0..<4)
      let heard = try logs.now().ledgerPosition
      try chain.write(4..<8, to: logs.scratch.log)
      try projector.rebuild(.init(batchSize: 2))
      func expectJournal(from first: UInt64) throws {
        let version = try projector.openLive(.readOnly)
        for position in 0..<(try logs.scratch.log.head().size) {
          #expect((try version.journalHeader(position) != nil) == (position >= first), "record \(position)")
        }
      }
      try expectJournal(from: heard)
      let final = Event.l1Finalized(L1Finalized(block: chain.blocks[5].header.id))
      try logs.scratch.log.append([NewRecord(final, at: .observed(at: 7))])
      try projector.catchUp()
      try expectJournal(from: try #require(try logs.scratch.log.block(5)).positions.upperBound.rawValue)
      try logs.hear(1)
      try projector.catchUp()
      try expectJournal(from: .max)
    }
  }

  @Test("another testimony log than was folded, or none, asks for a rebuild; an archive is refused")
  func refused() throws {
    let chain = try MiniChain(blockCount: 8)
    try BothLogs.with { logs in
      try write(chain, to: logs, 0..<8)
      try logs.projector().rebuild()
      try BothLogs.with { other in
        func expectRebuild(_ projector: Projector<Diary>) {
          let error = #expect(throws: ProjectionError.self) { try projector.catchUp() }
          guard case .rebuildRequired = error else {
            Issue.record("\(String(describing: error))")
            return
          }
        }
        expectRebuild(logs.projector(testimony: other.testimony))
        expectRebuild(
          Projector(dataDirectory: logs.scratch.dataDirectory, log: logs.scratch.log, storeID: Scratch.storeID))
        for number in UInt64(0)..<30 { try other.hear(number) }
        expectRebuild(logs.projector(testimony: other.testimony))
      }
      var options = Projector<Diary>.Options()
      options.keepsHistory = true
      let error = #expect(throws: ProjectionError.self) { try logs.projector().rebuild(options) }
      guard case .noArchive = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try logs.projector().digest().digest == logs.fresh(chain.configuration))
    }
  }

  @Test("a rebuild that is killed with kill -9 goes on where it was, in both logs")
  func killed() async throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    for (batchSize, batches) in [(1, 30), (7, 9)] {
      let (path, expected) = try BothLogs.with { logs in
        try write(chain, to: logs)
        return (try logs.scratch.keep(["ledger", "testimony"]), try logs.fresh(chain.configuration))
      }
      defer { try? Files.removeDirectory(path) }
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path.string as String, batchSize = batchSize as Int, batches = batches as Int] in
        var left = batches
        try Self.projector(FilePath(path)).rebuild(
          .init(batchSize: batchSize) { _ in
            left -= 1
            if left == 0 { kill(getpid(), SIGKILL) }
          })
      }
      let projector = try Self.projector(path)
      var starts: [UInt64] = []
      try projector.rebuild(.init { starts.append($0.start) })
      #expect(starts.first == UInt64(batchSize * batches), "the resumed run begins where the killed one stopped")
      #expect(try projector.digest().digest == expected)
    }
  }

  private static func projector(_ directory: FilePath) throws -> Projector<Diary> {
    Projector(
      dataDirectory: directory, log: try EventLog.open(directory.appending("ledger"), mode: .readOnly),
      testimony: try EventLog.open(directory.appending("testimony"), mode: .readOnly), storeID: Scratch.storeID)
  }
}
