import CDiskFaults
import Foundation
import LMDB
import SystemPackage
import TestSupport
import Testing

/// What the disk refuses, call by call. Faults hold for a whole process, so each test runs in one of its own.
@Suite("Disk faults")
final class DiskFaultTests {
  static let options = EnvironmentOptions(mode: .create, tables: ["records"], mapSize: 1 << 26)

  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Opens what is at a path, with room for the tests' records.
  static func open(_ path: String) throws(OpenError) -> Environment {
    try Environment.open(at: FilePath(path), options: options)
  }

  @Test("a commit writes its pages, syncs them, and then writes one meta page")
  func calls() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      let environment = try DiskFaultTests.open(path)
      let before = [DISK_WRITE, DISK_SYNC, DISK_META].map { disk_calls($0) }
      try environment.append(100)
      let after = [DISK_WRITE, DISK_SYNC, DISK_META].map { disk_calls($0) }
      #expect(after[0] > before[0])
      #expect(after[1] == before[1] + 1 && after[2] == before[2] + 1)
    }
  }

  @Test("a data sync that fails fails the commit; reads go on, writes do once the environment is opened again")
  func dataSync() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      try DiskFaultTests.refuseCommit(path, DISK_SYNC) { (environment: Environment, content: [[UInt8]]) throws in
        #expect(try environment.content() == content)
        // The disk works again, but what it has of the failed commit nobody knows.
        #expect(throws: LMDBError.mustReopen) { try environment.append(10) }
        #expect(try environment.content() == content)
      }
    }
  }

  @Test("a meta page that cannot be written stops reads and writes; opened again, there is the last good commit")
  func metaWrite() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      try DiskFaultTests.refuseCommit(path, DISK_META) { (environment: Environment, _: [[UInt8]]) throws in
        #expect(throws: LMDBError.mustReopen) { try environment.append(10) }
        #expect(throws: LMDBError.mustReopen) { try environment.content() }
      }
    }
  }

  @Test("a disk that is full at a meta page stops the environment: nobody is told that nothing of the commit was kept")
  func fullAtMetaPage() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      for code in [ENOSPC, EDQUOT] {
        try DiskFaultTests.refuseCommit("\(path)/\(code)", DISK_META, code: code) {
          (environment: Environment, _: [[UInt8]]) throws in
          #expect(throws: LMDBError.mustReopen) { try environment.append(10) }
        }
      }
    }
  }

  @Test("what is put back of a meta page is synced at once, and again before an environment is written to")
  func restoredIsSynced() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      _ = try DiskFaultTests.refusedCommit(path, DISK_META) { (_, _: [[UInt8]]) in }
      let before = [DISK_WRITE, DISK_SYNC].map { disk_calls($0) }
      do {
        // Both meta pages, and then one sync.
        try withExtendedLifetime(DiskFaultTests.open(path)) {
          #expect([DISK_WRITE, DISK_SYNC].map { disk_calls($0) } == [before[0] + 2, before[1] + 1])
        }
      }
      for spared in 0...1 as ClosedRange<UInt64> {
        disk_fail(DISK_WRITE, DISK_REFUSES, EIO, spared, 1)
        let error = try #require(throws: OpenError.self) { try DiskFaultTests.open(path) }
        guard case .system("pwrite", _, EIO) = error else {
          Issue.record("a disk that refuses a meta page at open gave \(error)")
          return
        }
      }
      disk_fail(DISK_SYNC, DISK_REFUSES, EIO, 0, 1)
      let error = try #require(throws: OpenError.self) { try DiskFaultTests.open(path) }
      guard case .system("fdatasync", _, EIO) = error else {
        Issue.record("a disk that refuses the sync at open gave \(error)")
        return
      }
      #expect(try DiskFaultTests.open(path).content().count == 100)
      #expect(throws: Never.self) { try DiskFaultTests.openForReading(path) }
    }
  }

  /// Opening for reading writes and syncs nothing.
  static func openForReading(_ path: String) throws {
    var options = options
    options.mode = .readOnly
    let before = [DISK_WRITE, DISK_SYNC, DISK_META].map { disk_calls($0) }
    _ = try Environment.open(at: FilePath(path), options: options)
    #expect([DISK_WRITE, DISK_SYNC, DISK_META].map { disk_calls($0) } == before)
  }

  @Test("a write that the kernel cuts short fails the commit, and leaves the one before")
  func shortWrite() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      try DiskFaultTests.refuseCommit(path, DISK_WRITE, DISK_WRITES_HALF) {
        (environment: Environment, content: [[UInt8]]) throws in
        #expect(try environment.content() == content)
        #expect(throws: LMDBError.mustReopen) { try environment.append(10) }
      }
    }
  }

  /// Fails one commit, looks at the environment, and opens it again: what was there before must be there, and grow.
  static func refuseCommit(
    _ path: String, _ call: disk_call, _ fault: disk_fault = DISK_REFUSES, code: Int32 = EIO,
    _ look: (Environment, [[UInt8]]) throws -> Void
  ) throws {
    let content = try refusedCommit(path, call, fault, code: code, look)
    let reopened = try open(path)
    #expect(try reopened.content() == content)
    try reopened.append(10)
    #expect(try reopened.content().count == content.count + 10)
  }

  static func refusedCommit(
    _ path: String, _ call: disk_call, _ fault: disk_fault = DISK_REFUSES, code: Int32 = EIO,
    _ look: (Environment, [[UInt8]]) throws -> Void
  ) throws -> [[UInt8]] {
    let environment = try open(path)
    try environment.append(100)
    let content = try environment.content()
    disk_fail(call, fault, code, 0, 1)
    let syncs = disk_calls(DISK_SYNC)
    #expect(throws: LMDBError.system(code)) { try environment.append(1000) }
    if call == DISK_META { #expect(disk_calls(DISK_SYNC) == syncs + 2) }
    try look(environment, content)
    return content
  }

  @Test("a disk that is full at a page refuses the commit and nothing else: the same environment goes on")
  func fullAtPage() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      let environment = try DiskFaultTests.open(path)
      try environment.append(100)
      for code in [ENOSPC, EDQUOT] {
        let content = try environment.content()
        disk_fail(DISK_WRITE, DISK_REFUSES, code, 0, 1)
        let error = #expect(throws: LMDBError.self) { try environment.append(1000) }
        guard case .diskFull(let needed, _)? = error else {
          Issue.record("errno \(code) gave \(String(describing: error))")
          return
        }
        #expect(needed > 100_000)
        #expect(try environment.content() == content)
        try environment.append(10)
        #expect(try environment.content().count == content.count + 10)
      }
    }
  }

  @Test("whichever call fails, once or from then on, what was committed before stays, and what comes back is whole")
  func everyCall() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      for (kind, calls) in [(DISK_WRITE, 4), (DISK_SYNC, 3), (DISK_META, 3)] as [(disk_call, UInt64)] {
        for call in 0..<calls {
          for count in [1, .max / 2] as [UInt64] {
            try DiskFaultTests.failing(kind, DISK_REFUSES, call, count, in: "\(path)/\(kind.rawValue)-\(call)-\(count)")
          }
        }
      }
      for call in 0..<4 as Range<UInt64> {
        try DiskFaultTests.failing(DISK_WRITE, DISK_WRITES_HALF, call, 1, in: "\(path)/half-\(call)")
      }
    }
  }

  /// Commits until a call fails, opens again, and compares with what was acknowledged.
  static func failing(
    _ kind: disk_call, _ fault: disk_fault, _ spared: UInt64, _ count: UInt64, in path: String
  ) throws {
    let acknowledged = try appendUntilRefused(kind, fault, spared, count, in: path)
    disk_fail(kind, fault, EIO, 0, 0)
    let environment = try open(path)
    let found = try environment.content().count
    // A commit whose meta page could not be written may be there all the same, but never in part.
    #expect([acknowledged, acknowledged + 50].contains(found), "\(path): \(acknowledged) acknowledged, \(found) found")
    try environment.append(50)
    #expect(try environment.content().count == found + 50)
  }

  /// How many records were acknowledged before the fault was met.
  private static func appendUntilRefused(
    _ kind: disk_call, _ fault: disk_fault, _ spared: UInt64, _ count: UInt64, in path: String
  ) throws -> Int {
    let environment = try open(path)
    try environment.append(50)
    disk_fail(kind, fault, EIO, spared, count)
    for commit in 1...8 {
      do throws(LMDBError) { try environment.append(50) } catch {
        guard case .system(EIO) = error else { throw error }
        return 50 * commit
      }
    }
    Issue.record("no call failed: \(path)")
    return 50 * 9
  }

  @Test("a large commit has the disk begin before its sync; a small one does not, and nothing depends on it")
  func earlyStart() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      try DiskFaultTests.commitLarge("\(path)/works")
      disk_fail(DISK_START, DISK_REFUSES, EIO, 0, .max / 2)
      try DiskFaultTests.commitLarge("\(path)/fails")
    }
  }

  private static func commitLarge(_ path: String) throws {
    let before = disk_calls(DISK_START)
    do {
      let environment = try open(path)
      try environment.append(10, size: 10_000)
      #expect(disk_calls(DISK_START) == before)
      try environment.append(100, size: 50_000)
      #expect(try environment.content().count == 110)
    }
    // The environment is closed, and what it started has ended.
    let after = disk_calls(DISK_START)
    #expect(after > before)
    #expect(try open(path).content().count == 110)
    #expect(disk_calls(DISK_START) == after)
  }
}
