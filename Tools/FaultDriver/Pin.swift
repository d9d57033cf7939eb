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

  func run() -> Never {
    do {
      let log = try EventLog.open(directory, mode: .readOnly)
      let isSame = try log.environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
        let before = try digest(transaction, log)
        Appender.say(".")
        while readLine() != nil {}
        return try digest(transaction, log) == before
      }
      exit(isSame ? 0 : 1)
    } catch { FaultDriver.fail("\(error)", code: 3) }
  }

  /// The hash of all records' rows, one after the other.
  private func digest(_ transaction: borrowing ReadTransaction, _ log: EventLog) throws(LMDBError) -> Hash256 {
    var digest = Hash256.zero
    var cursor = try transaction.cursor(in: log.environment.table("records"))
    while let entry = try cursor.next() {
      digest = Keccak256.hash(digest.bytes + entry.key.bytes + entry.value.bytes)
    }
    return digest
  }
}
