import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import TestSupport
import Testing

@Suite("A rebuild of what cannot do without the state, while L1 reorganises")
struct RequirementTests {
  private typealias Options = Projector<QueryIndex>.Options

  /// Somebody who writes the state.
  private final class Writer {
    private let lock: FileLock

    init(_ scratch: Scratch) throws { lock = try ProjectionError.lock(scratch.versions.directory, .writer) }
  }

  private final class World {
    let scratch: Scratch
    let index: Projector<QueryIndex>
    var play: RollupPlay
    var hasLeft = false

    /// - Parameter seed: of a play that the state has folded.
    init(_ scratch: Scratch, seed: UInt64) throws {
      self.scratch = scratch
      index = Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
      play = try RollupPlay(seed: seed, log: scratch.log)
      for salt in UInt64(1)...24 { try play.step(salt) }
      try scratch.projector().rebuild()
    }

    func leave() {
      hasLeft = true
      #expect(throws: Never.self) {
        #expect(try play.reorganise(depth: 6) == 6)
        for salt in UInt64(500)..<504 { try play.step(salt) }
      }
    }

    func check(_ comment: Comment) throws {
      #expect(try index.digest().digest == play.fresh(QueryIndex.self), comment)
      #expect(try index.verify().agrees, comment)
    }
  }

  @Test("it waits for whoever writes the state and has not taken back yet what L1 has left, and not for ever")
  func waiting() throws {
    let seed = SeededGenerator().seed
    for isReleased in [true, false] {
      try Scratch.with { scratch in
        let world = try World(scratch, seed: seed)
        var (writer, asked): (Writer?, Int) = (nil, 0)
        var options = Options(batchSize: 9) { _ in
          guard !world.hasLeft else { return }
          #expect(throws: Never.self) { writer = try Writer(scratch) }
          world.leave()
        }
        options.usesUpstreams = false
        if !isReleased { options.lockPatience = .seconds(2) }
        options.isCancelled = {
          if world.hasLeft { asked += 1 }
          if isReleased, asked == 4 { writer = nil }
          return false
        }
        if isReleased {
          try world.index.rebuild(options)
          try world.check("seed \(seed)")
        } else {
          let error = #expect(throws: ProjectionError.self) { try world.index.rebuild(options) }
          guard case .requirementBehind(projection: QueryIndex.name, reached: _, of: _) = error else {
            Issue.record("\(String(describing: error))")
            return
          }
        }
        #expect(asked > 3 && (writer == nil) == isReleased)
      }
    }
  }

  @Test("what differs when L1 has left it meanwhile is not said to be wrong: the state may have been another's")
  func verifiedMeanwhile() throws {
    let seed = SeededGenerator().seed
    try Scratch.with { scratch in
      let world = try World(scratch, seed: seed)
      try world.index.rebuild()
      do {
        let version = try world.index.openLive(.readWrite)
        let batch = WriteBatch()
        batch.put(QueryIndex.tables[0], key: [UInt8](repeating: 0xff, count: 9).rawSpan, value: [1].rawSpan)
        try version.commit(batch, try version.cursor() ?? .start)
      }
      #expect(try !world.index.verify().agrees)
      let options = Options(batchSize: 9) { _ in if !world.hasLeft { world.leave() } }
      let error = #expect(throws: ProjectionError.self) { try world.index.verify(options) }
      guard case .reorganising(projection: QueryIndex.name, l1Block: nil) = error else {
        Issue.record("\(String(describing: error)), seed \(seed)")
        return
      }
    }
  }

  @Test("it is stopped while it waits, and goes on")
  func interrupted() throws {
    let seed = SeededGenerator().seed
    try Scratch.with { scratch in
      let world = try World(scratch, seed: seed)
      var (writer, asked): (Writer?, Int) = (nil, 0)
      var options = Options(batchSize: 9) { _ in
        guard !world.hasLeft else { return }
        #expect(throws: Never.self) { writer = try Writer(scratch) }
        world.leave()
      }
      options.usesUpstreams = false
      options.isCancelled = {
        if world.hasLeft { asked += 1 }
        return asked > 3
      }
      let error = #expect(throws: ProjectionError.self) { try world.index.rebuild(options) }
      guard case .interrupted(projection: QueryIndex.name, reached: 9, of: _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(writer != nil)
      writer = nil
      try world.index.rebuild()
      try world.check("seed \(seed)")
    }
  }

  @Test("the state that is read for a batch is one, whether it moves on or stands still meanwhile")
  func oneSnapshot() throws {
    let seed = SeededGenerator().seed
    for record in [1, 12, 30, 45] {
      for stateMoves in [true, false] {
        try Scratch.with { scratch in
          let world = try World(scratch, seed: seed)
          var asked = 0
          var options = Options(batchSize: 25)
          options.usesUpstreams = false
          options.isCancelled = {
            asked += 1
            guard asked >= record, !world.hasLeft else { return false }
            world.leave()
            if stateMoves { #expect(throws: Never.self) { try scratch.projector().catchUp() } }
            return false
          }
          try world.index.rebuild(options)
          #expect(world.hasLeft)
          try world.check("seed \(seed), record \(record), the state moves: \(stateMoves)")
        }
      }
    }
  }
}
