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
  ///
  /// A record that one of them cannot fold stops that one alone, before the record. Once the other is at the head, the error
  /// is thrown, which names the record.
  func follow() throws(ProjectionError) {
    let failures = [failure(following: proposerState), failure(following: challengerView)]
    if let first = failures.compactMap(\.self).first { throw first }
  }

  private func failure<P: Projection>(following projector: Projector<P>) -> ProjectionError? {
    do throws(ProjectionError) { try projector.bringUp() } catch { return error }
    return nil
  }
}
