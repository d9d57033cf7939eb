import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Versions beside the live one")
struct BuildTests {
  private typealias Options = Projector<ProposerState>.Options

  /// Stops every run once `records` have been folded in it.
  private static func stopping(after records: UInt64, batchSize: Int = 5) -> Options {
    let folded = Mutex<UInt64>(0)
    var options = Options(batchSize: batchSize) { progress in
      folded.withLock { $0 = progress.done }
    }
    options.isCancelled = { folded.withLock { $0 >= records } }
    return options
  }

  @Test("a rebuild up to an L1 block has the digest that the projection had there, and follows on from it")
  func upToBlock() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = scratch.projector()
      for (number, batchSize) in [(0, 1), (7, 3), (19, 1000)] as [(UInt64, Int)] {
        let rebuilt = try projector.rebuild(.init(batchSize: batchSize), to: number, resume: false)
        #expect(rebuilt.isLive && rebuilt.name == scratch.versions.live)
        #expect(rebuilt.cursor.l1BlockNumber == number)
        let expected = try Scratch.with { other in
          try chain.write(0..<Int(number) + 1, to: other.log)
          try other.projector().rebuild()
          return try other.projector().digest().digest
        }
        #expect(try projector.digest().digest == expected, "L1 block \(number)")
      }
      try projector.rebuild(to: 3, resume: false)
      try projector.catchUp()
      #expect(try projector.digest().digest == Scratch.digest(of: chain))
      let error = #expect(throws: ProjectionError.self) { try projector.rebuild(to: 20) }
      guard case .noSuchL1Block(20) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("what an interrupted rebuild has beyond the block asked for is not taken for it")
  func beyondBlock() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(Self.stopping(after: 40)) }
      #expect(try scratch.projector().rebuild(to: 4).cursor.l1BlockNumber == 4)
      #expect(try scratch.projector().verify().agrees)
    }
  }

  @Test("whatever stands beside the live version and is not gone on with is named, and why")
  func givenUp() throws {
    let chain = try MiniChain(blockCount: 12)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let (projector, versions) = (scratch.projector(), scratch.versions)
      try projector.rebuild()
      let snapshot = scratch.dataDirectory.appending("state.snapshot")
      _ = try projector.exportSnapshot(to: snapshot)
      let other = VersionName(sequence: 50, schemaVersion: ProposerState.schemaVersion + 1)

      /// Rebuilds, and expects to be told of what there is beside the live version, for this reason.
      func expect(_ reason: String, keepingHistory: Bool? = nil, to block: UInt64? = nil) throws {
        let name = try #require(versions.unfinished)
        var told: [(name: VersionName, reason: String)] = []
        var options = Options()
        options.keepsHistory = keepingHistory
        options.onDiscarded = { told.append(($0, $1)) }
        let made = try projector.rebuild(options, to: block)
        #expect(made.name > name && told.map(\.name) == [name], "\(reason)")
        #expect(told.first?.reason.contains(reason) == true, "\(told)")
        #expect(try projector.verify().agrees)
      }
      func interrupt(_ change: (inout Manifest) -> Void = { _ in }) throws {
        #expect(throws: ProjectionError.self) { try projector.rebuild(Self.stopping(after: 20), resume: false) }
        let directory = versions.path(of: try #require(versions.unfinished))
        var manifest = try #require(try Manifest.read(in: directory))
        change(&manifest)
        try manifest.write(in: directory)
      }
      try interrupt()
      try expect("no archive", keepingHistory: true)
      try interrupt()
      try expect("an archive", keepingHistory: false)
      try interrupt()
      try expect("20 records, the new one is to fold", to: 2)
      try interrupt { $0.storeID = "another" }
      try expect("another store")
      try interrupt { $0.projection = "another" }
      try expect("another store")
      try interrupt()
      try Files.remove(versions.path(of: try #require(versions.unfinished)).appending(Manifest.fileName))
      try expect("no manifest")
      _ = try projector.importSnapshot(from: snapshot, switches: false)
      try expect("imported")
      try Files.createDirectory(versions.path(of: other))
      try expect("schema \(other.schemaVersion)")
      // What is gone on with is not told of, nor what was to be given up.
      try interrupt()
      let name = versions.unfinished
      var options = Self.stopping(after: 5)
      options.onDiscarded = { Issue.record("\($0): \($1)") }
      #expect(throws: ProjectionError.self) { try projector.rebuild(options) }
      #expect(versions.unfinished == name)
      options.isCancelled = { false }
      try projector.rebuild(options, resume: false)
    }
  }

  @Test("a version that is not switched to stays beside the live one, until it is, or is dropped, or a rebuild goes on")
  func switching() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(0..<10, to: scratch.log)
      let projector = scratch.projector()
      let first = try projector.rebuild().name
      try chain.write(10..<15, to: scratch.log)
      let second = try projector.rebuild(resume: false, switches: false)
      #expect(!second.isLive && scratch.versions.live == first && scratch.versions.unfinished == second.name)
      let status = try projector.status()
      #expect(status.live?.cursor?.l1BlockNumber == 9 && status.unfinished?.isFinished == true)
      // The live one goes on meanwhile.
      try projector.catchUp()
      #expect(try projector.switchTo() == second.name)
      #expect(scratch.versions.live == second.name && scratch.versions.previous == first)
      try chain.write(15..<20, to: scratch.log)
      try projector.catchUp()
      #expect(try projector.digest().digest == Scratch.digest(of: chain))
      #expect(try projector.switchTo(first) == first)
      #expect(try projector.switchTo(first) == first, "the live one stays live")
      #expect(scratch.versions.previous == second.name)
      let third = try projector.rebuild(resume: false, switches: false).name
      #expect(try projector.switchTo(second.name) == second.name)
      #expect(scratch.versions.all == [first, second.name, third], "what is finished is not thrown away by a switch")
      #expect(try projector.rebuild().name == third, "a rebuild has only to publish it")
      let fourth = try projector.rebuild(resume: false, switches: false).name
      #expect(try projector.drop(unfinishedOnly: true) == [fourth])
      #expect(scratch.versions.previous != nil)
      #expect(try projector.verify().agrees)
    }
  }

  @Test("only what is finished can be switched to")
  func unfinished() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = scratch.projector()
      let none = #expect(throws: ProjectionError.self) { try projector.switchTo() }
      guard case .noSuchVersion(_, nil) = none else {
        Issue.record("\(String(describing: none))")
        return
      }
      #expect(throws: ProjectionError.self) { try projector.rebuild(Self.stopping(after: 10)) }
      let name = try #require(scratch.versions.unfinished)
      #expect(try projector.status().unfinished?.isFinished == false)
      for asked in [nil, name] {
        let error = #expect(throws: ProjectionError.self) { try projector.switchTo(asked) }
        guard case .unfinished(_, name) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      let other = VersionName(sequence: 9, schemaVersion: 7)
      #expect(throws: ProjectionError.self) { try projector.switchTo(other) }
      #expect(scratch.versions.live == nil)
    }
  }

  @Test("whoever asks is told how far a version has come that is being made, or was interrupted, and how long it takes")
  func progress() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let (projector, size) = (scratch.projector(), try scratch.log.head().size)
      try projector.rebuild()
      var looks = 0
      func look(_ progress: ProjectionProgress) {
        looks += 1
        #expect(throws: Never.self) {
          let status = try projector.status()
          #expect(status.isBuilding && status.unfinished?.isFinished == false && status.live?.lag == 0)
          #expect(status.unfinished?.cursor?.nextPosition == progress.position)
          #expect(status.unfinished?.lag == size - progress.position)
          let told = try #require(status.progress)
          #expect(told.start == progress.start && told.position == progress.position && told.target == size)
          #expect(told.done == progress.done && told.secondsLeft ?? -1 >= 0)
        }
      }
      var options = Self.stopping(after: 30)
      options.usesUpstreams = false
      let note = options.onProgress
      options.onProgress = { progress in
        note(progress)
        look(progress)
      }
      #expect(throws: ProjectionError.self) { try projector.rebuild(options, resume: false) }
      let status = try projector.status()
      #expect(!status.isBuilding && status.progress == nil && status.unfinished?.cursor?.nextPosition == 30)
      options.isCancelled = { false }
      try projector.rebuild(options)
      #expect(looks > 10)
      #expect(try projector.status().unfinished == nil && !projector.status().isBuilding)
    }
  }

  @Test("a run that nobody waits for any more ends with a commit, says how far it came, and goes on from there")
  func cancelled() throws {
    let chain = try MiniChain(blockCount: 40)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = scratch.projector()
      let asked = Mutex(0)
      var options = Options(batchSize: 1000)
      // Asked after every record, so that a large batch does not delay the end.
      options.isCancelled = {
        asked.withLock {
          $0 += 1; return $0 > 17
        }
      }
      let error = #expect(throws: ProjectionError.self) { try projector.rebuild(options) }
      guard case .interrupted(_, let reached, let target) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reached == 18)
      #expect(target == (try scratch.log.head().size))
      #expect("\(try #require(error))".contains("run it again to go on"))
      var starts: [UInt64] = []
      try projector.rebuild(.init { starts.append($0.start) })
      #expect(starts.first == 18)
      #expect(try projector.digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a rebuild with a rate waits as long as that says, in commits that are a part of a second")
  func rate() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      var options = Options()
      options.recordsPerSecond = 40
      let time = WaitedTime()
      options.paceClock = time.clock
      options.usesUpstreams = false
      var steps: [UInt64] = []
      options.onProgress = { steps.append($0.position) }
      try scratch.projector().rebuild(options)
      let expected = Duration.seconds(Double(try scratch.log.head().size) / 40)
      #expect(time.passed >= expected - .milliseconds(1) && time.passed <= expected + .milliseconds(1))
      #expect(zip([0] + steps, steps).allSatisfy { $1 - $0 <= 10 })
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("the live version is followed while another one is built, and the switch is no step back")
  func followed() throws {
    let chain = try MiniChain(blockCount: 30)
    try Scratch.with { scratch in
      try chain.write(0..<20, to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      var next = 20
      // One process does not open an index of senders to read and to write at once.
      var following = Options()
      following.usesUpstreams = false
      var options = Options(batchSize: 30)
      options.usesUpstreams = false
      options.onProgress = { _ in
        guard next < 30 else { return }
        #expect(throws: Never.self) {
          try chain.write(next..<next + 2, to: scratch.log)
          try projector.catchUp(following)
        }
        next += 2
      }
      options.onPublish = { step throws(ProjectionError) in
        // The last moment before the switch.
        guard step == .directoryDurable, next < 30 else { return }
        do { try chain.write(next..<30, to: scratch.log) } catch { throw .file(scratch.dataDirectory, "\(error)") }
        next = 30
        try projector.catchUp(following)
      }
      try projector.rebuild(options, resume: false)
      #expect(scratch.versions.live?.sequence == 2)
      #expect(try projector.status().live?.lag == 0)
      #expect(try projector.digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a rebuild waits for whoever writes to the live version before it switches, and is whole when it gives up")
  func waiting() throws {
    let chain = try MiniChain(blockCount: 10)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      let lock = try ProjectionError.lock(scratch.versions.directory, .writer)
      var options = Options()
      options.lockPatience = .milliseconds(30)
      for run in [{ try projector.rebuild(options, resume: false).name }, { try projector.switchTo() }] {
        let error = #expect(throws: ProjectionError.self) { _ = try run() }
        guard case .locked = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      #expect(scratch.versions.live?.sequence == 1)
      _ = consume lock
      #expect(try projector.switchTo().sequence == 2)
    }
  }
}

@Suite("Rebuild schedule")
struct RebuildScheduleTests {
  private static var all: [any Projection.Type] {
    [QueryIndex.self, ProposerState.self, ChallengerView.self, SenderIndex.self]
  }

  @Test("each begins when those that it reads are done, whatever the order in which they are named")
  func order() {
    let done = Mutex<[Int]>([])
    let outcomes = RebuildSchedule(Self.all).run { number in
      done.withLock { $0.append(number) }
      return true
    }
    #expect(outcomes == [.done, .done, .done, .done])
    let order = done.withLock { $0 }
    #expect(order.sorted() == [0, 1, 2, 3])
    #expect(order.filter { $0 != 2 } == [3, 1, 0], "senders, state, index")
  }

  @Test("one that fails ends those that cannot do without it, and no others: who only reads it goes on")
  func failure() {
    for (failing, expected) in [
      (3, [.done, .done, .done, .failed]), (1, [.leftOut, .failed, .done, .done]),
      (0, [.failed, .done, .done, .done]),
    ] as [(Int, [RebuildSchedule.Outcome])] {
      #expect(RebuildSchedule(Self.all).run { $0 != failing } == expected)
    }
  }

  @Test("several projections rebuilt side by side have the digests that they have one by one")
  func digests() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let types = Self.all
      func digest<P: Projection>(_ type: P.Type) throws -> Hash256 {
        try Projector<P>(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
          .digest().digest
      }
      let digests = Mutex<[[Hash256]]>([])
      for _ in 0..<2 {
        let scratch = scratch
        let outcomes = RebuildSchedule(types).run { number in
          func rebuild<P: Projection>(_ type: P.Type) -> Bool {
            let projector = Projector<P>(
              dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
            return (try? projector.rebuild(.init(batchSize: 7), resume: false)) != nil
          }
          return rebuild(Self.all[number])
        }
        #expect(outcomes == [.done, .done, .done, .done])
        let found = try types.map { try digest($0) }
        digests.withLock { $0.append(found) }
      }
      let found = digests.withLock { $0 }
      #expect(found[0] == found[1])
      #expect(found[0][1] == (try Scratch.digest(of: chain)))
    }
  }
}
