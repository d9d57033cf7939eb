import CDiskFaults
import EventStore
import Foundation
import LMDB
import SystemPackage
import TestSupport
import Testing

/// What callers of a log are told when the disk fails under it. Faults hold for a whole process, so each test runs in one
/// of its own.
@Suite("Appending to a disk that fails")
struct DiskFaultTests {
  @Test(
    "an append whose commit the device fails is told that its outcome is unknown; opened again, the log shows it",
    arguments: [
      (DISK_SYNC.rawValue, EIO), (DISK_META.rawValue, EIO), (DISK_META.rawValue, ENOSPC), (DISK_META.rawValue, EDQUOT),
    ])
  func outcomeUnknown(kind: UInt32, code: Int32) async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) {
        [path = path as String, kind = kind as UInt32, code = code as Int32] in
        let directory = FilePath(path).appending("ledger")
        let head = try DiskFaultTests.failedAppend(directory, disk_call(rawValue: kind), code)
        let reopened = try EventLog.open(directory, mode: .readWrite)
        #expect(try reopened.head() == head)
        try reopened.fill(5)
        #expect(try reopened.head().size == 25)
        try requireSound(directory)
      }
    }
  }

  /// An append whose commit fails, and one more; gives the head before. The log is closed when this returns.
  static func failedAppend(_ directory: FilePath, _ call: disk_call, _ code: Int32) throws -> Head {
    let log = try EventLog.open(directory, mode: .create)
    try log.fill(20)
    let head = try log.head()
    disk_fail(call, DISK_REFUSES, code, 0, 1)
    let error = try #require(throws: AppendError.self) { try log.fill(5) }
    if case .outcomeUnknown(.system(code)) = error {} else { unexpected(error) }
    #expect(error.description.contains("opened again"))
    // The device works again; this log does not go on as if nothing had been.
    let next = try #require(throws: AppendError.self) { try log.fill(5) }
    if case .store(.mustReopen) = next {} else { unexpected(next) }
    return head
  }

  @Test(
    "callers that shared a failed commit are all told, and none of their records is acknowledged",
    arguments: [(DISK_SYNC.rawValue, EIO), (DISK_META.rawValue, ENOSPC), (DISK_META.rawValue, EDQUOT)])
  func sharedCommit(kind: UInt32, code: Int32) async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) {
        [path = path as String, kind = kind as UInt32, code = code as Int32] in
        let (directory, call) = (FilePath(path).appending("ledger"), disk_call(rawValue: kind))
        #expect(try await DiskFaultTests.acknowledged(by: 20, appendingTo: directory, call, code) == 0)
        disk_fail(call, DISK_REFUSES, code, 0, 0)
        #expect(try EventLog.open(directory, mode: .readWrite).head().size == 20)
        try requireSound(directory)
      }
    }
  }

  /// How many of so many callers are told that their record is durable, on a disk where all calls of a kind fail. What the
  /// others are told leaves it open whether it is, or says that the log takes no more.
  static func acknowledged(
    by callers: Int, appendingTo directory: FilePath, _ call: disk_call, _ code: Int32
  ) async throws -> Int {
    let log = try EventLog.open(directory, mode: .create)
    try log.fill(20)
    disk_fail(call, DISK_REFUSES, code, 0, .max / 2)
    return await withTaskGroup(of: Bool.self, returning: Int.self) { group in
      for caller in 0..<callers {
        group.addTask {
          do throws(AppendError) {
            try await log.append([plain([UInt8(caller)])])
            return true
          } catch {
            switch error {
            case .outcomeUnknown(.system(code)), .store(.mustReopen): break
            default: unexpected(error)
            }
            return false
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  @Test("an append for which the disk is full is refused and changes nothing; the log goes on when there is room")
  func fullDisk() async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) { [path = path as String] in
        let directory = FilePath(path).appending("ledger")
        let log = try EventLog.open(directory, mode: .create)
        let head = try log.append([plain(pattern(50_000))]).head
        disk_fail(DISK_WRITE, DISK_REFUSES, ENOSPC, 0, .max / 2)
        let error = try #require(throws: AppendError.self) { try log.append([plain(pattern(200_000))]) }
        guard case .store(.diskFull(let needed, _)) = error else { return unexpected(error) }
        #expect(needed > 200_000)
        #expect(try log.head() == head)
        #expect(try log.all().map(\.payload) == [pattern(50_000)])
        disk_fail(DISK_WRITE, DISK_REFUSES, ENOSPC, 0, 0)
        try log.append([plain(pattern(200_000))], expecting: head)
        #expect(try log.all().count == 2)
        try requireSound(directory)
      }
    }
  }
}
