import EventStore
package import L1
package import Primitives
import ProjectionStore
package import Projections
package import Roles
package import Rollup
package import StateTransition
package import StoreFiles
package import SystemPackage

/// A node over its data directory: the ledger of L1, the projections at its head, and the view that its roles decide by.
///
/// A projection that stands still is told by `projections.standstills`, and stops nothing else.
///
/// The directory is a store like one that an import has made: every command that reads one reads this one too.
package struct RollupNode {
  package let directory: DataDirectory
  package private(set) var follower: Follower
  package private(set) var projections: LiveProjections

  /// What the sequencer has signed and L1 does not have yet, executed.
  package private(set) var unsafe: UnsafeView

  /// Takes up the store in a directory, or makes one.
  ///
  /// - Throws: `otherChain` when the store was made for another configuration; then nothing is changed.
  package init(directory path: FilePath, configuration: ChainConfiguration) throws(NodeError) {
    directory = DataDirectory(path)
    guard let unsafe = UnsafeView(configuration: configuration) else { throw .view(.notARollup) }
    self.unsafe = unsafe
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
    projections.follow()
  }

  /// Brings ledger and projections to the head of L1.
  package mutating func follow(_ l1: some L1Chain) async throws(NodeError) -> Follower.Progress {
    let progress = try await follower.follow(l1)
    projections.follow()
    return progress
  }

  /// Holds what is unsafe against the state as L1 gives it now, and takes more that the sequencer has signed. While the
  /// state stands still it is held against the rows as they stand, and no more is taken.
  package mutating func followUnsafe(
    taking blocks: [(block: RollupBlock, signed: SignedCommitment)] = []
  ) throws(NodeError) -> UnsafeProgress {
    let standsStill = projections.standstills.contains { $0.projection == ProposerState.name }
    var unsafe = unsafe
    let progress: UnsafeProgress
    do throws(ProjectionError) {
      progress = try projections.proposerState.read { rows, _ throws(FoldError) in
        try unsafe.follow(rows, taking: standsStill ? [] : blocks)
      }
    } catch {
      // There are no rows to hold them against, and none to show them over: `readLatest` says why.
      if standsStill { return UnsafeProgress() }
      throw .projection(error)
    }
    self.unsafe = unsafe
    return progress
  }

  /// Lends the rows of `ProposerState` as they are after the newest block that the sequencer has signed. What is unsafe is
  /// held against just these rows first: they may have moved since `followUnsafe`, and at a standstill too.
  package func readLatest<R>(_ body: (ProjectionView) throws(FoldError) -> R) throws(NodeError) -> R {
    var unsafe = unsafe
    do throws(ProjectionError) {
      return try projections.proposerState.read { rows, _ throws(FoldError) in
        _ = try unsafe.follow(rows)
        return try body(unsafe.latest(over: rows))
      }
    } catch { throw .projection(error) }
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

  /// Number of the newest L2 block that no reorganisation of L1 can take back: derived from final L1 blocks.
  package var finalizedHead: UInt64 { finalized.flatMap { view.l1Block($0.number)?.safeHead } ?? 0 }

  /// Number of the newest L2 block that the sequencer has signed, as far as it is known.
  package var unsafeHead: UInt64 { max(unsafe.head?.number ?? 0, view.safeHead) }
}
