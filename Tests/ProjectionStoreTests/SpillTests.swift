import EventStore
import Foundation
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import Synchronization
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Rows that a build sets aside, sorts and appends.
@Suite("Rows set aside")
struct SpillTests {
  private typealias Options = Projector<QueryIndex>.Options

  static func projector(_ scratch: Scratch) -> Projector<QueryIndex> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  /// A rollup of which all but the last few L1 blocks are final, with the state that the index reads.
  static func withRollup(
    _ body: (Scratch, inout RollupPlay, Projector<QueryIndex>) throws -> Void
  ) throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: SeededGenerator().seed, log: scratch.log)
      for salt in UInt64(1)...30 { try play.step(salt) }
      try play.finalize(behind: 6)
      try scratch.projector().rebuild()
      try body(scratch, &play, projector(scratch))
    }
  }

  /// Of a rebuild that writes each row as it comes.
  static func plainDigest(_ index: Projector<QueryIndex>, to block: UInt64? = nil) throws -> DigestReport {
    var options = Options()
    options.spillsRows = false
    try index.rebuild(options, to: block, resume: false)
    return try index.digest()
  }

  /// Where a version that is being built has what it sets aside.
  static func spillPath(_ index: Projector<QueryIndex>) -> FilePath? {
    index.versions.unfinished.map { SpillFile.path(in: index.versions.path(of: $0)) }
  }

  static func size(_ path: FilePath?) throws -> Int { try path.flatMap { try Files.status($0)?.size } ?? 0 }

  /// No file is left in the live version but LMDB's and the manifest.
  static func expectNothingLeft(_ index: Projector<QueryIndex>) throws {
    let live = try #require(index.versions.live)
    #expect(try Files.names(in: index.versions.path(of: live)) == ["data.mdb", "lock.mdb", "manifest.json"])
  }

  @Test("a rebuild has the same rows whether it sets them aside or writes them as they come, whatever its batches")
  func sameRows() throws {
    try Self.withRollup { _, play, index in
      let expected = try Self.plainDigest(index)
      #expect(expected.rowCounts.filter { $0.table.hasPrefix("transactions") }.allSatisfy { $0.rows > 0 })
      for batchSize in [1, 7, 10_000] {
        var spilled = 0
        var options = Options(batchSize: batchSize)
        options.onProgress = { _ in spilled = max(spilled, (try? Self.size(Self.spillPath(index))) ?? 0) }
        try index.rebuild(options, resume: false)
        #expect(spilled > 0, "seed \(play.random.seed)")
        #expect(try index.digest() == expected, "seed \(play.random.seed), batches of \(batchSize)")
        try Self.expectNothingLeft(index)
      }
      #expect(try index.verify(.init(batchSize: 7)).agrees)
    }
  }

  @Test("so it has up to any L1 block, final or not; progress is told of all that is to be folded")
  func upToBlock() throws {
    try Self.withRollup { _, play, index in
      let final = play.finalized
      for block in [1, final / 2, final - 1, final, final + 1, play.ledger.l1Head.number] {
        let expected = try Self.plainDigest(index, to: block)
        var targets = Set<UInt64>()
        let note = { (progress: ProjectionProgress) in if progress.stage == .fold { targets.insert(progress.target) } }
        try index.rebuild(.init(batchSize: 5, onProgress: note), to: block, resume: false)
        #expect(try index.digest() == expected, "seed \(play.random.seed), L1 block \(block)")
        #expect(targets == [expected.cursor.nextPosition])
      }
      // What follows is written as it comes.
      try index.rebuild(to: final / 2, resume: false)
      try index.catchUp()
      #expect(try index.digest() == Self.plainDigest(index), "seed \(play.random.seed)")
    }
  }

  @Test("stopped after any record, or between sorting and writing, it goes on to the same rows")
  func stopped() throws {
    try Self.withRollup { scratch, play, index in
      let expected = try Self.plainDigest(index)
      var stop = 3
      var isStopped = true
      var withSpill = 0
      while isStopped {
        var asked = 0
        var options = Options(batchSize: 4)
        options.isCancelled = {
          asked += 1
          return asked >= stop
        }
        do throws(ProjectionError) { try index.rebuild(options, resume: false) } catch .interrupted {
          if try Self.size(Self.spillPath(index)) > 0 { withSpill += 1 }
        }
        isStopped = asked >= stop
        try index.rebuild(.init(batchSize: 9))
        #expect(try index.digest() == expected, "seed \(play.random.seed), stop \(stop)")
        try Self.expectNothingLeft(index)
        stop += 11
      }
      #expect(withSpill > 2)
    }
  }

  /// Stops a rebuild when all is set aside and nothing is in its tables.
  static func stopBeforeMerge(_ index: Projector<QueryIndex>) throws -> VersionName {
    var isAppending = false
    var options = Options(batchSize: 7) { isAppending = $0.stage == .append }
    options.isCancelled = { isAppending }
    #expect(throws: ProjectionError.self) { try index.rebuild(options, resume: false) }
    let name = try #require(index.versions.unfinished)
    #expect(try Self.size(Self.spillPath(index)) > 0)
    return name
  }

  /// Writes some of the rows that were set aside, in small transactions.
  static func mergePart(of name: VersionName, _ index: Projector<QueryIndex>, transactions: Int) throws {
    let version = try ProjectionVersion(
      index.versions.path(of: name), tables: QueryIndex.tables, mode: .create, durability: .unsynced)
    let spill = try SpillFile(version.directory, byteCount: version.spilledBytes() ?? 0)
    var steps = 0
    #expect(throws: ProjectionError.self) {
      try version.merge(spill, commitBytes: 100) { step throws(ProjectionError) in
        if step.byteCount > 0 { steps += 1 }
        if steps > transactions { throw .file("stop", "here") }
      }
    }
    #expect(try !version.hasNoRows(of: QueryIndex.unreadTables))
  }

  @Test("what L1 makes final, adds and leaves while a rebuild stands still is in it as if it had not")
  func overtaken() throws {
    try Self.withRollup { scratch, play, index in
      for round in UInt64(0)..<3 {
        let name = try Self.stopBeforeMerge(index)
        // Once with nothing written, and then with a part.
        if round > 0 { try Self.mergePart(of: name, index, transactions: 5 * Int(round)) }
        try play.reorganise(depth: 3)
        for salt in 1...8 as ClosedRange<UInt64> { try play.step(100 + 10 * round + salt) }
        try play.finalize(behind: 4)
        #expect(try index.rebuild(.init(batchSize: 5)).name == name, "it is gone on with")
        let spilled = try index.digest()
        #expect(try spilled == Self.plainDigest(index), "seed \(play.random.seed), round \(round)")
        #expect(try index.verify().agrees)
      }
      // Stopped in what is not final, which L1 then leaves.
      let final = play.finalized
      var reached: UInt64 = 0
      var options = Options(batchSize: 2) { reached = $0.l1BlockNumber }
      options.isCancelled = { reached > final + 1 }
      #expect(throws: ProjectionError.self) { try index.rebuild(options, resume: false) }
      try play.reorganise(depth: 4)
      try play.step(200)
      try index.rebuild()
      #expect(try index.digest() == Self.plainDigest(index), "seed \(play.random.seed)")
    }
  }

  @Test("a rebuild that is killed with kill -9 while it sets rows aside, or with all there, goes on to the same rows")
  func killed() async throws {
    for commits in [2, 5, .max] {
      let (path, expected) = try Scratch.with { scratch in
        var play = try RollupPlay(seed: 5, log: scratch.log)
        for salt in UInt64(1)...25 { try play.step(salt) }
        try play.finalize(behind: 3)
        try scratch.projector().rebuild()
        let expected = try Self.plainDigest(Self.projector(scratch)).digest
        return (try scratch.keep(["ledger", "projections"]), expected)
      }
      defer { try? Files.removeDirectory(path) }
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path.string as String, commits = commits as Int] in
        let index = Self.projector(try Self.scratch(FilePath(path)))
        var (left, isAppending) = (commits, false)
        var options = Options(batchSize: 6) {
          isAppending = $0.stage == .append
          left -= 1
          if left == 0 { kill(getpid(), SIGKILL) }
        }
        options.isCancelled = {
          if isAppending { kill(getpid(), SIGKILL) }
          return false
        }
        try index.rebuild(options, resume: false)
      }
      let index = Self.projector(try Self.scratch(path))
      let name = try #require(index.versions.unfinished)
      #expect(try Self.size(Self.spillPath(index)) > 0)
      var starts: [UInt64] = []
      let note = { (progress: ProjectionProgress) in if progress.stage == .fold { starts.append(progress.start) } }
      #expect(try index.rebuild(.init(onProgress: note)).name == name)
      #expect(starts.first ?? 1 > 0, "it goes on where it was")
      #expect(try index.digest().digest == expected)
    }
  }

  private static func scratch(_ path: FilePath) throws -> Scratch {
    Scratch(dataDirectory: path, log: try EventLog.open(path.appending("ledger"), mode: .readOnly))
  }

  @Test("what was set aside and is not whole any more, or not what was written, is folded anew, and said to be")
  func damaged() throws {
    try Self.withRollup { scratch, play, index in
      let expected = try Self.plainDigest(index)
      for damage in 0..<5 {
        let name = try Self.stopBeforeMerge(index)
        let path = SpillFile.path(in: index.versions.path(of: name))
        let size = try Self.size(path)
        switch damage {
        case 0: try Self.change(path) { try $0.resize(to: Int64(size - 1)) }
        case 1: try Self.change(path) { try $0.resize(to: 0) }
        case 2: try Files.remove(path)
        default:
          // In a checksum's part, and in a length.
          let offset = Int64(damage == 3 ? size - 1 : 3)
          try Self.change(path) { file in
            var byte: [UInt8] = [0]
            _ = try unsafe byte.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: offset, into: $0) }
            _ = try file.writeAll(toAbsoluteOffset: offset, [byte[0] ^ 0x10])
          }
        }
        let (rebuilt, discarded) = try Self.rebuild(index)
        #expect(rebuilt > name, "damage \(damage): it begins anew")
        #expect(discarded == [name], "damage \(damage)")
        #expect(try index.digest() == expected)
      }
      // Behind what is committed stands what a kill may leave there.
      let name = try Self.stopBeforeMerge(index)
      let path = SpillFile.path(in: index.versions.path(of: name))
      let size = Int64(try Self.size(path))
      try Self.change(path) { _ = try $0.writeAll(toAbsoluteOffset: size, [UInt8](repeating: 0xa5, count: 500)) }
      #expect(try index.rebuild().name == name)
      #expect(try index.digest() == expected)
    }
  }

  /// Goes on with what was interrupted. Returns what was made, and what was said not to be gone on with.
  private static func rebuild(
    _ index: Projector<QueryIndex>
  ) throws -> (made: VersionName, discarded: [VersionName]) {
    var discarded: [VersionName] = []
    var options = Options(batchSize: 50)
    options.onDiscarded = { name, _ in discarded.append(name) }
    return (try index.rebuild(options).name, discarded)
  }

  /// What the manifest of a version says of its format.
  private static func format(_ name: VersionName, _ index: Projector<QueryIndex>) throws -> Int? {
    let bytes = try #require(try Files.read(index.versions.path(of: name).appending(Manifest.fileName)))
    return (try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])?["format"] as? Int
  }

  @Test("a version has another format while rows of it may be aside, and none is gone on with that says otherwise")
  func format() throws {
    try Self.withRollup { scratch, play, index in
      let expected = try Self.plainDigest(index)
      let name = try Self.stopBeforeMerge(index)
      #expect(try Self.format(name, index) == 5)
      #expect(try Self.rebuild(index) == (name, []))
      #expect(try Self.format(name, index) == 4)
      #expect(try index.digest() == expected)
      // As a program of before has left it.
      let other = try Self.stopBeforeMerge(index)
      let directory = index.versions.path(of: other)
      var manifest = try #require(try Manifest.read(in: directory))
      manifest.isSpilling = false
      try manifest.write(in: directory)
      let (made, discarded) = try Self.rebuild(index)
      #expect(made > other)
      #expect(discarded == [other])
      #expect(try index.digest() == expected)
    }
  }

  private static func change(_ path: FilePath, _ body: (FileDescriptor) throws -> Void) throws {
    let file = try FileDescriptor.open(path, .readWrite)
    try file.closeAfter { try body(file) }
  }

  @Test("a restart of the machine discards it with the rest of the build; what a merge has left is not read again")
  func restart() throws {
    try Self.withRollup { scratch, play, index in
      let expected = try Self.plainDigest(index)
      let name = try Self.stopBeforeMerge(index)
      let directory = index.versions.path(of: name)
      try Files.write(Array("00000000-0000-0000-0000-000000000000\n".utf8), to: directory.appending("unsynced"))
      #expect(try index.rebuild().name > name)
      #expect(try index.digest() == expected)
      // A kill between the last transaction and the removal of the files.
      var options = Options()
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try index.rebuild(options, resume: false) }
      let second = try #require(index.versions.unfinished)
      for file in ["rows.spill", "rows.runs"] {
        try Files.write([1, 2, 3], to: index.versions.path(of: second).appending(file))
      }
      #expect(try index.rebuild().name == second)
      #expect(try index.digest() == expected)
      try Self.expectNothingLeft(index)
    }
  }

  @Test("an archive sets nothing aside, nor does a build of which nothing is final")
  func notSpilled() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 3, log: scratch.log)
      for salt in UInt64(1)...12 { try play.step(salt) }
      try scratch.projector().rebuild()
      let index = Self.projector(scratch)
      for keepsHistory in [false, true] {
        var options = Options(batchSize: 3)
        options.keepsHistory = keepsHistory
        options.onProgress = { _ in #expect((try? Self.size(Self.spillPath(index))) == 0) }
        try index.rebuild(options, resume: false)
        #expect(try index.verify().agrees)
        try play.finalize(behind: 2)
      }
    }
  }
}

