package import EventStore
package import ProjectionStore
package import Projections
import Roles
package import Rollup
package import SystemPackage

/// Both logs, and on disk what is made of them: `EquivocationView`.
package struct EquivocationStore {
  package let ledger: EventLog
  package let testimony: EventLog?
  package let configuration: ChainConfiguration

  private let projector: Projector<EquivocationView>

  /// - Parameters:
  ///   - testimony: nil where nothing was ever heard.
  ///   - storeID: the identity of the data directory's store.
  package init(
    dataDirectory: FilePath, ledger: EventLog, testimony: EventLog?, storeID: String
  ) throws(NodeError) {
    let first: Event
    do throws(ReadError) { first = try ledger.record(at: .zero).event() } catch { throw .read(error) }
    guard case .chainConfigured(let event) = first else { throw .view(.notARollup) }
    self.ledger = ledger
    self.testimony = testimony
    configuration = event.configuration
    projector = Projector(dataDirectory: dataDirectory, log: ledger, testimony: testimony, storeID: storeID)
  }

  /// Brings the projection to the end of both logs, and makes it when there is none that could go on.
  ///
  /// - Throws: `locked` when another process writes the projection for longer than the options have patience, ten seconds if
  ///   they do not say.
  package func bringUp(
    _ options: Projector<EquivocationView>.Options = .init()
  ) throws(NodeError) {
    var options = options
    options.lockPatience = options.lockPatience ?? .seconds(10)
    do throws(ProjectionError) { try projector.bringUp(options) } catch { throw .projection(error) }
  }

  /// Lends the projection's rows to `body`, and how far they have come, in one snapshot.
  package func read<R>(
    _ body: (ProjectionView, ProjectionCursor) throws(NodeError) -> R
  ) throws(NodeError) -> R {
    let result: Result<R, NodeError>
    do throws(ProjectionError) {
      result = try projector.read { view, cursor throws(FoldError) in
        do throws(NodeError) { return .success(try body(view, cursor)) } catch { return .failure(error) }
      }
    } catch { throw .projection(error) }
    return try result.get()
  }

  /// How many testimonies the rows do not know yet: the ledger is not as far as it was when they arrived.
  package func waitingTestimonies(_ cursor: ProjectionCursor) throws(NodeError) -> UInt64 {
    do throws(ReadError) {
      let (count, taken) = (try testimony?.head().size ?? 0, cursor.testimony?.nextPosition ?? 0)
      return count > taken ? count - taken : 0
    } catch { throw .read(error) }
  }

  /// What `body` reads of the rows; what it cannot read is damage.
  package static func rows<R>(_ body: () throws(FoldError) -> R) throws(NodeError) -> R {
    do throws(FoldError) { return try body() } catch { throw .rows(error) }
  }

  /// Makes files of what the rows say.
  package func evidenceMaker(_ view: ProjectionView) -> EvidenceMaker { EvidenceMaker(self, view) }
}
