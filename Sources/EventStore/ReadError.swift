public import LMDB
public import Primitives
public import Rollup

/// Why a log could not be read.
@usableFromInline
package enum ReadError: Error, Sendable {
  /// Stored bytes are not what was written. Nothing of the damaged record has been lent to the caller.
  case damaged(Damage)

  /// The range or position lies beyond the head.
  case beyondHead(position: Position, size: UInt64)

  /// The log has no record with this leaf at this position: the cursor belongs to another log, or to a copy that went
  /// another way.
  case foreignCursor(EventLog.Cursor, found: Hash256?)

  /// LMDB could not do it.
  case store(LMDBError)
}

/// An error that a caller's closure may throw through a read of the log: it can hold what the log itself has to say.
@usableFromInline
package protocol EventLogFailure: LMDBFailure {
  init(_ error: ReadError)
}

extension EventLogFailure {
  @usableFromInline
  package init(_ error: LMDBError) { self.init(ReadError.store(error)) }
}

extension ReadError: EventLogFailure {
  @usableFromInline
  package init(_ error: ReadError) { self = error }
}

extension ReadError {
  /// What happened, without what to do about damage: for those who know more about that.
  package var summary: String {
    switch self {
    case .damaged(let damage): damage.summary
    case .store(let error): error.summary
    case .beyondHead, .foreignCursor: description
    }
  }
}

extension ReadError: CustomStringConvertible {
  @usableFromInline
  package var description: String {
    switch self {
    case .damaged(let damage): "\(damage)"
    case .beyondHead(let position, let size):
      "position \(position) is beyond the head: the log has \(size) records, the last one at \(Int64(size) - 1)"
    case .foreignCursor(let cursor, let found):
      "this log did not write the record after which to continue: at position \(cursor.position) the reader saw leaf "
        + "\(cursor.leafHash), the log has \(found.map { "\($0)" } ?? "nothing"); "
        + "rebuild what was derived, it comes from another log"
    case .store(let error): "\(error)"
    }
  }
}
