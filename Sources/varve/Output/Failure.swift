// What went wrong, in the form in which people and programs are told.

import Foundation

/// Why a command does not end with 0: what happened, where, and what to do next.
struct Failure: Error {
  /// What kind of end it is; the raw value is the exit code.
  enum Kind: Int32 {
    /// The work was done, and something disagreed: a wrong root, a digest that differs, damage.
    case disagreement = 1

    /// The command was not understood.
    case wrongUsage = 2

    /// The work could not be done: no such file, no space, another writer.
    case cannot = 3

    var name: String {
      switch self {
      case .disagreement: "disagreement"
      case .wrongUsage: "wrong usage"
      case .cannot: "cannot"
      }
    }
  }

  let kind: Kind

  /// What happened, and where.
  let message: String

  /// What to do next; nil when the message already says it.
  let remedy: String?

  init(_ kind: Kind, _ message: String, remedy: String? = nil) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
  }

  /// `{"error":{"exitCode":…,"kind":…,"message":…,"remedy":…}}`, on one line.
  var json: String {
    struct Envelope: Encodable {
      struct Body: Encodable {
        let exitCode: Int32
        let kind: String
        let message: String
        let remedy: String?
      }
      let error: Body
    }
    return JSON.line(Envelope(error: .init(exitCode: kind.rawValue, kind: kind.name, message: message, remedy: remedy)))
  }
}
