import EventStore
import Foundation
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

/// Histories that L1 reorganises up to 64 blocks deep. `VARVE_HISTORIES=2000` plays so many in place of the few of every day,
/// and of a tenth of them kills whoever follows; `VARVE_TEST_SEED` is the first one's seed, and each has the next.
/// `Tools/histories` plays them in a release build.
@Suite("Random histories")
struct RandomHistoryTests {
  private static let count = UInt64(ProcessInfo.processInfo.environment["VARVE_HISTORIES"] ?? "") ?? 2
  private static let deepest: UInt64 = 64

  private static func projector<P: Projection>(_ type: P.Type, _ scratch: Scratch) -> Projector<P> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  /// What is followed.
  private static var projections: [any Projection.Type] {
    [ProposerState.self, ChallengerView.self, SenderIndex.self, QueryIndex.self]
  }

  /// Which of them are archives in a run: the index of senders, and in every other run the state.
  private static func isArchive<P: Projection>(_ type: P.Type, seed: UInt64) -> Bool {
    P.name == SenderIndex.name || P.name == ProposerState.name && seed.isMultiple(of: 2)
  }

  private static func rebuild<P: Projection>(
    _ type: P.Type, _ scratch: Scratch, seed: UInt64, batchSize: Int = 10_000, resume: Bool = true
  ) throws {
    var options = Projector<P>.Options(batchSize: batchSize)
    options.keepsHistory = isArchive(type, seed: seed)
    try projector(P.self, scratch).rebuild(options, resume: resume)
  }

  /// Follows the log to its head in small commits, stopped now and then and taken up again.
  private static func follow<P: Projection>(_ type: P.Type, _ scratch: Scratch, _ play: inout RollupPlay) throws {
    let stop = play.random.next() % 40
    var options = Projector<P>.Options(batchSize: Int(play.random.next() % 30) + 1)
    var asked: UInt64 = 0
    options.isCancelled = {
      asked += 1
      return asked > stop
    }
    do throws(ProjectionError) { try projector(P.self, scratch).catchUp(options) } catch {
      guard case .interrupted = error else { throw error }
      try projector(P.self, scratch).catchUp(.init(batchSize: options.batchSize))
    }
  }

  private static func followAll(_ scratch: Scratch, _ play: inout RollupPlay) throws {
    for projection in projections { try follow(projection, scratch, &play) }
  }

  private static func digest<P: Projection>(_ type: P.Type, _ scratch: Scratch) throws -> Hash256 {
    try projector(P.self, scratch).digest().digest
  }

