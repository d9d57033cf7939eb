package import Rollup

/// A pure fold over the log: the same events in, the same rows out, on any machine and in any batches.
///
/// A projection sees the event and the rows that it wrote before, nothing else: no clock, no randomness, no environment.
/// Everything around it (the cursor, commits, rebuilds, digests) is the runtime's, the same for all projections.
package protocol Projection {
  /// What folding one event can tell the runtime, beyond rows. `Never` for a projection with nothing to tell.
  associatedtype Finding: Sendable

  /// The name of its directory and in commands, such as `proposer-state`.
  static var name: String { get }

  /// Raised with every change of what the rows mean. Another version is rebuilt, never migrated.
  static var schemaVersion: UInt32 { get }

  /// Every table it writes; `tables[i].index == i`. Digests and writes follow this order. No key of a table begins with
  /// another one of it.
  static var tables: [ProjectionTable] { get }

  /// Those of its tables that the fold writes and never reads: the view that it is given traps where it does. A rebuild
  /// sets their rows aside, and writes them in the order of their keys once it has all that are final.
  static var unreadTables: [ProjectionTable] { get }

  /// Those of its tables that other projections may read.
  static var resultTables: [ProjectionTable] { get }

  /// The projections whose results it reads. The runtime brings them up to date first. Its rows must come out the same
  /// without them: what an upstream says, a fold could find out by itself.
  static var upstreams: [any Projection.Type] { get }

  /// The projections without whose results it cannot be folded. The runtime folds it no further than they have come, and
  /// from what they make of the same records.
  static var requirements: [any Projection.Type] { get }

  /// Which records it is given.
  static var readMode: ReadMode { get }

  /// The fold for the chain that the log's first record configures.
  init(configuration: ChainConfiguration)

  /// Applies one event: reads and writes rows through `view`, and returns what the runtime should know.
  ///
  /// Throws when the event cannot be applied; rows written before the throw are discarded by the caller.
  func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Finding?
}

extension Projection {
  package static var unreadTables: [ProjectionTable] { [] }

  package static var resultTables: [ProjectionTable] { [] }

  package static var upstreams: [any Projection.Type] { [] }

  package static var requirements: [any Projection.Type] { [] }
}

/// Which records a projection is given.
package enum ReadMode: Sendable {
  /// Those that L1 still has: revoked ones are never given.
  case canonical
  /// All of them, in the order in which this node recorded them; `L1Reorged` is an event like any other.
  case physical
  /// All of them, as in `physical`, and the testimony as well, each where it arrived: behind the records that the ledger
  /// had then, before those that came later. Of several that arrived at one place the testimony's own order decides.
  case physicalWithTestimony
}

/// An event and where L1 has it. Positions in the log are left out on purpose: they depend on what this node happened to
/// see, so they may not reach a row. A testimony says where it arrived all the same, which is for the runtime to read.
package struct Fact: Sendable {
  package let coordinates: L1Coordinates
  package let event: Event

  package init(coordinates: L1Coordinates, event: Event) {
    self.coordinates = coordinates
    self.event = event
  }
}
