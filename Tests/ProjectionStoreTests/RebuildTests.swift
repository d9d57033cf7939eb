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
        // What is final is folded in batches of any size.
        let last = chain.blocks[79].header.id
        try scratch.log.append([
          NewRecord(.l1Finalized(L1Finalized(block: last)), at: .observed(at: last.number))
        ])
        return try scratch.keep(["ledger"])
      }
      defer { try? Files.removeDirectory(path) }
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
        let published = [scratch.versions.previous, scratch.versions.live].compactMap(\.self)
        #expect(scratch.versions.all == published.sorted(), "nothing else is left")
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
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options) }
      let name = try #require(scratch.versions.unfinished)
      let marker = scratch.versions.path(of: name).appending("unsynced")
      #expect(try Files.status(marker) != nil)
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options) }
      #expect(scratch.versions.unfinished == name, "the same boot goes on with it")

      try Files.write(Self.otherBoot, to: marker)
      // Opening this would be noticed: it is no environment.
      let data = scratch.versions.path(of: name).appending("data.mdb")
      try Files.write([UInt8](repeating: 0xa5, count: 16_384), to: data)
      var starts: [UInt64] = []
      try scratch.projector().rebuild(.init { starts.append($0.start) })
      #expect(starts.first == 0)
      #expect(try Files.status(data) == nil, "the old version is gone")
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  /// What LMDB's marker holds when the machine has been restarted since.
  private static let otherBoot = Array("00000000-0000-0000-0000-000000000000\n".utf8)

  @Test("a live version that was not on disk when the machine restarted is not opened")
  func dirtyLive() throws {
    let chain = try MiniChain(blockCount: 4)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let marker = scratch.versions.path(of: try #require(scratch.versions.live)).appending("unsynced")
      #expect(try Files.status(marker) == nil)
      try Files.write(Self.otherBoot, to: marker)
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().digest() }
      guard case .rebuildRequired? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try scratch.projector().rebuild()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("an old version that cannot be removed does not keep a new one from being live, nor the next from being built")
  func undeletable() throws {
    let chain = try MiniChain(blockCount: 4)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let old = scratch.versions.path(of: try #require(scratch.versions.live))
      guard setRemovable(false, old) else { return }
      defer { _ = setRemovable(true, old) }
      for sequence in [2, 3] {
        try scratch.projector().rebuild()
        #expect(scratch.versions.live?.sequence == sequence)
        #expect(scratch.versions.all.count == sequence, "the old one is still there")
      }
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      _ = setRemovable(true, old)
      try scratch.projector().rebuild()
      #expect(scratch.versions.all.map(\.sequence) == [3, 4])
    }
  }

  /// Lets nobody, or anybody, remove what is in a directory; false where the file system cannot.
  private func setRemovable(_ isRemovable: Bool, _ directory: FilePath) -> Bool {
    guard geteuid() == 0 else { return unsafe chmod(directory.string, isRemovable ? 0o755 : 0o555) == 0 }
    // Permissions do not bind root; the attribute does.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["chattr", isRemovable ? "-i" : "+i", directory.string]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
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
      let lock = try ProjectionError.lock(scratch.versions.directory, .builder)
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().rebuild() }
      guard case .locked(_, Int(getpid())) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      _ = consume lock
    }
  }
}