extension ProjectionVersion {
  fileprivate func firstDifference(from other: ProjectionVersion) throws(ProjectionError) -> RowDifference? {
    try readNewest { rows, _ throws(ProjectionError) in try firstDifference(rows, from: other) }
  }
}

/// What a merge makes of rows, without a fold.
@Suite("Merge of rows set aside")
struct SpillMergeTests {
  private static let tables = (0..<4).map { ProjectionTable(index: $0, name: "t\($0)") }
  /// All but table 2.
  private static let spilled = [tables[0], tables[1], tables[3]]

  private static func open(_ path: String, _ name: String) throws -> ProjectionVersion {
    let directory = FilePath(path).appending(name)
    try Files.createDirectory(directory)
    return try ProjectionVersion(directory, tables: tables, mode: .create, durability: .unsynced)
  }

  private static func spill(_ version: ProjectionVersion) throws(ProjectionError) -> SpillFile {
    try SpillFile(version.directory, byteCount: try version.spilledBytes() ?? 0)
  }

  /// Writes random rows, some over earlier ones, and removes some, in several commits.
  private static func fill(
    _ version: ProjectionVersion, _ random: inout SeededGenerator, commits: Int, spilling isSpilled: Bool
  ) throws {
    for _ in 0..<commits {
      let batch = WriteBatch()
      if isSpilled { batch.setAside(Self.spilled) }
      for _ in 0..<random.next() % 60 {
        let table = tables[Int(random.next() % 4)]
        // Many share the first eight bytes.
        var key = [UInt8](repeating: UInt8(random.next() % 3), count: 8)
        key.append(bigEndian: random.next() % 50)
        if random.next() % 8 == 0 {
          batch.delete(table, key: key.rawSpan)
        } else {
          let value = [UInt8](repeating: UInt8(random.next() % 256), count: Int(random.next() % 40))
          batch.put(table, key: key.rawSpan, value: value.rawSpan)
        }
      }
      // A process of its own for each.
      try version.commit(batch, .start, spilling: isSpilled ? try spill(version) : nil)
    }
  }

