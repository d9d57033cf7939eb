import EventStore
import Foundation
import Hashing
import MerkleLog
import Primitives
import Rollup
import SystemPackage

/// What must hold after every kill. Keeps what it has seen, so that later kills cannot undo it.
struct Checker {
  /// Why a log is not what it must be.
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  let directory: FilePath
  /// The tree over all records seen so far.
  private(set) var frontier = Frontier()
  /// The leaf hash of each record seen so far.
  private(set) var leaves: [Hash256] = []
  /// How many records of each thread of each process have been seen.
  private var counts: [[UInt64]: UInt64] = [:]
  /// Milliseconds that each opening took.
  private(set) var openings: [Double] = []
  /// How often the whole log was read, verified and restored as a backup.
  private(set) var readings = 0

  init(directory: FilePath) {
    self.directory = directory
  }

  var size: UInt64 { UInt64(leaves.count) }

  /// Whether reading and verifying all of the log costs little beside a process that appends to it.
  var isSmall: Bool { size <= 2048 }

  /// Opens the log as a restart would, and holds it against all records seen and all that `report` has acknowledged.
  mutating func check(_ report: Report) throws {
    let start = Victim.now()
    let log = try EventLog.open(directory, mode: .create)
    openings.append(Victim.now() - start)
    let head = try log.head()
    if head.size < size { throw Violation(description: "\(size) records were there, \(head.size) are left") }
    try checkRecords(of: log, from: size, to: head.size)
    for (position, leafHash) in report.acknowledged {
      guard position < head.size else {
        throw Violation(description: "record \(position) was acknowledged and is lost; the log ends at \(head.size)")
      }
      guard leaves[Int(position)].description == leafHash else {
        throw Violation(description: "record \(position) was acknowledged with another content")
      }
    }
    guard frontier.root == head.root else { throw Violation(description: "the tree's root is not that of the records") }
  }

  /// Reads the whole log again: every record must still be the one first seen, a verification must find nothing, and
  /// the log must serve as a backup.
  mutating func checkAll() throws {
    readings += 1
    let log = try EventLog.open(directory, mode: .readOnly)
    let head = try log.head()
    guard head.size == size else { throw Violation(description: "\(size) records were there, now \(head.size)") }
    try log.read(.zero..<Position(size)) { (view: borrowing RecordView) throws(ReadFailure) in
      let record = try stored(view)
      let header = record.header
      guard header.leafHash == leaves[Int(header.position.rawValue)] else {
        throw ReadFailure(text: "record \(header.position.rawValue) is another one than before")
      }
      guard Keccak256.hash(record.payload) == header.payloadHash else {
        throw ReadFailure(text: "record \(header.position.rawValue) is torn")
      }
    }
    let report = try log.verify(options: .init(decodesEvents: false))
    guard report.isSound, report.verified == size else {
      throw Violation(description: "not sound: \(report.damages.first?.summary ?? "records are missing")")
    }
    try Restoring(place: FilePath("\(directory)-restored")).run(log)
  }

  private func stored(_ view: borrowing RecordView) throws(ReadFailure) -> StoredRecord {
    do throws(ReadError) { return try view.copy() } catch { throw ReadFailure(error) }
  }

  private mutating func checkRecords(of log: EventLog, from first: UInt64, to end: UInt64) throws {
    guard first < end else { return }
    var found: [(leaf: Hash256, payload: [UInt8])] = []
    try log.read(Position(first)..<Position(end)) { (view: borrowing RecordView) throws(ReadFailure) in
      let record = try stored(view)
      found.append((record.header.leafHash, record.payload))
    }
    for (offset, record) in found.enumerated() {
      let position = first + UInt64(offset)
      guard let payload = Payload(record.payload), payload.bytes == record.payload else {
        throw Violation(description: "record \(position) is torn")
      }
      let thread = [payload.process, payload.writer]
      if payload.writer == Payload.again, payload.count == 0 { counts[thread] = 0 }
      guard payload.count == counts[thread, default: 0] else {
        throw Violation(description: "record \(position) is out of its writer's order")
      }
      counts[thread] = payload.count + 1
      leaves.append(record.leaf)
      frontier.append(leafHash: record.leaf)
    }
  }
}

/// Why a read of the log ended early.
struct ReadFailure: EventLogFailure, CustomStringConvertible {
  let text: String

  init(text: String) { self.text = text }
  init(_ error: ReadError) { text = "\(error)" }

  var description: String { text }
}
