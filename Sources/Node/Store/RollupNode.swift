import EventStore
package import L1
package import Primitives
import ProjectionStore
package import Roles
package import Rollup
package import StateTransition
package import StoreFiles
package import SystemPackage

/// A node over its data directory: the ledger of L1, the projections at its head, and the view that its roles decide by.
///
/// The directory is a store like one that an import has made: every command that reads one reads this one too.
package struct RollupNode {
  package let directory: DataDirectory
  package private(set) var follower: Follower
  package let projections: LiveProjections

  /// Takes up the store in a directory, or makes one.
  ///
  /// - Throws: `otherChain` when the store was made for another configuration; then nothing is changed.
  package init(directory path: FilePath, configuration: ChainConfiguration) throws(NodeError) {
    directory = DataDirectory(path)
    let chain = configuration.hash
    var manifest: StoreManifest?
    do throws(DataDirectoryError) { manifest = try directory.manifestIfPresent() } catch { throw .directory(error) }
    if let manifest, manifest.chainConfigurationHash != chain { throw .otherChain(path: path.string) }
    let ledger: EventLog
    do { ledger = try EventLog.open(directory.ledger, mode: .create) } catch { throw .open(error) }
    // Before the first record: a ledger with records and without a manifest is a store that has lost it.
    try Follower.requireChain(configuration, of: ledger)
    let known: StoreManifest
    if let manifest {
      known = manifest
    } else {
      do throws(DataDirectoryError) { known = try directory.makeStore(for: chain, of: ledger) } catch {
        throw .directory(error)
      }
    }
    follower = try Follower(ledger: ledger, configuration: configuration)
    projections = LiveProjections(dataDirectory: path, log: ledger, storeID: known.storeID)
    try followLedger()
  }

  /// Brings ledger and projections to the head of L1.
  package mutating func follow(_ l1: some L1Chain) async throws(NodeError) -> Follower.Progress {
    let progress = try await follower.follow(l1)
    try followLedger()
    return progress
  }

  private func followLedger() throws(NodeError) {
    do { try projections.follow() } catch { throw .projection(error) }
  }
}

extension RollupNode {
  package var view: RollupView { follower.view }

  /// States of all blocks ever derived.
  package var archive: StateArchive { follower.archive }

  /// `CanonicalAccumulator` after the newest L1 block.
  package var canonicalAcc: Hash256 { follower.canonicalAcc }

  /// The newest L1 block that stays.
  package var finalized: BlockID? { follower.finalized }
}