  @Test("the tables are as if each row had been written as it came, in any number of passes and transactions")
  func model() throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<12 {
      try withTemporaryDirectory { path in
        let ways = [2, 3, 7, 1024][Int(round % 4)]
        let commitBytes = [1, 300, 1 << 20][Int(round % 3)]
        let (plain, version) = (try Self.open(path, "plain"), try Self.open(path, "spilled"))
        var (random, same) = (SeededGenerator(seed: seed &+ round), SeededGenerator(seed: seed &+ round))
        try Self.fill(plain, &random, commits: 40, spilling: false)
        try Self.fill(version, &same, commits: 40, spilling: true)
        #expect(try version.hasNoRows(of: Self.spilled))
        let spill = try Self.spill(version)
        #expect(try spill.parts().parts.count > 30)
        var told: [MergeStep] = []
        try version.merge(spill, ways: ways, commitBytes: commitBytes) { step throws(ProjectionError) in
          told.append(step)
        }
        #expect(told.contains { $0.stage == .sort } == (ways < 1024))
        for (step, next) in zip(told, told.dropFirst()) where step.stage == next.stage && next.byteCount > 0 {
          #expect(next.done == step.done + next.byteCount && next.done <= spill.byteCount)
        }
        #expect(try version.firstDifference(from: plain) == nil, "seed \(seed) round \(round)")
        #expect(try version.spilledBytes() == nil)
        #expect(try version.digest() == plain.digest())
      }
    }
  }

  @Test("stopped before or after any pass or transaction it goes on in other ones, to the same tables")
  func stopped() throws {
    let seed = SeededGenerator().seed
    try withTemporaryDirectory { path in
      let plain = try Self.open(path, "plain")
      var random = SeededGenerator(seed: seed)
      try Self.fill(plain, &random, commits: 20, spilling: false)
      var (stop, isStopped) = (1, true)
      while isStopped {
        let version = try Self.open(path, "spilled-\(stop)")
        var random = SeededGenerator(seed: seed)
        try Self.fill(version, &random, commits: 20, spilling: true)
        var steps = 0
        do throws(ProjectionError) {
          try version.merge(try Self.spill(version), ways: 4, commitBytes: 400) { _ throws(ProjectionError) in
            steps += 1
            if steps == stop { throw .file("stop", "here") }
          }
        } catch { #expect(try version.spilledBytes() != nil) }
        isStopped = steps >= stop
        if isStopped {
          try version.checkSpill()
          try version.merge(try Self.spill(version), ways: 3, commitBytes: 250)
        }
        #expect(try version.firstDifference(from: plain) == nil, "seed \(seed), stop \(stop)")
        stop += 1
      }
      #expect(stop > 10)
    }
  }

  @Test("what is read of a spill, and of rows that are in their tables, is told on the way, and can be stopped there")
  func told() throws {
    let stop = ProjectionError.file("stop", "here")
    try withTemporaryDirectory { path in
      let (plain, version) = (try Self.open(path, "plain"), try Self.open(path, "spilled"))
      var (random, same) = (SeededGenerator(seed: 8), SeededGenerator(seed: 8))
      try Self.fill(plain, &random, commits: 30, spilling: false)
      try Self.fill(version, &same, commits: 30, spilling: true)
      let spill = try Self.spill(version)
      var told: [MergeStep] = []
      try version.checkSpill(every: 1) { step throws(ProjectionError) in told.append(step) }
      #expect(told.count > 20 && told.allSatisfy { $0.stage == .check } && told[0].done == 0)
      #expect(told.dropFirst().reduce(0) { $0 + $1.byteCount } == spill.byteCount && told.last?.done == spill.byteCount)
      var count = 0
      #expect(throws: ProjectionError.self) {
        try version.checkSpill(every: 1) { _ throws(ProjectionError) in
          count += 1
          if count == 7 { throw stop }
        }
      }
      // Most rows are appended; then it is stopped while it passes them by, and once more goes on.
      #expect(throws: ProjectionError.self) {
        try version.merge(spill, ways: 4, commitBytes: 200) { step throws(ProjectionError) in
          if step.stage == .append, step.done > spill.byteCount / 3 { throw stop }
        }
      }
      var passed: [MergeStep] = []
      #expect(throws: ProjectionError.self) {
        try version.merge(spill, commitBytes: 200) { step throws(ProjectionError) in
          passed.append(step)
          if passed.count == 5 { throw stop }
        }
      }
      #expect(passed.allSatisfy { $0.stage == .append && $0.done == $0.start && $0.byteCount == 0 })
      #expect(zip(passed, passed.dropFirst()).allSatisfy { $1.done >= $0.done + 200 })
      try version.merge(spill)
      #expect(try version.firstDifference(from: plain) == nil)
    }
  }

  @Test("each pass of sorting, and appending, has a rate of its own, from when it began")
  func rates() throws {
    try withTemporaryDirectory { path in
      let version = try Self.open(path, "spilled")
      var random = SeededGenerator(seed: 9)
      try Self.fill(version, &random, commits: 40, spilling: true)
      let spill = try Self.spill(version)
      var report = SpillReport<QueryIndex>(
        of: spill.byteCount, at: .start, of: LogExtent(ledger: 0, testimony: 0), .init())
      var (began, passes) = (ContinuousClock.now, [ProjectionProgress.Stage]())
      try version.merge(spill, ways: 3, commitBytes: 500) { step throws(ProjectionError) in
        if step.done == step.start {
          passes.append(step.stage)
          usleep(2000)
          began = .now
        }
        try report.pass(step) { #expect($0.elapsed <= .now - began, "pass \(passes.count)") }
      }
      #expect(passes == [.sort, .sort, .sort, .append])
    }
  }

  @Test("a transaction that fails leaves neither its rows nor its part of the file")
  func failedCommit() throws {
    try withTemporaryDirectory { path in
      let (plain, version) = (try Self.open(path, "plain"), try Self.open(path, "spilled"))
      var (random, same) = (SeededGenerator(seed: 4), SeededGenerator(seed: 4))
      try Self.fill(plain, &random, commits: 6, spilling: false)
      try Self.fill(version, &same, commits: 3, spilling: true)
      let before = try version.spilledBytes()
      // No key is as long as that.
      let batch = WriteBatch()
      batch.setAside(Self.spilled)
      batch.put(Self.tables[0], key: [1].rawSpan, value: [1].rawSpan)
      batch.put(Self.tables[2], key: [UInt8](repeating: 1, count: 600).rawSpan, value: [1].rawSpan)
      let spill = try Self.spill(version)
      #expect(throws: ProjectionError.self) { try version.commit(batch, .start, spilling: spill) }
      #expect(try version.spilledBytes() == before)
      try version.commit(WriteBatch(), .start, spilling: spill)
      #expect(try version.spilledBytes() == before)
      try Self.fill(version, &same, commits: 3, spilling: true)
      try version.merge(try Self.spill(version))
      #expect(try version.firstDifference(from: plain) == nil)
    }
  }
}