  private static func expectAllFresh(_ scratch: Scratch, _ play: RollupPlay) throws {
    let fresh = try play.freshDigests()
    for projection in projections {
      #expect(
        try digest(projection, scratch) == fresh[projection.name],
        "\(projection.name), seed \(play.random.seed), L1 block \(play.ledger.l1Head.number)")
    }
  }

  private static func expectVerified<P: Projection>(_ type: P.Type, _ scratch: Scratch, _ play: RollupPlay) throws {
    #expect(try projector(P.self, scratch).verify().agrees, "\(P.name), seed \(play.random.seed)")
  }

  /// Plays one, and returns how many blocks L1 left each time.
  private static func history(_ seed: UInt64) throws -> [UInt64] {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: seed, log: scratch.log)
      var depths: [UInt64] = []
      for projection in projections { try rebuild(projection, scratch, seed: seed) }
      // So many blocks that L1 can leave 64 of them.
      for salt in UInt64(1000)...1000 + deepest { try play.step(salt) }
      for salt in UInt64(1)...110 {
        try play.step(salt)
        if play.random.next() % 12 == 0 { depths.append(try play.reorganise(depth: play.random.next() % deepest + 1)) }
        if play.random.next() % 5 == 0 { try followAll(scratch, &play) }
        guard play.random.next() % 30 == 0 else { continue }
        try play.finalize(behind: deepest - play.random.next() % (deepest / 2))
        try followAll(scratch, &play)
        try expectAllFresh(scratch, play)
      }
      // The deepest that there is, with what is final as far behind.
      for salt in UInt64(2000)...2000 + deepest { try play.step(salt) }
      try play.finalize(behind: deepest)
      try followAll(scratch, &play)
      depths.append(try play.reorganise(depth: deepest))
      try play.step(200)
      try followAll(scratch, &play)
      try expectAllFresh(scratch, play)
      // The history of the archives as well.
      for projection in projections where isArchive(projection, seed: seed) {
        try expectVerified(projection, scratch, play)
      }
      return depths
    }
  }

  @Test("after reorganisations to depth 64 the live projections are what a fresh fold gives, at every final block")
  func reorganised() throws {
    let seed = SeededGenerator().seed
    let began = ContinuousClock.now
    for number in 0..<Self.count {
      // One that fails ends no other.
      do {
        let depths = try Self.history(seed &+ number)
        #expect(depths.max() == Self.deepest, "seed \(seed &+ number)")
      } catch { Issue.record(error, "seed \(seed &+ number)") }
      Self.tell(number + 1, of: Self.count, "histories", since: began)
    }
  }

  /// Says how far thousands of them are: every hundred.
  private static func tell(_ done: UInt64, of count: UInt64, _ what: String, since began: ContinuousClock.Instant) {
    guard done % 100 == 0 else { return }
    let seconds = Int((ContinuousClock.now - began) / .seconds(1))
    FileHandle.standardError.write(Data("\(done) of \(count) \(what), \(seconds) s\n".utf8))
  }

  @Test("who is killed at any moment while it unwinds, follows or rebuilds goes on, and has what a fresh fold gives")
  func killed() async throws {
    let seed = SeededGenerator().seed
    let (began, count) = (ContinuousClock.now, (Self.count + 9) / 10)
    for number in 0..<count {
      do { try await Self.killed(seed &+ number) } catch { Issue.record(error, "seed \(seed &+ number)") }
      Self.tell(number + 1, of: count, "histories with kills", since: began)
    }
  }

  private static let kills: UInt64 = 6

  private static func killed(_ seed: UInt64) async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let directory = FilePath(path)
      let log = try EventLog.open(directory.appending("ledger"), mode: .create)
      let scratch = Scratch(dataDirectory: directory, log: log)
      var play = try RollupPlay(seed: seed, log: log)
      for salt in UInt64(1)...70 { try play.step(salt) }
      for projection in projections { try rebuild(projection, scratch, seed: seed) }
      var whole = (follow: Duration.zero, rebuild: Duration.zero)
      for round in 0...kills {
        try play.reorganise(depth: play.random.next() % deepest + 1)
        for salt in UInt64(0)..<play.random.next() % 20 + 10 { try play.step(salt + 100 * (round + 1)) }
        // What is final is forgotten of the journal, and set aside in a rebuild.
        // At the end it is some in any case: ten blocks came last.
        try play.finalize(behind: play.random.next() % (round == kills ? 8 : deepest))
        let rebuilds = round.isMultiple(of: 2)
        if round == 0 {
          // How long it takes without being killed.
          whole.follow = try ContinuousClock().measure { try run(scratch, seed, batchSize: 3, rebuilds: false) }
          whole.rebuild = try ContinuousClock().measure { try run(scratch, seed, batchSize: 3, rebuilds: true) }
        } else {
          let time = (rebuilds ? whole.rebuild : whole.follow) / .microseconds(1)
          try await runAndKill(
            path, seed, after: Int(Double(play.random.next() % 1000) / 1000 * time),
            batchSize: Int(play.random.next() % 8) + 1, rebuilds: rebuilds, first: Int(round))
        }
        try followAll(scratch, &play)
        try expectAllFresh(scratch, play)
        // It goes on with what was killed, if there is any.
        if rebuilds {
          for projection in projections { try rebuild(projection, scratch, seed: seed) }
          try expectAllFresh(scratch, play)
        }
      }
      #expect(play.finalized > 0, "seed \(seed)")
      for projection in projections { try expectVerified(projection, scratch, play) }
    }
  }

  /// Lets another process follow, or rebuild, until it is killed after some time.
  private static func runAndKill(
    _ path: String, _ seed: UInt64, after microseconds: Int, batchSize: Int, rebuilds: Bool, first: Int
  ) async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [
        path = path as String, seed = seed as UInt64, microseconds = microseconds as Int, batchSize = batchSize as Int,
        rebuilds = rebuilds as Bool, first = first as Int
      ] in
      let directory = FilePath(path)
      let log = try EventLog.open(directory.appending("ledger"), mode: .readOnly)
      Thread.detachNewThread {
        usleep(useconds_t(microseconds))
        kill(getpid(), SIGKILL)
      }
      try Self.run(
        Scratch(dataDirectory: directory, log: log), seed, batchSize: batchSize, rebuilds: rebuilds, first: first)
      while true { sleep(60) }
    }
  }

  /// - Parameter first: with which of them it begins; the others follow in their order.
  private static func run(
    _ scratch: Scratch, _ seed: UInt64, batchSize: Int, rebuilds: Bool, first: Int = 0
  ) throws {
    func catchUp<P: Projection>(_ type: P.Type) throws {
      try projector(P.self, scratch).catchUp(.init(batchSize: batchSize))
    }
    for index in projections.indices {
      let projection = projections[(first + index) % projections.count]
      if rebuilds {
        try rebuild(projection, scratch, seed: seed, batchSize: batchSize, resume: false)
      } else {
        try catchUp(projection)
      }
    }
  }
}
