import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

/// When L1 leaves blocks that a run has folded, or is folding.
private enum Moment: CaseIterable {
  /// Within a batch.
  case record
  /// Between two batches.
  case commit
  case folded, environmentDurable, directoryDurable
  /// Between two batches of those that are folded right before the switch.
  case catchUp
}

/// Does something once, at a moment of a run.
private final class Interloper {
  private let moment: Moment
  private let records: Int
  private let act: () throws -> Void
  private var asked = 0
  private var isDone = false
  private var isBeforeSwitch = false

  /// Positions reached, commit by commit.
  private(set) var positions: [UInt64] = []

  /// - Parameter records: after how many it acts, within a batch or between two.
  init(_ moment: Moment, after records: Int, _ act: @escaping () throws -> Void) {
    self.moment = moment
    self.records = records
    self.act = act
  }

  func options<P: Projection>(_ type: P.Type, batchSize: Int = 7) -> Projector<P>.Options {
    var options = Projector<P>.Options(batchSize: moment == .record ? 10_000 : batchSize) { [self] progress in
      positions.append(progress.position)
      if moment == .commit && progress.position >= records || moment == .catchUp && isBeforeSwitch { once() }
    }
    // Its runs are asked, too.
    options.usesUpstreams = false
    options.isCancelled = { [self] in
      asked += 1
      if moment == .record, asked == records { once() }
      return false
    }
    options.onPublish = { [self] (step: PublishStep) throws(ProjectionError) in
      switch (step, moment) {
      case (.folded, .folded), (.environmentDurable, .environmentDurable), (.directoryDurable, .directoryDurable):
        once()
      case (.directoryDurable, .catchUp): isBeforeSwitch = true
      default: break
      }
    }
    return options
  }

  private func once() {
    if isDone { return }
    isDone = true
    #expect(throws: Never.self) { try act() }
  }

  func expectDone() { #expect(isDone, "\(moment)") }
}

@Suite("L1 reorganises while a version is made")
struct ReorganisedBuildTests {
  private typealias State = Projector<ProposerState>

  /// A play, shared with what changes it meanwhile.
  private final class World {
    var play: RollupPlay

    init(_ scratch: Scratch, seed: UInt64) throws {
      play = try RollupPlay(seed: seed, log: scratch.log)
      for salt in UInt64(1)...24 { try play.step(salt) }
    }

    func leave(_ depth: UInt64) throws {
      #expect(try play.reorganise(depth: depth) == depth)
      for salt in UInt64(500)..<505 { try play.step(salt) }
    }
  }

  private func check<P: Projection>(_ projector: Projector<P>, _ world: World, _ comment: Comment) throws {
    #expect(try projector.status().live?.lag == 0, comment)
    #expect(try projector.digest().digest == world.play.fresh(P.self), comment)
    #expect(try projector.verify().agrees, comment)
  }

