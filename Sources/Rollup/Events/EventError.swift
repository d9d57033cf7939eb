package import Primitives

/// Why a payload is not an event that this program knows.
package enum EventError: Error, Equatable, Sendable {
  case unknownKind(UInt16)
  /// A newer version of a known kind.
  case unknownVersion(EventKind, UInt64)
  /// Offsets count from the start of the payload.
  case malformed(EventKind, RLPError)
}

extension EventError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownKind(let kind):
      "event kind \(kind) is unknown to this program; a newer version may read it"
    case .unknownVersion(let kind, let version):
      "\(kind) has version \(version), which is unknown to this program; a newer version may read it"
    case .malformed(let kind, let cause):
      "the payload of \(kind) is malformed: \(cause)"
    }
  }
}
