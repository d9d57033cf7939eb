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

@Suite("Rebuild")
struct RebuildTests {
  @Test("the digest does not depend on the batch size, and equals that of a fold over dictionaries")
  func batchSizes() throws {
    let chain = try MiniChain(blockCount: 120)
    let expected = try Scratch.digest(of: chain)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      for batchSize in [1, 7, 1000, 10_000] {
        try scratch.projector().rebuild(.init(batchSize: batchSize), resume: false)
        let report = try scratch.projector().digest()
        #expect(report.digest == expected, "batches of \(batchSize)")
        #expect(report.cursor.l1BlockNumber == 119)
        #expect(report.cursor.l1BlockHash == chain.blocks[119].header.hash)
        #expect(report.cursor.nextPosition == (try scratch.log.head().size))
      }
    }
  }

  @Test("a rebuild that is killed with kill -9 goes on where it was, and comes to the same digest")
  func killed() async throws {
    let chain = try MiniChain(blockCount: 80)
    let expected = try Scratch.digest(of: chain)
    for (batchSize, batches) in [(1, 17), (7, 3), (50, 1)] {
      let path = try Scratch.with { scratch in
        try chain.write(to: scratch.log)
        return try keep(scratch.dataDirectory)
      }
      defer { try? Files.remove(path) }
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path.string as String, batchSize = batchSize as Int, batches = batches as Int] in
        let directory = FilePath(path)
        let log = try EventLog.open(directory.appending("ledger"), mode: .readOnly)
        var left = batches
        let options = Projector<ProposerState>.Options(batchSize: batchSize) { _ in
          left -= 1
          if left == 0 { kill(getpid(), SIGKILL) }
        }
        try Projector<ProposerState>(dataDirectory: directory, log: log, storeID: Scratch.storeID).rebuild(options)
      }
      let log = try EventLog.open(path.appending("ledger"), mode: .readOnly)
      let scratch = Scratch(dataDirectory: path, log: log)
      #expect(scratch.versions.live == nil)
      #expect(scratch.versions.unfinished == VersionName(sequence: 1, schemaVersion: ProposerState.schemaVersion))
      var starts: [UInt64] = []
      try scratch.projector().rebuild(.init { starts.append($0.start) })
      #expect(starts.first == UInt64(batchSize * batches), "the resumed run begins where the killed one stopped")
      #expect(try scratch.projector().digest().digest == expected)
    }
  }

  @Test(
    "a stop after any step of publication leaves CURRENT naming a whole version, and the next rebuild completes",
    arguments: PublishStep.allCases)
  func stoppedPublication(step: PublishStep) throws {
    let chain = try MiniChain(blockCount: 12)
    let expected = try Scratch.digest(of: chain)
    // Once without a live version, once over one.
    for hasLive in [false, true] {
      try Scratch.with { scratch in
        try chain.write(to: scratch.log)
        if hasLive { try scratch.projector().rebuild() }
        let before = scratch.versions.live
        var options = Projector<ProposerState>.Options(batchSize: 5)
        options.onPublish = { passed throws(ProjectionError) in
          if passed == step { throw .file("stop", "here") }
        }
        #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options, resume: false) }
        let isSwitched = [.pointerRenamed, .pointerDurable, .oldVersionsRemoved].contains(step)
        #expect((scratch.versions.live != before) == isSwitched)
        if hasLive || isSwitched { #expect(try scratch.projector().digest().digest == expected) }
        try scratch.projector().rebuild()
        #expect(try scratch.projector().digest().digest == expected)
        #expect(scratch.versions.all.count == 1)
        #expect(try scratch.projector().verify().agrees)
      }
    }
  }

  @Test(
    "what was unsynced when the machine restarted is discarded without being opened; in the same boot it is resumed")
  func otherBoot() throws {
    let chain = try MiniChain(blockCount: 10)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      var options = Projector<ProposerState>.Options(batchSize: 5)
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      let first = BootIdentity("first")
      #expect(throws: ProjectionError.self) { try scratch.projector(boot: first).rebuild(options) }
      let name = try #require(scratch.versions.unfinished)
      let data = scratch.versions.path(of: name).appending("data.mdb")
      #expect(Manifest.read(in: scratch.versions.path(of: name))?.isDirty == true)

      #expect(throws: ProjectionError.self) { try scratch.projector(boot: first).rebuild(options) }
      #expect(scratch.versions.unfinished == name, "the same boot goes on with it")

      // Opening this would be noticed: it is no environment.
      try Files.writeSynced([UInt8](repeating: 0xa5, count: 16_384), to: data)
      var starts: [UInt64] = []
      try scratch.projector(boot: BootIdentity("second")).rebuild(.init { starts.append($0.start) })
      #expect(starts.first == 0)
      #expect(!Files.exists(data), "the old version is gone")
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a boot that the system does not name is like no other")
  func unknownBoot() {
    #expect(!BootIdentity("").isSameBoot(as: BootIdentity("")))
    #expect(!BootIdentity("a").isSameBoot(as: BootIdentity("b")))
    #expect(BootIdentity("a").isSameBoot(as: BootIdentity("a")))
    #expect(!BootIdentity.current.text.isEmpty)
  }

  @Test("a live version marked dirty in another boot is not opened")
  func dirtyLive() throws {
    let chain = try MiniChain(blockCount: 4)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let directory = scratch.versions.path(of: try #require(scratch.versions.live))
      var manifest = try #require(Manifest.read(in: directory))
      #expect(!manifest.isDirty)
      manifest.isDirty = true
      manifest.bootID = "another"
      try manifest.write(in: directory)
      #expect(throws: ProjectionError.self) { try scratch.projector().digest() }
      try scratch.projector().rebuild()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("an unfinished version of another store is not resumed")
  func otherStore() throws {
    let chain = try MiniChain(blockCount: 4)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      var options = Projector<ProposerState>.Options()
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try scratch.projector(storeID: "other").rebuild(options) }
      var starts: [UInt64] = []
      try scratch.projector().rebuild(.init { starts.append($0.start) })
      #expect(starts.first == 0)
    }
  }

  @Test("two processes do not write versions of one projection at once")
  func locked() throws {
    try Scratch.with { scratch in
      try MiniChain(blockCount: 2).write(to: scratch.log)
      let lock = try ProjectionLock.take(in: scratch.versions.directory)
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().rebuild() }
      guard case .locked = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      _ = consume lock
    }
  }

  /// Copies a data directory to a place that outlives the test's own.
  private func keep(_ directory: FilePath) throws -> FilePath {
    let copy = directory.removingLastComponent().appending((directory.lastComponent?.string ?? "") + "-kept")
    try Files.makeDirectory(copy.appending("ledger"))
    for name in ["data.mdb"] {
      let bytes = try #require(Files.read(directory.appending("ledger").appending(name)))
      try Files.writeSynced(bytes, to: copy.appending("ledger").appending(name))
    }
    return copy
  }
}
