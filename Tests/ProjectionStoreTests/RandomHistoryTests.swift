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

/// Histories that L1 reorganises up to 64 blocks deep. `VARVE_HISTORIES=5000` plays so many in place of the few of every day.
@Suite("Random histories")
struct RandomHistoryTests {
  private static let count = UInt64(ProcessInfo.processInfo.environment["VARVE_HISTORIES"] ?? "") ?? 2
  private static let deepest: UInt64 = 64

  private static func projector<P: Projection>(_ type: P.Type, _ scratch: Scratch) -> Projector<P> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
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
    do throws(ProjectionError) { try projector(P.self, scratch).catchUp(options) } catch .interrupted {
      try projector(P.self, scratch).catchUp(.init(batchSize: options.batchSize))
    }
  }

  private static func expectFresh<P: Projection>(_ type: P.Type, _ scratch: Scratch, _ play: RollupPlay) throws {
    #expect(
      try projector(P.self, scratch).digest().digest == play.fresh(P.self),
      "\(P.name), seed \(play.random.seed), L1 block \(play.ledger.l1Head.number)")
  }

  /// Plays one, and returns how many blocks L1 left each time.
  private static func history(_ seed: UInt64) throws -> [UInt64] {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: seed, log: scratch.log)
      var depths: [UInt64] = []
      try projector(ProposerState.self, scratch).rebuild()
      try projector(ChallengerView.self, scratch).rebuild()
      // So many blocks that L1 can leave 64 of them.
      for salt in UInt64(1000)...1000 + deepest { try play.step(salt) }
      for salt in UInt64(1)...110 {
        try play.step(salt)
        if play.random.next() % 12 == 0 { depths.append(try play.reorganise(depth: play.random.next() % deepest + 1)) }
        if play.random.next() % 5 == 0 {
          try follow(ProposerState.self, scratch, &play)
          try follow(ChallengerView.self, scratch, &play)
        }
        guard play.random.next() % 30 == 0 else { continue }
        try play.finalize(behind: deepest - play.random.next() % (deepest / 2))
        try follow(ProposerState.self, scratch, &play)
        try follow(ChallengerView.self, scratch, &play)
        try expectFresh(ProposerState.self, scratch, play)
        try expectFresh(ChallengerView.self, scratch, play)
      }
      // The deepest that there is, with what is final as far behind.
      for salt in UInt64(2000)...2000 + deepest { try play.step(salt) }
      try play.finalize(behind: deepest)
      try follow(ProposerState.self, scratch, &play)
      try follow(ChallengerView.self, scratch, &play)
      depths.append(try play.reorganise(depth: deepest))
      try play.step(200)
      try follow(ProposerState.self, scratch, &play)
      try follow(ChallengerView.self, scratch, &play)
      try expectFresh(ProposerState.self, scratch, play)
      try expectFresh(ChallengerView.self, scratch, play)
      return depths
    }
  }

  @Test("after reorganisations to depth 64 the live projections are what a fresh fold gives, at every final block")
  func reorganised() throws {
    let seed = SeededGenerator().seed
    for number in 0..<Self.count {
      let depths = try Self.history(seed &+ number)
      #expect(depths.max() == Self.deepest, "seed \(seed &+ number)")
    }
  }

  @Test("one that is killed with kill -9 while it unwinds or follows goes on, and is what a fresh fold gives")
  func killed() async throws {
    let seed = SeededGenerator().seed
    for (round, commits) in [(0, 1), (1, 4)] as [(UInt64, Int)] {
      let (path, expected) = try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed &+ round, log: scratch.log)
        for salt in UInt64(1)...70 { try play.step(salt) }
        try scratch.projector().rebuild()
        try play.reorganise(depth: Self.deepest)
        for salt in UInt64(100)...110 { try play.step(salt) }
        return (try scratch.keep(["ledger", "projections"]), try play.fresh(ProposerState.self))
      }
      defer { try? Files.removeDirectory(path) }
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path.string as String, commits = commits as Int] in
        var left = commits
        try Self.projector(ProposerState.self, Self.scratch(FilePath(path))).catchUp(
          .init(batchSize: 3) { _ in
            left -= 1
            if left == 0 { kill(getpid(), SIGKILL) }
          })
      }
      let scratch = try Self.scratch(path)
      #expect(try scratch.projector().status().live?.lag != 0, "it was killed on its way")
      try scratch.projector().catchUp()
      #expect(try scratch.projector().digest().digest == expected, "seed \(seed), round \(round)")
      #expect(try scratch.projector().verify().agrees)
    }
  }

  private static func scratch(_ path: FilePath) throws -> Scratch {
    Scratch(dataDirectory: path, log: try EventLog.open(path.appending("ledger"), mode: .readOnly))
  }
}
