import Hashing
import LMDB
import Primitives
import Rollup
package import SystemPackage

/// Mends what can be mended in a damaged log: everything that follows from the records.
///
/// The damaged log is read and not written. Its records are recorded anew in a log of its own, by the verbs that recorded
/// them, so tree, head row and indexes come out as they were. A record whose own bytes are damaged cannot be made anew from
/// anything else in the log.
package enum LogRepair {
  package struct Outcome: Sendable {
    /// The head of the new log.
    package let head: Head

    /// Whether the damaged log's head row could be read, and says the same. Without it nothing in the log vouches that
    /// there were no more records.
    package let isConfirmed: Bool
  }

  /// Records the damaged log's records anew in `new`, where no record may be yet.
  ///
  /// A damaged page can end the process, so this is done in one of its own.
  ///
  /// - Parameter progress: told from time to time how many records are done.
  package static func rebuild(
    _ damaged: FilePath, into new: FilePath, progress: (UInt64) -> Void = { _ in }
  ) throws(RepairError) -> Outcome {
    let log: EventLog
    let rebuilt: EventLog
    do throws(EventLog.OpenError) {
      log = try EventLog.open(damaged, mode: .inspection)
      rebuilt = try EventLog.open(new, mode: .create)
    } catch { throw .open(error) }
    let draft: Head
    do throws(ReadError) { draft = try rebuilt.head() } catch { throw .open(.unreadable(error)) }
    guard draft.size == 0 else { throw .begunBefore(new, size: draft.size) }
    let stored = try? log.head()
    let size = if let stored { stored.size } else { try log.recordCount() }
    try log.record(upTo: size, into: rebuilt, progress)
    let head: Head
    do throws(ReadError) { head = try rebuilt.head() } catch { throw .lost(error) }
    if let stored, stored.size != head.size || stored.root != head.root {
      throw .otherRoot(stored: stored, rebuilt: head)
    }
    return Outcome(head: head, isConfirmed: stored != nil)
  }
}

extension EventLog {
  /// How many records there are by the table that holds them, whatever the head row says.
  fileprivate func recordCount() throws(RepairError) -> UInt64 {
    do throws(LMDBError) {
      return try environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
        var cursor = try transaction.cursor(in: tables.records)
        guard let last = try cursor.last(), last.key.byteCount == 8 else { return 0 }
        return last.key.bigEndian(at: 0, as: UInt64.self) &+ 1
      }
    } catch { throw .lost(.store(error)) }
  }

  /// Records the first `size` records anew, each as sound as its own bytes can tell.
  ///
  /// All are read by one cursor, from each record to the next: a look-up in between could be led astray by a damaged branch
  /// page. Its snapshot may last, as nobody writes to a damaged log.
  fileprivate func record(
    upTo size: UInt64, into new: EventLog, _ progress: (UInt64) -> Void
  ) throws(RepairError) {
    var recorder = Rerecorder(new)
    try environment.read { (transaction: borrowing ReadTransaction) throws(RepairError) in
      try transaction.scan(0, size, in: tables) { (view: borrowing RecordView) throws(RepairError) in
        let record: StoredRecord
        do throws(ReadError) { record = try view.copy() } catch { throw .lost(error) }
        let next = record.position.rawValue + 1
        guard Keccak256.hash(record.payload) == record.header.payloadHash else {
          throw .lost(.damaged(Damage(.payloadHash, of: view, at: record.position.rawValue)))
        }
        do throws(TilesError) {
          try recorder.take(record)
          if recorder.isLarge || next == size { try recorder.flush() }
        } catch { throw .rerecording(error) }
        if next.isMultiple(of: Self.recordsPerSnapshot) || next == size { progress(next) }
      }
    }
  }
}

extension RepairError: EventLogFailure {
  @usableFromInline
  package init(_ error: ReadError) { self = .lost(error) }
}

/// Why a log cannot be repaired. The damaged log is as it was.
package enum RepairError: Error, Sendable {
  /// A record is damaged, missing or unreadable, and nothing else in the log has it.
  case lost(ReadError)

  /// The records are sound, each for itself, and the head row is of other records: one was replaced, or some are missing.
  case otherRoot(stored: Head, rebuilt: Head)

  /// The records do not follow one another as the log's own verbs would have recorded them.
  case rerecording(TilesError)

  /// One of the two logs could not be opened or made.
  case open(EventLog.OpenError)

  /// There are records where the log was to be made anew.
  case begunBefore(FilePath, size: UInt64)
}

extension RepairError {
  /// Whether the damaged log's records are at fault, rather than the machine or what stands in the way.
  package var isOfRecords: Bool {
    switch self {
    case .lost(.damaged), .otherRoot, .rerecording(.recordedOtherwise): true
    case .rerecording(.append(let error)):
      switch error {
      case .store, .outcomeUnknown, .readOnly, .unreadable: false
      case .conflict, .blockConflict, .blockGap, .reorgUnknown, .reorgBelowFinalized, .payloadTooLong: true
      }
    case .lost, .rerecording, .open, .begunBefore: false
    }
  }
}

extension RepairError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .lost(let error):
      "a record is lost, and no other part of the log has it: \(error.summary)"
    case .otherRoot(let stored, let rebuilt):
      "the head row is of \(stored.size) records with root \(stored.root), and the records, each sound for itself, are "
        + "\(rebuilt.size) with root \(rebuilt.root): one of them is not what was recorded"
    case .rerecording(let error): "the records cannot be recorded again as they are: \(error)"
    case .open(let error): "\(error)"
    case .begunBefore(let path, let size): "there are \(size) records in \(path), where the log was to be made anew"
    }
  }
}
