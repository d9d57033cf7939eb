package import LMDB
package import Primitives

/// Why nothing was appended. Every case but `outcomeUnknown` leaves the log as it was.
package enum AppendError: Error, Sendable {
  /// The log is not where the caller believed: someone else has appended since. Read on from `expected`, decide again.
  case conflict(expected: Head, actual: Head)

  /// Another block is stored at this height. If L1 has reorganised, say so with `appendReorg` first.
  case blockConflict(number: UInt64, stored: Hash256, given: Hash256)

  /// Blocks are stored one after another, empty ones too, so that every height has an answer.
  case blockGap(expected: UInt64, given: UInt64)

  /// The ancestor or the tip that a reorganisation names is not what the log has at that height.
  case reorgUnknown(number: UInt64, stored: Hash256?, given: Hash256)

  /// L1 has declared final what the reorganisation would revoke: stop, and find out who is lying.
  case reorgBelowFinalized(ancestor: UInt64, finalized: UInt64)

  /// A record's payload is longer than a record can hold.
  case payloadTooLong(bytes: Int, limit: Int)

  /// The log was opened for reading only.
  case readOnly

  /// What is stored, and the request depends on, cannot be read.
  case unreadable(ReadError)

  /// LMDB could not do it.
  case store(LMDBError)

  /// The device failed during the commit. If it failed at the meta page, the records may be in the log after all: open
  /// it again, which shows a whole commit or none of it, and look at the head. Until then this log takes no records.
  case outcomeUnknown(LMDBError)
}

extension AppendError: LMDBFailure {
  package init(_ error: LMDBError) { self = .store(error) }
}

extension AppendError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .conflict(let expected, let actual):
      "the log has moved: expected size \(expected.size) with root \(expected.root), "
        + "it has size \(actual.size) with root \(actual.root); read what was appended and decide again"
    case .blockConflict(let number, let stored, let given):
      "L1 block \(number) is stored with hash \(stored), not \(given); "
        + "if L1 reorganised, append the reorganisation first"
    case .blockGap(let expected, let given):
      "L1 block \(given) cannot follow: the next one is \(expected); append the blocks between them first"
    case .reorgUnknown(let number, let stored, let given):
      "the reorganisation names L1 block \(number) with hash \(given), "
        + "the log has \(stored.map { "\($0)" } ?? "no such block"); follow L1 from a common ancestor"
    case .reorgBelowFinalized(let ancestor, let finalized):
      "a reorganisation back to L1 block \(ancestor) would revoke block \(finalized), which is final; "
        + "nothing was appended: compare the L1 endpoint with another one"
    case .payloadTooLong(let bytes, let limit):
      "a payload of \(bytes) bytes is longer than a record can hold (\(limit)); split the event"
    case .readOnly: "the log is open for reading only; open it for writing to append"
    case .unreadable(let error): "\(error)"
    case .store(let error): "\(error)"
    case .outcomeUnknown(let error):
      "\(error); whether the records were appended shows when the log is opened again: compare its head, then go on from it"
    }
  }
}
