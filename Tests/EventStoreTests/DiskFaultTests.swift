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
    arguments: [DISK_SYNC.rawValue, DISK_META.rawValue])
  func outcomeUnknown(kind: UInt32) async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) { [path = path as String, kind = kind as UInt32] in
        let directory = FilePath(path).appending("ledger")
        let head = try DiskFaultTests.failedAppend(directory, disk_call(rawValue: kind))
        let reopened = try EventLog.open(directory, mode: .readWrite)
        #expect(try reopened.head() == head)
        try reopened.fill(5)
        #expect(try reopened.head().size == 25)
        try requireSound(directory)
      }
    }
  }

  /// An append whose commit fails, and one more; gives the head before. The log is closed when this returns.
  static func failedAppend(_ directory: FilePath, _ call: disk_call) throws -> Head {
    let log = try EventLog.open(directory, mode: .create)
    try log.fill(20)
    let head = try log.head()
    disk_fail(call, DISK_REFUSES, EIO, 0, 1)
    let error = try #require(throws: AppendError.self) { try log.fill(5) }
    if case .outcomeUnknown(.system(EIO)) = error {} else { unexpected(error) }
    #expect(error.description.contains("opened again"))
    // The device works again; this log does not go on as if nothing had been.
    let next = try #require(throws: AppendError.self) { try log.fill(5) }
    if case .store(.mustReopen) = next {} else { unexpected(next) }
    return head
  }

  @Test("callers that shared a failed commit are all told, and none of their records is acknowledged")
  func sharedCommit() async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) { [path = path as String] in
        let directory = FilePath(path).appending("ledger")
        #expect(try await DiskFaultTests.acknowledged(by: 20, appendingTo: directory) == 0)
        disk_fail(DISK_SYNC, DISK_REFUSES, EIO, 0, 0)
        #expect(try EventLog.open(directory, mode: .readWrite).head().size == 20)
        try requireSound(directory)
      }
    }
  }

  /// How many of so many callers are told that their record is durable, on a disk whose syncs all fail.
  static func acknowledged(by callers: Int, appendingTo directory: FilePath) async throws -> Int {
    let log = try EventLog.open(directory, mode: .create)
    try log.fill(20)
    disk_fail(DISK_SYNC, DISK_REFUSES, EIO, 0, .max / 2)
    return await withTaskGroup(of: Bool.self, returning: Int.self) { group in
      for caller in 0..<callers {
        group.addTask {
          do throws(AppendError) {
            try await log.append([plain([UInt8(caller)])])
            return true
          } catch { return false }
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
