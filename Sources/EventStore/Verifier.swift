import LMDB
import MerkleLog
import Primitives
import Rollup

/// One verification on its way. `RecordInspector` looks at records, each by itself, on all processors;
/// `Verifier+Records.swift` goes through what that found in the order of the records, `Verifier+Tables.swift` looks at what
/// is derived, `Verifier+Accumulator.swift` at `canonicalAcc`.
struct Verifier {
  let environment: Environment
  let tables: EventLog.Tables
  let options: EventLog.VerifyOptions
  var report: VerifyReport

  /// The state after the last record looked at. `report.checkpoint` lags behind it, by the records of an unfinished
  /// group.
  var checkpoint: VerifyCheckpoint

  /// What reorganisations have revoked, as of the snapshot of the present step.
  var revocations = Revocations()

  init(
    environment: Environment, tables: EventLog.Tables, options: EventLog.VerifyOptions, checkpoint: VerifyCheckpoint
  ) {
    self.environment = environment
    self.tables = tables
    self.options = options
    self.checkpoint = checkpoint
    report = VerifyReport(verified: checkpoint.position, checkpoint: checkpoint)
  }

  /// Verifies the next records of a snapshot; at its end also what concerns the whole log. Whether nothing is left.
  mutating func step(in transaction: borrowing ReadTransaction) throws(ReadError) -> Bool {
    let tables = tables
    guard let head = try collect({ () throws(ReadError) in try transaction.head(in: tables) }) else { return true }
    report.head = head
    guard checkpoint.position <= head.size else {
      note(Damage(.head("it has \(head.size) records, fewer than were verified before")))
      return true
    }
    revocations = try collect { () throws(ReadError) in try transaction.revocations(in: tables) } ?? revocations
    let end = min(head.size, checkpoint.position + options.recordsPerStep)
    let leaves = try verifyRecords(upTo: end, in: transaction)
    report.verified = checkpoint.position
    if isFull { return true }
    guard end == head.size else { return false }
    try verifyEnd(head, leaves: leaves, in: transaction)
    return true
  }

  /// Whether as much damage has been found as was asked for.
  var isFull: Bool { report.damages.count >= options.damageLimit }

  mutating func note(_ damage: Damage) {
    guard !isFull, !report.damages.contains(damage) else { return }
    report.damages.append(damage)
    checkpoint.findings += 1
  }

  /// The result of `body`; notes damage that it throws, and gives nil then.
  mutating func collect<R>(_ body: () throws(ReadError) -> R) throws(ReadError) -> R? {
    do throws(ReadError) {
      return try body()
    } catch {
      guard case .damaged(let damage) = error else { throw error }
      note(damage)
      return nil
    }
  }
}
