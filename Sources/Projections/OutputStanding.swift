package import Rollup

/// What there is to do about an output, and until when.
package enum OutputStanding: Hashable, Sendable {
  /// It can be relied on, if it is right.
  case final
  case deleted
  /// This game decides.
  case disputed(game: UInt64)
  /// Anybody can dispute it for so many seconds of L1 time more.
  case challengeable(secondsLeft: UInt64)
  /// It is wrong, and nobody has disputed it yet; for so many seconds somebody still can.
  case unchallenged(secondsLeft: UInt64)
  /// Nobody can dispute it any more; it waits for somebody to make it final.
  case closed

  /// - Parameters:
  ///   - judgement: nil while there is no verdict.
  ///   - now: time of the newest L1 block, in seconds.
  package init(_ output: OutputRow, _ judgement: OutputJudgement?, now: UInt64) {
    switch output.status {
    case .final: self = .final
    case .deleted: self = .deleted
    case .open:
      if let game = output.game {
        self = .disputed(game: game)
      } else if output.challengeEnd > now {
        let left = output.challengeEnd - now
        self = judgement?.isWrong == true ? .unchallenged(secondsLeft: left) : .challengeable(secondsLeft: left)
      } else {
        self = .closed
      }
    }
  }

  /// The case's name, as programs are told.
  package var name: String {
    switch self {
    case .final: "final"
    case .deleted: "deleted"
    case .disputed: "disputed"
    case .challengeable: "challengeable"
    case .unchallenged: "unchallenged"
    case .closed: "closed"
    }
  }
}
