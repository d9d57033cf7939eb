import ArgumentParser
import Projections

/// `varve projection`: what has been derived from the log, and the means to derive it again.
struct ProjectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projection",
    abstract: "List, rebuild, digest and verify what is derived from the log; switch between versions of it.",
    discussion: """
      A projection is a pure function of the log, kept in a directory of its own.
      Nothing in it is precious: it can be rebuilt at any time, to the same bytes.

      EXAMPLES
        varve projection list
        varve projection rebuild proposer-state
        varve projection digest proposer-state
        varve projection verify proposer-state
        varve projection switch proposer-state
        varve projection rollback proposer-state
        varve projection snapshot export proposer-state state.snapshot
        varve projection drop proposer-state
      """,
    subcommands: [
      ProjectionList.self, ProjectionRebuild.self, ProjectionDigestCommand.self, ProjectionVerify.self,
      ProjectionSwitch.self, ProjectionRollback.self, ProjectionDrop.self, ProjectionSnapshot.self,
    ])
}

/// The projections that there are.
enum ProjectionName: String, ExpressibleByArgument, CaseIterable {
  case proposerState = "proposer-state"
  case challengerView = "challenger-view"
  case senderIndex = "sender-index"
  case queryIndex = "query-index"
  case equivocationView = "equivocation-view"

  init?(argument: String) {
    self.init(rawValue: argument)
  }

  /// The fold.
  var type: any Projection.Type {
    switch self {
    case .proposerState: ProposerState.self
    case .challengerView: ChallengerView.self
    case .senderIndex: SenderIndex.self
    case .queryIndex: QueryIndex.self
    case .equivocationView: EquivocationView.self
    }
  }
}
