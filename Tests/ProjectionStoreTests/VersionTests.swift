import Dispatch
import Foundation
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import SystemPackage
import TestSupport
import Testing

@Suite("Projection versions")
struct VersionTests {
  @Test("batches committed to LMDB and to dictionaries leave the same rows, appended or put in between")
  func equalsModel() throws {
    var random = SeededGenerator()
    let tables = (0..<3).map { ProjectionTable(index: $0, name: "table\($0)") }
    try withTemporaryDirectory { path in
      let version = try ProjectionVersion(FilePath(path), tables: tables, mode: .create, durability: .unsynced)
      let model = MemoryTables(tables: tables)
      let batch = WriteBatch()
      for round in 0..<60 {
        batch.reset()
        for _ in 0..<(random.next() % 80) {
          let table = tables[Int(random.next() % 3)]
          // The range of keys grows, so that some rows go beyond the last key and some do not.
          let key = ProposerState.key(random.next() % UInt64(round * 10 + 5))
          if random.next() % 4 == 0 {
            batch.delete(table, key: key.rawSpan)
          } else {
            let value = random.bytes(count: Int(random.next() % 700))
            batch.put(table, key: key.rawSpan, value: value.rawSpan)
          }
        }
        model.commit(batch)
        try version.commit(batch, .start)
        for table in tables { #expect(try version.rowCount(of: table) == model.ordered(table).count) }
        #expect(try version.digest().digest == model.digest(l1BlockNumber: 0, l1BlockHash: .zero))
      }
    }
  }

  @Test("a cursor row reads back as written, and with any bit flipped or any other length not at all")
  func cursorRow() {
    let cursor = ProjectionCursor(
      nextPosition: 0x0102_0304_0506_0708, lastLeafHash: Hash256(1, 2, 3, 4), l1BlockNumber: 77,
      l1BlockHash: Hash256(5, 6, 7, 8), skippedRecords: 3)
    let row = cursor.row
    #expect(read(row) == cursor)
    for bit in 0..<row.count * 8 {
      var wrong = row
      wrong[bit / 8] ^= 1 << (bit % 8)
      #expect(read(wrong) == nil)
    }
    #expect(read(row + [0]) == nil)
    #expect(read(Array(row.dropLast())) == nil)
  }

  private func read(_ row: [UInt8]) -> ProjectionCursor? { ProjectionCursor(row: row.rawSpan) }

  @Test("version names read back, and nothing else is one")
  func names() {
    for name in [VersionName(sequence: 1, schemaVersion: 1), VersionName(sequence: 120, schemaVersion: 0)] {
      #expect(VersionName(name.description) == name)
    }
    for text in ["", "v1", "v1-1", "v0-s1", "v01-s1", "v1-s", "v1-s1-", "v-1-s1", "scratch", "CURRENT", "v1-s1.tmp"] {
      #expect(VersionName(text) == nil, "\(text)")
    }
    #expect(VersionName(sequence: 9, schemaVersion: 2) < VersionName(sequence: 10, schemaVersion: 1))
  }

  @Test("a CURRENT that names nothing there is no live version")
  func danglingCurrent() throws {
    try withTemporaryDirectory { path in
      let versions = VersionSet(dataDirectory: FilePath(path), projection: "p")
      try Files.createDirectory(versions.directory)
      for text in ["", "v3-s1\n", "v3-s1", "../v3-s1\n"] {
        try Files.write(Array(text.utf8), to: versions.directory.appending("CURRENT"))
        #expect(versions.live == nil)
      }
      try Files.createDirectory(versions.directory.appending("v3-s1"))
      try versions.switchTo(VersionName(sequence: 3, schemaVersion: 1)) { _ in }
      #expect(versions.live == VersionName(sequence: 3, schemaVersion: 1))
      #expect(try versions.inventory().next(schemaVersion: 2).description == "v4-s2")
    }
  }

  @Test("a CURRENT that cannot be read is not taken for one that is not there: a rebuild stops, and nothing is removed")
  func unreadableCurrent() throws {
    let chain = try MiniChain(blockCount: 3)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let (current, aside) = (scratch.versions.directory.appending("CURRENT"), scratch.dataDirectory.appending("aside"))
      let name = try #require(scratch.versions.live)
      // A directory in its place opens, and does not read.
      try FileManager.default.moveItem(atPath: current.string, toPath: aside.string)
      try Files.createDirectory(current)
      for resume in [true, false] {
        #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(resume: resume) }
      }
      #expect(throws: ProjectionError.self) { try scratch.projector().drop() }
      #expect(throws: ProjectionError.self) { try scratch.projector().rollBack() }
      try Files.removeDirectory(current)
      // One that can be read and says nothing of use.
      for text in ["", "what\n", "v9-s1\n"] {
        try Files.write(Array(text.utf8), to: current)
        #expect(throws: ProjectionError.self) { try scratch.projector().drop() }
        scratch.versions.removeUnpublished()
        #expect(scratch.versions.all == [name])
      }
      try Files.remove(current)
      try FileManager.default.moveItem(atPath: aside.string, toPath: current.string)
      #expect(scratch.versions.live == name && scratch.versions.all == [name])
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a reader that finds its version removed reads CURRENT again, and fails only if nobody has switched")
  func switchedMeanwhile() throws {
    try withTemporaryDirectory { path in
      let versions = VersionSet(dataDirectory: FilePath(path), projection: "p")
      let names = (1...4).map { VersionName(sequence: $0, schemaVersion: 1) }
      func publish(_ name: VersionName) throws {
        try Files.createDirectory(versions.path(of: name))
        try versions.switchTo(name) { _ in }
        versions.removeUnpublished()
      }
      try publish(names[0])
      var seen: [VersionName] = []
      let opened = try versions.withLive { name throws(ProjectionError) in
        seen.append(name)
        guard name == names[3] else {
          // Another process switches and removes between the reader's look at CURRENT and its opening.
          do { try publish(names[seen.count]) } catch { throw .file(versions.directory, "\(error)") }
          throw .damaged(versions.path(of: name), "gone")
        }
        return name
      }
      #expect(opened == names[3] && seen == names)
      #expect(throws: ProjectionError.self) {
        try versions.withLive { name throws(ProjectionError) in throw .damaged(versions.path(of: name), "broken") }
      }
      #expect(try versions.withLive { name throws(ProjectionError) in name } == names[3])
    }
  }

  @Test("readers find a version at any moment while another thread switches and removes")
  func switchStorm() throws {
    try withTemporaryDirectory { path in
      let versions = VersionSet(dataDirectory: FilePath(path), projection: "p")
      @Sendable func publish(_ sequence: Int) throws {
        let name = VersionName(sequence: sequence, schemaVersion: 1)
        try Files.createDirectory(versions.path(of: name))
        try versions.switchTo(name) { _ in }
        versions.removeUnpublished()
      }
      try publish(1)
      DispatchQueue.concurrentPerform(iterations: 2) { side in
        for round in 2...150 {
          if side == 0 { try? publish(round) } else { #expect(versions.live != nil, "round \(round)") }
        }
      }
      #expect(versions.all.map(\.sequence) == [150])
    }
  }

  @Test("one can go back to the version that was live before, forth again, and gives it up by dropping it")
  func rollBack() throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(0..<10, to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      let error = #expect(throws: ProjectionError.self) { try projector.rollBack() }
      guard case .noPrevious = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try chain.write(10..<20, to: scratch.log)
      var options = Projector<ProposerState>.Options()
      options.keepsHistory = true
      try projector.rebuild(options)
      let (first, second) = (scratch.versions.all[0], scratch.versions.all[1])
      #expect(try projector.rollBack() == first)
      #expect(scratch.versions.live == first && scratch.versions.previous == second)
      #expect(scratch.versions.unfinished == nil)
      #expect(try projector.status().live?.cursor?.l1BlockNumber == 9)
      #expect(try projector.status().previous?.keepsHistory == true)
      // It goes on where it was left.
      try projector.catchUp()
      #expect(try projector.digest().digest == Scratch.digest(of: chain))
      #expect(try projector.rollBack() == second)
      #expect(try projector.openLive(.readOnly).keepsHistory)
      #expect(try projector.rollBack() == first)
      #expect(try projector.drop() == [second])
      #expect(scratch.versions.all == [first] && scratch.versions.previous == nil)
      #expect(throws: ProjectionError.self) { try projector.rollBack() }
      try projector.rebuild()
      #expect(try #require(scratch.versions.live) > second, "no name is used for two versions")
    }
  }

  @Test("a version that cannot be used is not gone back to")
  func rollBackToUnusable() throws {
    let chain = try MiniChain(blockCount: 8)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      try projector.rebuild()
      let (live, previous) = (try #require(scratch.versions.live), try #require(scratch.versions.previous))
      try Files.write(Array("{}".utf8), to: scratch.versions.path(of: previous).appending("manifest.json"))
      let error = #expect(throws: ProjectionError.self) { try projector.rollBack() }
      guard case .rebuildRequired = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(scratch.versions.live == live)
      #expect(try projector.verify().agrees)
    }
  }
}
