import EventStore
import LMDB
import Primitives
import Projections
import Rollup

/// What there is of a projection in a data directory.
package struct ProjectionStatus: Sendable {
  package let projection: String

  /// Of this program's fold.
  package let schemaVersion: UInt32

  /// The live version; nil when there is none.
  package let live: Version?

  /// The version that was live before, and can be again.
  package let previous: Version?

  /// A version that an interrupted rebuild or replay has left, that one is just making, or that was not to be made live.
  package let unfinished: Version?

  package struct Version: Sendable {
    package let name: VersionName

    /// Whether it can be read as it was after any L1 block; nil when its manifest cannot be read.
    package let keepsHistory: Bool?

    /// Whether it is whole on disk, and so can be made live.
    package let isFinished: Bool

    /// Bytes of its files.
    package let byteCount: Int

    /// Where it stands; nil when it was not opened.
    package let cursor: ProjectionCursor?

    /// Records of the logs that it has not folded; nil when it was not opened.
    package let lag: UInt64?

    /// Why it cannot be used; nil when it can.
    package let problem: String?
  }
}

extension Projector {
  /// Looks at the versions on disk. Only the live one is opened.
  package func status() throws(ProjectionError) -> ProjectionStatus {
    ProjectionStatus(
      projection: P.name, schemaVersion: P.schemaVersion, live: try versions.live.map(liveStatus),
      previous: versions.previous.map(unopenedStatus), unfinished: versions.unfinished.map(unopenedStatus))
  }

  /// The first L1 block that is not final and could not be taken back, because it is not remembered what was there before
  /// it; nil when all can. O(blocks that are not final).
  package func firstBlockWithoutJournal() throws(ProjectionError) -> UInt64? {
    let version = try openLive(.readOnly)
    let cursor = try checkedCursor(of: version, allowingRevoked: true)
    let finalized: UInt64?
    do throws(ReadError) { finalized = try log.finalizedBlock()?.number } catch { throw .log(error) }
    var number = finalized.map { $0 + 1 } ?? 1
    while number <= cursor.l1BlockNumber {
      if try version.journalHeader(number) == nil { return number }
      number += 1
    }
    return nil
  }

  private func unopenedStatus(_ name: VersionName) -> ProjectionStatus.Version {
    ProjectionStatus.Version(
      name: name, keepsHistory: keepsHistory(name), isFinished: (try? isFinished(name)) ?? false,
      byteCount: byteCount(of: name), cursor: nil, lag: nil, problem: nil)
  }

  /// Bytes of a version's files; 0 when it has just been removed.
  private func byteCount(of name: VersionName) -> Int {
    (try? Files.byteCount(in: versions.path(of: name))) ?? 0
  }

  private func keepsHistory(_ name: VersionName) -> Bool? {
    (try? manifest(of: name))?.keepsHistory
  }

  private func liveStatus(_ name: VersionName) throws(ProjectionError) -> ProjectionStatus.Version {
    var cursor: ProjectionCursor?
    var problem: String?
    do throws(ProjectionError) {
      let version = try openLive(.readOnly)
      cursor = try version.cursor() ?? .start
      if let cursor, let reason = try reasonToRebuild(cursor) { throw rebuildRequired(reason) }
    } catch {
      problem = "\(error)"
    }
    let size = try extent().count
    return ProjectionStatus.Version(
      name: name, keepsHistory: keepsHistory(name), isFinished: true, byteCount: byteCount(of: name), cursor: cursor,
      lag: cursor.map { size - min(size, $0.extent.count) }, problem: problem)
  }
}
