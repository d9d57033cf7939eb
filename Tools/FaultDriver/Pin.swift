import EventStore
import Foundation
import Hashing
import LMDB
import Primitives
import SystemPackage

/// A reader that stays: it takes a snapshot of a log, says so with one byte, waits until its input ends, and reads all of the
/// snapshot again. Ends with 0 if it is the same, with 1 if not.
struct Pin {
  let directory: FilePath

  /// Whether it reads another snapshot in the end, as if its own had changed: whoever waits for it must find out.
  let moves: Bool

  func run() -> Never {
    do {
      let log = try EventLog.open(directory, mode: .readOnly)
      let isSame = try Self.isSame(in: log, moving: moves) { () throws(ReadFailure) in
        Appender.say(".")
        while readLine() != nil {}
      }
      exit(isSame ? 0 : 1)
    } catch { FaultDriver.fail("\(error)", code: 3) }
  }

  /// Whether all records of a snapshot are the same after `body` as before; with `moves`, those of the newest one are.
  static func isSame(
    in log: EventLog, moving moves: Bool = false, during body: () throws(ReadFailure) -> Void
  ) throws(ReadFailure) -> Bool {
    var before = Hash256.zero
    let after = try log.environment.read { (transaction: borrowing ReadTransaction) throws(ReadFailure) in
      before = try digest(transaction, log)
      try body()
      return try digest(transaction, log)
    }
    guard moves else { return after == before }
    return try log.environment.read { (transaction: borrowing ReadTransaction) throws(ReadFailure) in
      try digest(transaction, log) == before
    }
  }

  /// The hash of all records' rows, one after the other.
  private static func digest(
    _ transaction: borrowing ReadTransaction, _ log: EventLog
  ) throws(ReadFailure) -> Hash256 {
    var digest = Hash256.zero
    do throws(LMDBError) {
      var cursor = try transaction.cursor(in: log.environment.table("records"))
      while let entry = try cursor.next() {
        digest = Keccak256.hash(digest.bytes + entry.key.bytes + entry.value.bytes)
      }
    } catch { throw ReadFailure(error) }
    return digest
  }
}
