import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

/// What happens around a build that sets rows aside: what it tells of them, and who or what comes in between.
@Suite("A build that sets rows aside")
struct SpillBuildTests {
  private typealias Options = Projector<QueryIndex>.Options

  /// A rollup and its index, shared with what changes it while the index is built.
  private final class World {
    let scratch: Scratch
    let index: Projector<QueryIndex>
    var play: RollupPlay

    init(_ scratch: Scratch, _ play: RollupPlay) {
      (self.scratch, self.play) = (scratch, play)
      index = SpillTests.projector(scratch)
    }

    static func with(_ body: (World) throws -> Void) throws {
      try SpillTests.withRollup { scratch, play, _ in try body(World(scratch, play)) }
    }

    /// The live version has the rows that one has whose rows were written as they came.
    func check(_ comment: Comment) throws {
      try index.catchUp()
      let found = try index.digest()
      #expect(try found == SpillTests.plainDigest(index), comment)
      #expect(try index.digest().digest == play.fresh(QueryIndex.self), comment)
    }
  }

  @Test("progress tells of folding and appending, of each from where the run began with it, to others as well")
  func stages() throws {
    try World.with { world in
      let index = world.index
      var told: [ProjectionProgress] = []
      let options = Options(batchSize: 9) { progress in
        told.append(progress)
        #expect(throws: Never.self) {
          let seen = try #require(try index.status().progress)
          #expect(seen.stage == progress.stage && seen.start == progress.start && seen.position == progress.position)
          guard progress.stage != .fold else { return }
          #expect(seen.target == progress.target && progress.elapsed - seen.elapsed < .milliseconds(1))
        }
      }
      try index.rebuild(options, resume: false)
      let changes = zip(told, told.dropFirst()).filter { $0.stage != $1.stage }.map { $1.stage }
      #expect(changes == [.append, .fold])
      let first = try #require(told.first { $0.stage == .append })
      #expect(first.start == 0 && first.done == 0 && first.target > 0 && first.secondsLeft == nil)

      // Some rows are in their tables when it goes on: appending begins behind them.
      let name = try SpillTests.stopBeforeMerge(index)
      try SpillTests.mergePart(of: name, index, transactions: 12)
      told = []
      #expect(try index.rebuild(options).name == name)
      #expect(told.first?.stage == .check && told.first?.done == 0)
      let begun = try #require(told.first { $0.stage == .append })
      #expect(begun.start > 0 && begun.done == 0 && begun.secondsLeft == nil)
      try world.check("seed \(world.play.random.seed)")
    }
  }

  @Test("what a run notes of itself is read as it was, and anything else is no note")
  func notes() throws {
    var cursor = ProjectionCursor.start
    (cursor.nextPosition, cursor.l1BlockNumber) = (70, 9)
    func read(_ note: String) -> ProjectionProgress? {
      ProjectionProgress(note: note, age: .seconds(3), of: cursor, target: 100)
    }
    for stage in [ProjectionProgress.Stage.check, .sort, .append] {
      let progress = ProjectionProgress(
        stage: stage, start: 5, position: 25, target: 105, l1BlockNumber: 9, elapsed: .milliseconds(2000))
      let found = try #require(read(progress.note))
      #expect(found.note == progress.note && found.stage == stage && found.l1BlockNumber == 9)
      #expect(found.done == 20 && found.total == 100 && found.secondsLeft == 8)
    }
    let fold = try #require(
      read(ProjectionProgress(start: 10, position: 11, target: 12, l1BlockNumber: 1, elapsed: .zero).note))
    #expect(fold.stage == .fold && fold.start == 10 && fold.position == 70 && fold.target == 100)
    #expect(fold.elapsed == .seconds(3) && fold.secondsLeft == 1.5)
    for note in ["", "sort", "sort 1 2 3", "sort 1 2 3 x", "turn 1 2 3 4", "12 ", "sort 1 2 3 4 5"] {
      #expect(read(note) == nil, "\(note)")
    }
  }

  @Test("it can be stopped while it reads what was set aside before, and goes on all the same")
  func stoppedReading() throws {
    try World.with { world in
      let index = world.index
      let name = try SpillTests.stopBeforeMerge(index)
      var stages: [ProjectionProgress.Stage] = []
      var options = Options { stages.append($0.stage) }
      options.isCancelled = { stages.last == .check }
      let error = #expect(throws: ProjectionError.self) { try index.rebuild(options) }
      guard case .interrupted(projection: QueryIndex.name, let reached, of: _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reached > 0 && stages == [.check] && index.versions.unfinished == name)
      options.isCancelled = { false }
      #expect(try index.rebuild(options).name == name)
      try world.check("seed \(world.play.random.seed)")
    }
  }

  /// When L1 leaves blocks.
  private enum Moment: CaseIterable {
    case folding, appending, behind
  }

  @Test("L1 leaves what is not final, and more becomes final, while rows are set aside or appended, or later")
  func reorganised() throws {
    for moment in Moment.allCases {
      try World.with { world in
        let final = try #require(try world.scratch.log.block(world.play.finalized)).positions.upperBound.rawValue
        var isDone = false
        let options = Options(batchSize: 5) { progress in
          let isNow =
            switch moment {
            case .folding: progress.stage == .fold && progress.position * 2 > final
            case .appending: progress.stage == .append
            case .behind: progress.stage == .fold && progress.position > final
            }
          guard isNow, !isDone else { return }
          isDone = true
          #expect(throws: Never.self) {
            #expect(try world.play.reorganise(depth: 5) == 5)
            for salt in UInt64(500)..<508 { try world.play.step(salt) }
            try world.play.finalize(behind: 3)
          }
        }
        #expect(try world.index.rebuild(options, resume: false).isLive)
        #expect(isDone, "\(moment)")
        try world.check("\(moment), seed \(world.play.random.seed)")
      }
    }
  }

  @Test("where the state is behind, or is gone, what was set aside stays, and the build goes on with it when it can")
  func requirement() throws {
    let seed = SeededGenerator().seed
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: seed, log: scratch.log)
      for salt in UInt64(1)...18 { try play.step(salt) }
      try scratch.projector().rebuild()
      for salt in UInt64(19)...36 { try play.step(salt) }
      try play.finalize(behind: 4)
      let index = SpillTests.projector(scratch)
      var options = Options(batchSize: 7)
      options.usesUpstreams = false
      options.lockPatience = .milliseconds(200)
      // Somebody has the state, and does not go on with it.
      let writer = try ProjectionError.lock(scratch.versions.directory, .writer)
      let behind = #expect(throws: ProjectionError.self) { try index.rebuild(options) }
      guard case .requirementBehind(projection: QueryIndex.name, let reached, of: _) = behind else {
        Issue.record("\(String(describing: behind))")
        return
      }
      _ = consume writer
      let name = try #require(index.versions.unfinished)
      let spilled = try SpillTests.size(SpillTests.spillPath(index))
      #expect(reached > 0 && spilled > 0)
      // There is none any more, and somebody keeps it from being made.
      try Files.removeDirectory(scratch.versions.directory)
      let builder = try ProjectionError.lock(scratch.versions.directory, .builder)
      let missing = #expect(throws: ProjectionError.self) { try index.rebuild(options) }
      guard case .notBuilt(projection: ProposerState.name) = missing else {
        Issue.record("\(String(describing: missing))")
        return
      }
      #expect(try SpillTests.size(SpillTests.spillPath(index)) == spilled)
      _ = consume builder
      #expect(try index.rebuild(.init(batchSize: 5)).name == name, "it is gone on with")
      #expect(try index.digest().digest == play.fresh(QueryIndex.self), "seed \(seed)")
      #expect(try index.verify().agrees)
    }
  }

  @Test("a kill after rows were written to the file and before their commit leaves bytes that are written over")
  func killedBeforeCommit() throws {
    try World.with { world in
      let index = world.index
      let expected = try SpillTests.plainDigest(index)
      func fold(to records: UInt64, resume: Bool) throws {
        var reached: UInt64 = 0
        var options = Options(batchSize: 6) { reached = $0.position }
        options.usesUpstreams = false
        options.isCancelled = { reached >= records }
        #expect(throws: ProjectionError.self) { try index.rebuild(options, resume: resume) }
      }
      let final = try #require(try world.scratch.log.block(world.play.finalized)).positions.upperBound.rawValue
      var hasGrown = false
      for (early, least) in [(final / 2, final * 8 / 10), (final / 3, final / 3 + 7), (7, final * 8 / 10)] {
        try fold(to: early, resume: false)
        let name = try #require(index.versions.unfinished)
        let data = index.versions.path(of: name).appending("data.mdb")
        let committed = try #require(try Files.read(data, limit: .max))
        let spilled = try SpillTests.size(SpillTests.spillPath(index))
        var late = least
        try fold(to: late, resume: true)
        // Not all records give rows.
        while try SpillTests.size(SpillTests.spillPath(index)) == spilled, late + 7 < final {
          late += 7
          try fold(to: late, resume: true)
        }
        hasGrown = try hasGrown || SpillTests.size(SpillTests.spillPath(index)) > spilled
        // The later parts are in the file, and the tables know nothing of them.
        try Files.write(committed, to: data)
        #expect(try index.rebuild(.init(batchSize: 4)).name == name, "\(early), \(late)")
        #expect(try index.digest() == expected, "\(early), \(late)")
        try SpillTests.expectNothingLeft(index)
      }
      #expect(hasGrown)
    }
  }

  @Test("a build with a rate waits as long again for appending as for folding, but for its last part")
  func rate() throws {
    try World.with { world in
      let index = world.index
      let expected = try SpillTests.plainDigest(index)
      let final = try #require(try world.scratch.log.block(world.play.finalized)).positions.upperBound.rawValue
      let rate = 60.0
      let time = WaitedTime()
      var (steps, before): ([UInt64], UInt64) = ([], 0)
      // When appending began, and when it was last told of.
      var appending: [(waited: Duration, progress: ProjectionProgress)] = []
      var options = Options { progress in
        if progress.stage == .append { appending.append((time.passed, progress)) }
        guard progress.stage == .fold else { return }
        steps.append(progress.position - min(before, progress.position))
        before = progress.position
      }
      options.recordsPerSecond = rate
      options.paceClock = time.clock
      options.usesUpstreams = false
      try index.rebuild(options, resume: false)
      let (first, last) = (try #require(appending.first), try #require(appending.last))
      let folding = Double(final) / rate
      #expect(abs(first.waited / .seconds(1) - folding) < 0.01)
      // A part of a record is not waited for at the end of a step, nor is the last one, which ends the stage.
      let share = Double(last.progress.done) / Double(last.progress.total)
      let waited = (last.waited - first.waited) / .seconds(1)
      #expect(first.progress.done == 0 && appending.count > 2 && share > 0.5, "\(appending.count) steps, \(share)")
      #expect(waited <= folding * share + 0.01 && waited > folding * share - Double(appending.count) / rate)
      #expect(steps.allSatisfy { $0 <= 15 })
      #expect(try index.digest() == expected)
    }
  }

  @Test("a build that cannot be opened just now is kept, and the error told; one that is damaged begins anew")
  func keptOrNot() throws {
    try World.with { world in
      let index = world.index
      let expected = try SpillTests.plainDigest(index)
      for file in ["manifest.json", "rows.spill"] {
        let name = try SpillTests.stopBeforeMerge(index)
        let path = index.versions.path(of: name).appending(file)
        let bytes = try #require(try Files.read(path, limit: .max))
        // The system gives an error for what is there.
        try Files.remove(path)
        try Files.createDirectory(path)
        let error = #expect(throws: ProjectionError.self, "\(file)") { try index.rebuild() }
        #expect(error?.condemnsVersion == false, "\(file): \(String(describing: error))")
        #expect(index.versions.unfinished == name)
        try Files.removeDirectory(path)
        try Files.write(bytes, to: path)
        #expect(try index.rebuild().name == name, "\(file)")
        #expect(try index.digest() == expected)
      }
      for file in ["manifest.json", "data.mdb"] {
        let name = try SpillTests.stopBeforeMerge(index)
        try Files.write([1, 2, 3], to: index.versions.path(of: name).appending(file))
        #expect(try index.rebuild().name > name, "\(file)")
        #expect(try index.digest() == expected)
      }
    }
  }

  @Test("memory, room, locks and the disk's errors condemn no version; damage does, and what is of another log")
  func condemned() {
    let path = FilePath("/v1")
    let passing: [ProjectionError] = [
      .open(.noAddressSpace(path, needed: 1)), .open(.system(operation: "open", path, errno: 5)),
      .open(.storage(.system(12), path)), .open(.storage(.readersFull, path)),
      .open(.optionsDisagree(path, option: "mode")), .store(.diskFull(needed: 2, available: 1)),
      .store(.mapFull(mapSize: 1)), .store(.system(5)), .store(.mustReopen), .file(path, "cannot be read"),
      .locked(path, holder: 1), .log(.store(.system(12))),
    ]
    for error in passing { #expect(!error.condemnsVersion, "\(error)") }
    let lasting: [ProjectionError] = [
      .damaged(path, "it ends too early"), .rebuildRequired(projection: "p", reason: "another log"),
      .open(.unsyncedRemains(path)), .open(.missing(path)), .open(.missingTable("t", path)),
      .open(.storage(.invalidFile, path)),
      .store(.corrupted), .store(.pageNotFound),
    ]
    for error in lasting { #expect(error.condemnsVersion, "\(error)") }
  }
}