/// A file of parts, without a version.
@Suite("Sorted parts")
struct SortedPartsTests {
  private static let table = ProjectionTable(index: 3, name: "t")

  /// Writes rows of one key each, as many in each part, and lends the file.
  private static func withParts(
    _ count: Int, rows: Int, _ body: (RowFile, _ byteCount: Int) throws -> Void
  ) throws {
    try withTemporaryDirectory { path in
      let spill = try SpillFile(FilePath(path), byteCount: 0)
      let batch = WriteBatch()
      batch.setAside([table])
      var random = SeededGenerator(seed: 1)
      for _ in 0..<count {
        for _ in 0..<rows {
          let (key, value) = (random.bytes(count: 12), random.bytes(count: 90))
          batch.put(table, key: key.rawSpan, value: value.rawSpan)
        }
        try spill.write(batch)
        spill.didCommit()
        batch.didCommit()
        #expect(batch.unreadBytes == 0, "what is on its way into the file takes no memory")
      }
      try body(try RowFile(SpillFile.path(in: FilePath(path))), spill.byteCount)
    }
  }

  private static func keys(_ parts: SortedParts) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    var rows = try MergedRows(parts.file, parts.parts[...])
    while try rows.advance() { rows.lend { _, key, _ in keys.append(key.bytes) } }
    return keys
  }

  @Test("parts of several blocks come together in order, however they are brought together")
  func blocks() throws {
    try Self.withParts(5, rows: 2000) { file, byteCount in
      #expect(byteCount > 5 * 2 * SortedParts.blockBytes)
      let parts = try SortedParts(file, byteCount: byteCount)
      let keys = try Self.keys(parts)
      #expect(keys.count == 10_000)
      #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
      let other = try RowFile(file.path.removingLastComponent().appending("other"), isNew: true)
      var steps = 0
      let merged = try parts.merged(by: 2, to: other) { _ throws(ProjectionError) in steps += 1 }
      #expect(steps == 3 && merged.parts.count == 3)
      try merged.check()
      #expect(try Self.keys(merged) == keys)
    }
  }

  @Test("a byte that is another one is found before a row of its block is used, wherever it is")
  func damage() throws {
    try Self.withParts(2, rows: 900) { file, byteCount in
      let expected = Set(try Self.keys(try SortedParts(file, byteCount: byteCount)))
      var bytes: [UInt8] = []
      try file.read(0..<byteCount, into: &bytes)
      for offset in Array(0..<40) + stride(from: 40, to: byteCount, by: 997) + Array(byteCount - 20..<byteCount) {
        try file.write([bytes[offset] ^ 0x41], at: offset)
        var seen: [[UInt8]] = []
        #expect(throws: ProjectionError.self, "byte \(offset)") {
          let parts = try SortedParts(file, byteCount: byteCount)
          var rows = try MergedRows(file, parts.parts[...])
          while try rows.advance() { rows.lend { _, key, _ in seen.append(key.bytes) } }
        }
        #expect(seen.allSatisfy(expected.contains), "byte \(offset)")
        try file.write([bytes[offset]], at: offset)
      }
      #expect(try Self.keys(try SortedParts(file, byteCount: byteCount)).count == expected.count)
      for short in [1, 8, 9, 16, 17, byteCount / 2 - 1, byteCount / 2 + 1, byteCount - 1] {
        #expect(throws: ProjectionError.self, "\(short) bytes") {
          try SortedParts(file, byteCount: short).check()
        }
      }
    }
  }
}

