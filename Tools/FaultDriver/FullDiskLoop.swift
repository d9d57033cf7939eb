import EventStore
import Foundation
import LMDB
import Rollup
import StoreFiles
import SystemPackage

/// A log on a small file system that fills up: the append that does not fit is refused, with the bytes it needs, and nothing
/// of it is kept; reads go on; once there is room, appends do too. A backup from before does not fit either then, and is
/// restored once there is room.
struct FullDiskLoop {
  /// A directory on the file system that is filled.
  let directory: FilePath

  let cycles: Int
  let seed: UInt64

  /// Whether a record of each refused append is appended after all: the check must find it.
  let keepsSome: Bool

  /// Bytes that are taken from the disk, and given back when it is full.
  private static let ballast = 8 << 20

  private static let recordsPerBatch = 400

  /// Of the backup, which needs more room than a full disk has, whatever the batch needs that is refused.
  private static let batchesPerBackup = 4

  /// Fills the disk so often, and prints what was found. False when something was violated.
  func run() throws -> Bool {
    let start = Victim.now()
    var records: UInt64 = 0
    var violations: [String] = []
    for cycle in 0..<cycles {
      let place = directory.appending("cycle")
      defer { try? FileManager.default.removeItem(atPath: place.string) }
      try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
      do { records += try fillOnce(place, seed: seed &+ UInt64(cycle)) } catch {
        violations.append("cycle \(cycle), seed \(seed): \(error)")
      }
    }
    for violation in violations.prefix(20) { print("VIOLATION \(violation)") }
    print(
      """
      \(cycles) times a full disk (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s
      \(records) records acknowledged before and after, as often a backup refused and, with room again, restored, \
      \(violations.count) violations
      """)
    return violations.isEmpty
  }

  /// How many records were acknowledged.
  private func fillOnce(_ place: FilePath, seed: UInt64) throws -> UInt64 {
    let ballast = place.appending("ballast").string
    try Data(repeating: 0x5a, count: Self.ballast).write(to: URL(fileURLWithPath: ballast))
    let log = try EventLog.open(place.appending("log"), mode: .create)
    var source = Source(process: seed, writer: 0)
    for _ in 0..<Self.batchesPerBackup { try log.append(batch(&source)) }
    try log.copy(to: place.appending("backup"))
    // Open from before, as there is no room for its lock file either when the disk is full.
    let backup = try EventLog.open(place.appending("backup"), mode: .readOnly)
    let (last, error) = try fill(log, &source)
    if keepsSome {
      try FileManager.default.removeItem(atPath: ballast)
      try log.append([source.record()])
    }
    guard case .store(.diskFull(let needed, let available)) = error, available < needed else {
      throw Checker.Violation(description: "a full disk gave: \(error)")
    }
    guard try log.head() == last else { throw Checker.Violation(description: "something of a refused append was kept") }
    try requireSound(log)
    try requireNoRoom(for: backup, in: DataDirectory(place.appending("refused")))
    try FileManager.default.removeItem(atPath: ballast)
    try Restoring(place: place.appending("restoring")).run(backup)
    for _ in 0..<3 { try log.append(batch(&source)) }
    let head = try log.head()
    guard head.size == last.size + 3 * UInt64(Self.recordsPerBatch) else {
      throw Checker.Violation(description: "with room again, \(head.size) records after \(last.size)")
    }
    try requireSound(log)
    return head.size
  }

  /// A backup that does not fit is refused, and nothing of it has a log's name.
  private func requireNoRoom(for backup: EventLog, in store: DataDirectory) throws {
    do {
      _ = try store.makeLog(
        in: store.ledger, copying: backup, Upkeep.Places.manifest, check: { try Upkeep.Places.soundSize($0.ledger) })
    } catch is Checker.Violation {
      throw Checker.Violation(description: "a backup that does not fit was copied, and is not sound")
    } catch {
      guard !FileManager.default.fileExists(atPath: store.ledgerData.string) else {
        throw Checker.Violation(description: "a backup that does not fit has a log's name")
      }
      guard Self.saysThatTheDiskIsFull(error) else {
        throw Checker.Violation(description: "a backup that does not fit gave: \(error)")
      }
      return
    }
    throw Checker.Violation(description: "a backup was restored on a full disk")
  }

  private static func saysThatTheDiskIsFull(_ error: any Error) -> Bool {
    switch error {
    case LMDB.OpenError.storage(.diskFull, _): true
    case LMDB.OpenError.system(_, _, let code): code == ENOSPC
    case DataDirectoryError.files(let cause): saysThatTheDiskIsFull(cause)
    // Of the lock's file.
    case DataDirectoryError.failed(_, let cause): cause.contains("\(Errno.noSpace)")
    default: false
    }
  }

  /// Appends until that is refused. What the log was before, and why it was.
  private func fill(_ log: EventLog, _ source: inout Source) throws -> (head: Head, refusal: AppendError) {
    while true {
      let head = try log.head()
      do throws(AppendError) { try log.append(batch(&source)) } catch {
        return (head, error)
      }
    }
  }

  private func batch(_ source: inout Source) -> [NewRecord] {
    (0..<Self.recordsPerBatch).map { _ in source.record() }
  }

  private func requireSound(_ log: EventLog) throws {
    let report = try log.verify(options: .init(decodesEvents: false))
    guard report.isSound, report.verified == (try log.head().size) else {
      throw Checker.Violation(description: report.damages.first?.description ?? "records are missing")
    }
  }
}
