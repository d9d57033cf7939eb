import CDiskFaults
import Foundation
@testable import LMDB
import SystemPackage
import Testing

@Suite("Files, locks and the registry")
struct FilesTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("a file system that says it has more bytes than an integer holds has as many as one holds")
  func availableBytes() {
    #expect(FileSystem.bytes(blocks: 3, of: 4096) == 12_288)
    #expect(FileSystem.bytes(blocks: .max, of: 4096) == .max)
    #expect(FileSystem.bytes(blocks: .max / 4096, of: 4096) == .max)
    #expect(FileSystem.bytes(blocks: 1 << 51, of: 4096) == .max)
    #expect(FileSystem.availableBytes(at: scratch.path) ?? 0 > 0)
  }

  @Test("a lock is had once, its holder is named, and it is given back with its last reference")
  func lock() throws {
    let path = scratch.path.appending("writer.lock")
    do {
      let lock = try FileLock(path)
      #expect(throws: FileLock.Failure.held(by: Int(getpid()))) { _ = try FileLock(path) }
      #expect(FileLock.isHeld(path) && FileLock.note(at: path) == nil)
      lock.note("17")
      #expect(FileLock.note(at: path)?.text == "17")
      #expect(throws: FileLock.Failure.held(by: Int(getpid()))) { _ = try FileLock(path) }
      _ = consume lock
    }
    #expect(FileLock.note(at: path) == nil, "who has noted it is gone")
    #expect(!FileLock.isHeld(path) && !FileLock.isHeld(scratch.path.appending("other.lock")))
    #expect(try Files.status(scratch.path.appending("other.lock")) == nil, "who looks leaves nothing")
    _ = try FileLock(path)
    #expect(throws: FileLock.Failure.system(.noSuchFileOrDirectory)) {
      _ = try FileLock(scratch.path.appending("nowhere").appending("lock"))
    }
  }

  @Test("a claim that was given up does not take another caller's with it")
  func claims() throws {
    let registry = EnvironmentRegistry()
    let file = FileIdentity(device: 1, inode: 2)
    func claim() throws -> EnvironmentRegistry.Claim {
      guard case .claimed(let claim) = registry.claim(file) else { throw LMDBError.corrupted }
      return claim
    }
    let first = try claim()
    registry.remove(first)
    let second = try claim()
    // As when an environment that could not be made synchronous closes, and then its opener reports the failure.
    registry.remove(first)
    #expect(registry.holds(file))
    registry.remove(second)
    #expect(!registry.holds(file))
  }

  @Test("the name of every directory made on the way is synced in the one above it; so is one that was there")
  func madeDirectories() async throws {
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      let deepest = FilePath(path).appending("a").appending("b").appending("c")
      let before = disk_calls(DISK_NAMES)
      try Files.createDirectory(deepest)
      #expect(disk_calls(DISK_NAMES) == before + 3)
      try Files.createDirectory(deepest)
      #expect(disk_calls(DISK_NAMES) == before + 4)
      // Each of the syncs counts: one that fails is told.
      for call in 0..<3 as Range<UInt64> {
        disk_fail(DISK_NAMES, DISK_REFUSES, EIO, call, 1)
        #expect(throws: OpenError.self, "sync \(call)") {
          try Files.createDirectory(FilePath(path).appending("\(call)").appending("b").appending("c"))
        }
      }
    }
  }

  @Test("what a living maker of an environment holds is left alone, what a dead one has left is removed")
  func makersAtWork() throws {
    let (held, left) = (scratch.path.appending(".new-1"), scratch.path.appending(".new-2"))
    for path in [held, left] {
      try Files.createDirectory(path)
      try Files.write([1], to: path.appending("data.mdb"))
    }
    let lock = try FileDescriptor.open(held, .readOnly)
    defer { try? lock.close() }
    #expect(flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0)
    try scratch.open().append(1)
    #expect(try Files.names(in: scratch.path) == [".new-1", "data.mdb", "lock.mdb"])
    #expect(try Files.read(held.appending("data.mdb")) == [1])
  }

  @Test("a directory goes with all that is in it, and a link in it without what it points to")
  func removal() throws {
    let (kept, gone) = (scratch.path.appending("kept"), scratch.path.appending("gone"))
    try Files.createDirectory(kept)
    try Files.createDirectory(gone.appending("a").appending("b"))
    try Files.write([1], to: kept.appending("file"))
    try Files.write([1], to: gone.appending("a").appending("b").appending("file"))
    try FileManager.default.createSymbolicLink(
      atPath: gone.appending("link").string, withDestinationPath: kept.string)
    try Files.removeDirectory(gone)
    try Files.removeDirectory(gone)
    #expect(try Files.names(in: scratch.path) == ["kept"])
    #expect(try Files.read(kept.appending("file")) == [1])
  }

  @Test("many threads that make one environment at once leave one, and nothing beside it")
  func makers() throws {
    let directory = scratch.path.appending("made")
    let options = EnvironmentOptions(mode: .create, tables: ["t"], mapSize: 1 << 24)
    try Files.createDirectory(directory)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do { try Environment.create(in: directory, options) } catch { Issue.record("\(error)") }
    }
    #expect(try Files.names(in: directory) == ["data.mdb"])
  }
}
