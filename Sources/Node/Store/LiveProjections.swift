import EventStore
package import ProjectionStore
package import Projections
import Rollup
import SystemPackage

/// The projections that a node keeps at the head of its ledger.
package struct LiveProjections: Sendable {
  package let proposerState: Projector<ProposerState>
  package let challengerView: Projector<ChallengerView>
  package let queryIndex: Projector<QueryIndex>

  /// A projection that stands still, and why.
  package struct Standstill: Sendable {
    package let projection: String
    package let error: ProjectionError
  }

  /// Those that could not be brought to the head of the ledger the last time, and those that the others went on without.
  package private(set) var standstills: [Standstill] = []

  init(dataDirectory: FilePath, log: EventLog, storeID: String) {
    // They are read while they follow.
    proposerState = Projector(dataDirectory: dataDirectory, log: log, storeID: storeID, keepsOpen: true)
    challengerView = Projector(dataDirectory: dataDirectory, log: log, storeID: storeID, keepsOpen: true)
    queryIndex = Projector(dataDirectory: dataDirectory, log: log, storeID: storeID, keepsOpen: true)
  }

  /// Brings all to the head of the ledger. One that is not there yet, or of another fold, is built from position 0.
  ///
  /// What stops one of them, such as a record that it cannot fold, stops that one, and those that cannot do without it;
  /// each goes on as soon as it can. The others are served meanwhile.
  mutating func follow() {
    standstills = []
    follow(proposerState)
    follow(challengerView)
    follow(queryIndex)
  }

  private mutating func follow<P: Projection>(_ projector: Projector<P>) {
    var options = Projector<P>.Options()
    // Another process may just be making a new version live.
    options.lockPatience = .seconds(5)
    var leftOut: [Standstill] = []
    options.onLeftOut = { leftOut.append(Standstill(projection: $0, error: $1)) }
    do throws(ProjectionError) { try projector.bringUp(options) } catch {
      standstills.append(Standstill(projection: P.name, error: error))
    }
    for other in leftOut where !standstills.contains(where: { $0.projection == other.projection }) {
      standstills.append(other)
    }
  }
}
