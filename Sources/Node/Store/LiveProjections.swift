import EventStore
package import ProjectionStore
package import Projections
import Rollup
import SystemPackage

/// The projections that a node keeps at the head of its ledger.
package struct LiveProjections: Sendable {
  package let proposerState: Projector<ProposerState>
  package let challengerView: Projector<ChallengerView>

  init(dataDirectory: FilePath, log: EventLog, storeID: String) {
    proposerState = Projector(dataDirectory: dataDirectory, log: log, storeID: storeID)
    challengerView = Projector(dataDirectory: dataDirectory, log: log, storeID: storeID)
  }

  /// Brings both to the head of the ledger. One that is not there yet, or of another fold, is built from position 0.
  func follow() throws(ProjectionError) {
    try follow(proposerState)
    try follow(challengerView)
  }

  private func follow<P: Projection>(_ projector: Projector<P>) throws(ProjectionError) {
    do throws(ProjectionError) {
      try projector.catchUp()
    } catch {
      switch error {
      case .notBuilt, .rebuildRequired: try projector.rebuild()
      default: throw error
      }
    }
  }
}