  private func rebuild<P: Projection>(_ type: P.Type, _ moment: Moment, keepingHistory: Bool) throws {
    let seed = SeededGenerator().seed
    let comment: Comment = "\(P.name), \(moment), seed \(seed)"
    try Scratch.with { scratch in
      let world = try World(scratch, seed: seed)
      let size = Int(try scratch.log.head().size)
      let interloper = Interloper(moment, after: size - 3) { try world.leave(8) }
      var options = interloper.options(P.self)
      options.keepsHistory = keepingHistory
      let publish = options.onPublish
      options.onPublish = { step throws(ProjectionError) in
        // So that something is left to fold before the switch.
        if step == .folded, moment == .catchUp {
          #expect(throws: Never.self) { for salt in UInt64(300)..<304 { try world.play.step(salt) } }
        }
        try publish(step)
      }
      let projector = Projector<P>(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
      let rebuilt = try projector.rebuild(options)
      interloper.expectDone()
      if moment == .record { #expect(interloper.positions.first == 0, "what was revoked is not committed: \(comment)") }
      #expect(rebuilt.isLive && rebuilt.name.sequence == 1, comment)
      try check(projector, world, comment)
    }
  }

  @Test("a rebuild comes to what L1 has then, whenever L1 leaves what it has folded")
  func rebuild() throws {
    for moment in Moment.allCases {
      try rebuild(ProposerState.self, moment, keepingHistory: false)
      try rebuild(ProposerState.self, moment, keepingHistory: true)
      try rebuild(ChallengerView.self, moment, keepingHistory: true)
    }
  }

  @Test("so does one that was interrupted, when L1 leaves what it had folded before it goes on, or while it does")
  func resumed() throws {
    let seed = SeededGenerator().seed
    for moment in Moment.allCases where moment != .catchUp {
      for isReplay in [false, true] {
        let comment: Comment = "\(moment), seed \(seed), replay: \(isReplay)"
        try Scratch.with { scratch in
          let world = try World(scratch, seed: seed)
          let size = try scratch.log.head().size
          var reached: UInt64 = 0
          var stopped = State.Options(batchSize: 5) { reached = $0.position }
          stopped.usesUpstreams = false
          stopped.isCancelled = { reached + 10 >= size }
          #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(stopped) }
          let name = try #require(scratch.versions.unfinished)
          try world.leave(12)
          let interloper = Interloper(moment, after: 3) { try world.leave(4) }
          let options = interloper.options(ProposerState.self)
          if isReplay {
            let report = try scratch.projector().replay(resume: true, options)
            #expect(report.start == reached && report.isPublished, comment)
          } else {
            try scratch.projector().rebuild(options)
          }
          interloper.expectDone()
          #expect(scratch.versions.live == name, comment)
          try check(scratch.projector(), world, comment)
        }
      }
    }
  }

  @Test("one that was interrupted and cannot take back what L1 has left since begins anew")
  func withoutJournal() throws {
    let seed = SeededGenerator().seed
    try Scratch.with { scratch in
      let world = try World(scratch, seed: seed)
      var options = State.Options()
      options.usesUpstreams = false
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options) }
      do {
        let name = try #require(scratch.versions.unfinished)
        let version = try ProjectionVersion(
          scratch.versions.path(of: name), tables: ProposerState.tables, mode: .create, durability: .unsynced)
        try version.commit(WriteBatch(), try #require(try version.cursor()), forgettingThrough: .max)
      }
      try world.leave(5)
      var starts: [UInt64] = []
      options.onPublish = { _ in }
      options.onProgress = { starts.append($0.start) }
      try scratch.projector().rebuild(options)
      #expect(starts.first == 0)
      try check(scratch.projector(), world, "seed \(seed)")
    }
  }
}

@Suite("L1 reorganises during a replay")
struct ReorganisedReplayTests {
  private let old: MiniChain
  private let new: MiniChain

  init() throws {
    old = try MiniChain(blockCount: 30)
    new = try MiniChain(blockCount: 30, branchedAt: 20)
  }

  /// ChainConfigured, 2 records of block 0, 4 of each other block.
  private func records(before block: Int) -> Int { 1 + 2 + (block - 1) * 4 }

  private func leave(_ scratch: Scratch) throws {
    try scratch.log.appendReorg(
      oldTip: old.blocks[29].header.id, newTip: new.blocks[29].header.id, commonAncestor: old.blocks[19].header.id)
    try new.write(20..<30, to: scratch.log)
  }

  @Test("outputs that L1 has left meanwhile are not counted")
  func counts() throws {
    for moment in Moment.allCases where moment != .catchUp {
      try Scratch.with { scratch in
        try old.write(to: scratch.log)
        let interloper = Interloper(moment, after: records(before: 27)) { try leave(scratch) }
        let report = try scratch.projector().replay(interloper.options(ProposerState.self))
        interloper.expectDone()
        #expect(report.outputs == 30 && report.block == 29, "\(moment)")
        #expect(report.stateRoot == new.blocks[29].header.stateRoot && report.isPublished, "\(moment)")
        #expect(try scratch.projector().digest().digest == Scratch.digest(of: new), "\(moment)")
      }
    }
  }

  @Test("one that is to end at a block does so at the one that L1 has, and with rows that are committed")
  func toBlock() throws {
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      // The next record is the output about block 25, which is of the same snapshot.
      let interloper = Interloper(.record, after: records(before: 26) - 1) { try leave(scratch) }
      let report = try scratch.projector().replay(to: 25, interloper.options(ProposerState.self))
      interloper.expectDone()
      #expect(report.block == 25 && report.outputs == 26)
      #expect(report.stateRoot == new.blocks[25].header.stateRoot)
    }
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      try scratch.projector().replay(to: 25)
      try leave(scratch)
      let report = try scratch.projector().replay(to: 25, resume: true)
      #expect(report.stateRoot == new.blocks[25].header.stateRoot)
    }
  }

  @Test("a wrong output that L1 has left while it was judged ends nothing")
  func wrongOutput() throws {
    try Scratch.with { scratch in
      try old.write(to: scratch.log) { number, events in
        guard number == 25, case .outputProposed(var output) = events[3] else { return }
        output.stateRoot = .zero
        events[3] = .outputProposed(output)
      }
      let interloper = Interloper(.record, after: records(before: 22)) { try leave(scratch) }
      #expect(try scratch.projector().replay(interloper.options(ProposerState.self)).outputs == 30)
      interloper.expectDone()
    }
  }
}
