import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import SystemPackage
import TestSupport
import Testing

/// What a restart of the machine leaves, which may have lost every page that was not synced.
@Suite("Restart of the machine")
struct RestartTests {
  /// What LMDB's marker holds when the machine has been restarted since.
  private static let otherBoot = Array("00000000-0000-0000-0000-000000000000\n".utf8)

  /// Marks a version as written to before the restart, and makes of its pages what nobody could open.
  private static func restart(_ scratch: Scratch, with name: VersionName) throws {
    let directory = scratch.versions.path(of: name)
    let marker = directory.appending("unsynced")
    guard try Files.status(marker) != nil else { return }
    try Files.write(otherBoot, to: marker)
    try Files.write([UInt8](repeating: 0xa5, count: 16_384), to: directory.appending("data.mdb"))
  }

  private static func withLive(_ body: (Scratch, MiniChain) throws -> Void) throws {
    let chain = try MiniChain(blockCount: 12)
    try Scratch.with { scratch in
      try chain.write(0..<8, to: scratch.log)
      try scratch.projector().rebuild()
      try chain.write(8..<12, to: scratch.log)
      try body(scratch, chain)
    }
  }

  /// A rebuild that was interrupted.
  private static func interrupt(_ scratch: Scratch) throws -> VersionName {
    var options = Projector<ProposerState>.Options(batchSize: 5)
    options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
    #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options, resume: false) }
    return try #require(scratch.versions.unfinished)
  }

  @Test("a rebuild beside a live version is discarded unopened; the live one is kept, and goes on")
  func rebuildBesideLive() throws {
    try Self.withLive { scratch, chain in
      let live = try #require(scratch.versions.live)
      let name = try Self.interrupt(scratch)
      try Self.restart(scratch, with: name)
      try Self.restart(scratch, with: live)
      // Whatever is asked of the projection meanwhile, nobody opens what is no environment.
      #expect(try scratch.projector().status().live?.cursor?.l1BlockNumber == 7)
      #expect(throws: ProjectionError.self) { try scratch.projector().switchTo(name) }
      try scratch.projector().catchUp()
      #expect(try scratch.projector().verify().agrees)
      #expect(scratch.versions.live == live)
      var starts: [UInt64] = []
      let rebuilt = try scratch.projector().rebuild(.init { starts.append($0.start) })
      #expect(starts.first == 0 && rebuilt.name > name)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a replay that is to be resumed begins anew")
  func replay() throws {
    try Self.withLive { scratch, chain in
      try scratch.projector().replay(to: 5)
      try Self.restart(scratch, with: try #require(scratch.versions.unfinished))
      let report = try scratch.projector().replay(resume: true)
      #expect(report.start == 0 && report.isPublished)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a version that is finished and not live yet is kept, and so is the one to go back to")
  func finished() throws {
    try Self.withLive { scratch, chain in
      let first = try #require(scratch.versions.live)
      let second = try scratch.projector().rebuild(resume: false, switches: false).name
      for name in [first, second] { try Self.restart(scratch, with: name) }
      #expect(try scratch.projector().switchTo() == second)
      for name in [first, second] { try Self.restart(scratch, with: name) }
      #expect(try scratch.projector().rollBack() == first)
      try scratch.projector().catchUp()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      #expect(try scratch.projector().rollBack() == second)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a finished version that a rebuild has gone on with is unsynced again, and discarded")
  func goneOnWith() throws {
    try Self.withLive { scratch, chain in
      let name = try scratch.projector().rebuild(to: 5, resume: false, switches: false).name
      var options = Projector<ProposerState>.Options(batchSize: 5)
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options) }
      #expect(scratch.versions.unfinished == name)
      #expect(throws: ProjectionError.self) { try scratch.projector().switchTo() }
      try Self.restart(scratch, with: name)
      #expect(try scratch.projector().rebuild().name > name)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("with the live version unsynced as well, nothing is opened, and all is built anew")
  func allUnsynced() throws {
    try Self.withLive { scratch, chain in
      let live = try #require(scratch.versions.live)
      // A kill right after the switch of a program that would switch before it syncs.
      try Files.write(Self.otherBoot, to: scratch.versions.path(of: live).appending("unsynced"))
      let name = try Self.interrupt(scratch)
      for version in [live, name] { try Self.restart(scratch, with: version) }
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().catchUp() }
      guard case .rebuildRequired = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try scratch.projector().status().live?.problem != nil)
      try scratch.projector().bringUp()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      #expect(throws: ProjectionError.self) { try scratch.projector().rollBack() }
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }
}
