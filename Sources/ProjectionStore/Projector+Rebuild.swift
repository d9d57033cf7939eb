import EventStore
import LMDB
import Primitives
import Projections
import Rollup

/// A version that a rebuild has made.
package struct RebuiltVersion: Sendable {
  package let name: VersionName

  /// Where it stands.
  package let cursor: ProjectionCursor

  /// Whether readers get it.
  package let isLive: Bool
}

extension Projector {
  /// Folds the log from position 0 into a fresh version beside the live one, and makes it live when it has reached the
  /// log's head.
  ///
  /// The new version is written without syncs until it is complete. A rebuild that was interrupted, even by kill -9, goes
  /// on where it was; after a restart of the machine it begins anew. The version that was live serves readers until the
  /// switch, and whoever follows the log with it is not held up before. It stays until it is dropped, or until another one
  /// was live: one can go back to it.
  ///
  /// - Parameters:
  ///   - block: the last L1 block to fold; nil: all of the log.
  ///   - resume: whether to go on with an interrupted rebuild; without, it begins anew.
  ///   - switches: whether the new version is made live; without, it stays beside, whole and on disk, for `switchTo`.
  /// - Throws: `requirementBehind` when a projection without which this one cannot be folded does not come to the head, however
  ///   long the options say to wait for who writes it, and `interrupted`; what was folded stays, to be resumed.
  @discardableResult
  package func rebuild(
    _ options: Options = Options(), to block: UInt64? = nil, resume: Bool = true, switches: Bool = true
  ) throws(ProjectionError) -> RebuiltVersion {
    let lock = try ProjectionError.lock(versions.directory, .builder)
    // Whatever it requires is brought at least as far.
    let size = try extent(through: block)
    let build = try startBuild(
      resume: resume, options, notBeyond: block.map { _ in size }, telling: { lock.note($0.note) })
    let run = FoldRun<P>(
      log, testimony, into: build.version, from: build.cursor, try upstreams(.build, options), options)
    try notingStandstill { () throws(ProjectionError) in
      lock.note("\(run.cursor.extent.count)")
      try run.foldFinal(of: size, telling: { lock.note($0.note) }) { final throws(ProjectionError) in
        try advance(run, past: final.ledger, of: size, options) { final }
      }
      lock.note("\(run.cursor.extent.count)")
      try advance(run, past: size.ledger, options) { () throws(ProjectionError) in try extent(through: block) }
    }
    try finish(build, options)
    if switches {
      try makeLive(build, options) { () throws(ProjectionError) in
        guard block == nil else { return }
        // Of what it requires another version may be live by now.
        try lookAgain(run, .none, options)
        try noting(run) { () throws(ProjectionError) in
          try advance(run) { () throws(ProjectionError) in try extent() }
        }
      }
    }
    _ = consume lock
    return RebuiltVersion(name: build.name, cursor: run.cursor, isLive: switches)
  }

  /// Brings a run to an end that moves. L1 may revoke what was just folded, or is about to be, at any time; what it has in
  /// place of that stands behind it in the log.
  func advance(
    _ run: FoldRun<P>, of whole: LogExtent? = nil, to end: () throws(ProjectionError) -> LogExtent
  ) throws(ProjectionError) {
    var (revoked, before): (UInt64, UInt64)
    repeat {
      before = try log.revokedCount(before: .max)
      try run.advance(to: try end(), of: whole)
      revoked = try log.revokedCount(before: .max)
    } while revoked != before && !run.isEnded
  }

  /// Records up to the end of a canonical L1 block, or all that there are.
  private func extent(through block: UInt64?) throws(ProjectionError) -> LogExtent {
    var extent = try extent()
    guard let block else { return extent }
    let found: (id: BlockID, positions: Range<Position>)?
    do throws(ReadError) { found = try log.block(block) } catch { throw .log(error) }
    guard let found else { throw .noSuchL1Block(block) }
    extent.ledger = found.positions.upperBound.rawValue
    return extent
  }
}