/// Reads what it says that it does not.
private struct Peek: Projection {
  static let name = "peek"
  static let schemaVersion: UInt32 = 1
  static let readMode = ReadMode.canonical
  static let rows = ProjectionTable(index: 0, name: "rows")
  static let tables = [rows]
  static let unreadTables = [rows]

  init(configuration: ChainConfiguration) {}

  func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    view.put(Self.rows, [1], [2])
    try view.scan(Self.rows) { _, _ in true }
    return nil
  }
}

@Suite("Unread tables")
struct UnreadTableTests {
  private static let ways = 5

  /// Reads in some way.
  private static func read(_ way: Int, _ view: ProjectionView) {
    let key: [UInt8] = [1]
    switch way {
    case 0: _ = try? view.value(Peek.rows, key.rawSpan)
    case 1: _ = try? view.firstKey(of: Peek.rows, from: key) { _ in true }
    case 2: try? view.deleteAll(Peek.rows, withPrefix: key.rawSpan)
    case 3: try? view.scan(Peek.rows) { _, _ in true }
    default: _ = try? view.read(Peek.rows, key.rawSpan) { $0?.byteCount }
    }
  }

  private static func view(unread: [ProjectionTable]) -> ProjectionView {
    let view = ProjectionView(batch: WriteBatch(), over: MemoryTables(tables: Peek.tables), unread: unread)
    view.put(Peek.rows, [1], [2])
    return view
  }

  @Test("a fold that reads one in any way is ended; one that does not say so may read it")
  func trap() async {
    for way in 0..<Self.ways {
      Self.read(way, Self.view(unread: []))
      await #expect(processExitsWith: .failure) { [way = way as Int] in
        Self.read(way, Self.view(unread: Peek.unreadTables))
      }
    }
  }

  @Test("so is a fold that the runtime runs, and one in memory")
  func runtime() async {
    await #expect(processExitsWith: .failure) {
      try? Scratch.with { scratch in
        try MiniChain(blockCount: 2).write(to: scratch.log)
        _ = try? Projector<Peek>(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
          .rebuild()
      }
    }
    await #expect(processExitsWith: .failure) {
      guard let chain = try? MiniChain(blockCount: 2) else { return }
      _ = try? LiveFold<Peek>(configuration: chain.configuration).apply(chain.events[0])
    }
  }

  @Test("those of the index are four, and among its tables")
  func declared() {
    #expect(QueryIndex.unreadTables.map(\.name) == ["transactions", "addresses", "logsByAddress", "logsByTopic"])
    #expect(QueryIndex.unreadTables.allSatisfy { QueryIndex.tables[$0.index] == $0 })
  }
}
