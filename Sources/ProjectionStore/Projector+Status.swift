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

  /// Whether somebody is making or removing a version right now.
  package let isBuilding: Bool

  /// How far the run is that makes the unfinished version; nil when none does.
  package let progress: ProjectionProgress?

  /// Whether a `verify` that was killed has left what it folded.
  package let hasScratch: Bool

  /// The record at which the last run stopped that came to it; nil where the live version, or the unfinished one if there is
  /// none, has come past it, or L1 has left it.
  package let standstill: Standstill?

  package struct Version: Sendable {
    package let name: VersionName

    /// Whether it can be read as it was after any L1 block; nil when its manifest cannot be read.
    package let keepsHistory: Bool?

    /// How many changes of rows it keeps what was before of; nil where it was not opened, or is no archive.
    package let changeCount: Int?

    /// Hash of the snapshot file that it was taken from, in hexadecimal; nil where it was folded here from position 0, or was
    /// imported by a program that did not write it down yet.
    package let snapshot: String?

    /// Whether it is whole on disk, and so can be made live.
    package let isFinished: Bool

    /// Bytes of its files.
    package let byteCount: Int

    /// Where it stands; nil when it was not opened: the one before the live one never is, and one beside it only where it
    /// is of this program's fold and of this start of the machine, or on disk.
    package let cursor: ProjectionCursor?

    /// Records of the logs that it has not folded; nil when it was not opened.
    package let lag: UInt64?

    /// Records that it has folded, and L1 has revoked since: it takes them back when it is brought to the head of the log.
    /// Nil when it was not opened.
    package let revoked: UInt64?

    /// Why it cannot be used; nil when it can.
    package let problem: String?
  }
}

extension Projector {
  /// Looks at the versions on disk. The one before the live one is not opened.
  package func status() throws(ProjectionError) -> ProjectionStatus {
    let size = try extent().count
    let unfinished = versions.unfinished.map { besideStatus($0, of: size) }
    let live = versions.live.map { liveStatus($0, of: size) }
    return ProjectionStatus(
      projection: P.name, schemaVersion: P.schemaVersion, live: live,
      previous: versions.previous.map { besideStatus($0, nil, of: size) }, unfinished: unfinished,
      isBuilding: ProjectionError.isLocked(versions.directory, .builder),
      progress: unfinished?.cursor.flatMap { progress(at: $0, of: size) }, hasScratch: hasScratch,
      standstill: try standstill(of: (live ?? unfinished)?.cursor))
  }

  /// Hash of the snapshot file that the live version was taken from, in hexadecimal; nil where it was folded here from position
  /// 0, or there is none.
  package func liveSnapshot() throws(ProjectionError) -> String? {
    guard let live = versions.live else { return nil }
    return try manifest(of: live)?.snapshot
  }

  private func progress(at cursor: ProjectionCursor, of size: UInt64) -> ProjectionProgress? {
    ProjectionError.runNote(versions.directory).flatMap { note in
      ProjectionProgress(note: note.text, age: note.age, of: cursor, target: size)
    }
  }

  private var hasScratch: Bool {
    let isThere = (try? Files.status(versions.scratch)) != nil
    return isThere && !ProjectionError.isLocked(versions.directory, .scratch)
  }

  /// The first L1 block that is not final and could not be taken back, because it is not remembered what was there before
  /// it; nil when all can. The log's first block is none that L1 leaves. O(blocks that are not final).
  package func firstBlockWithoutJournal() throws(ProjectionError) -> UInt64? {
    let version = try openLive(.readOnly)
    let cursor = try checkedCursor(of: version, allowingRevoked: true)
    let finalized: BlockID?
    let blocks: ClosedRange<UInt64>?
    do throws(ReadError) { (finalized, blocks) = (try log.finalizedBlock(), try log.l1Blocks()) } catch {
      throw .log(error)
    }
    guard let first = blocks?.lowerBound else { return nil }
    var number = max(finalized?.number ?? first, first) + 1
    while number <= cursor.l1BlockNumber {
      if try version.journalHeader(number) == nil { return number }
      number += 1
    }
    return nil
  }

  /// Of a version beside the live one, wherever it can be opened.
  private func besideStatus(_ name: VersionName, of size: UInt64) -> ProjectionStatus.Version {
    besideStatus(name, try? openVersion(name, .readOnly).cursor() ?? .start, of: size)
  }

  private func besideStatus(
    _ name: VersionName, _ cursor: ProjectionCursor?, of size: UInt64
  ) -> ProjectionStatus.Version {
    let manifest = try? self.manifest(of: name)
    return ProjectionStatus.Version(
      name: name, keepsHistory: manifest?.keepsHistory, changeCount: nil, snapshot: manifest?.snapshot,
      isFinished: (try? isFinished(name)) ?? false, byteCount: byteCount(of: name), cursor: cursor,
      lag: cursor.map { size - min(size, $0.extent.count) }, revoked: nil, problem: nil)
  }

  /// Bytes of a version's files; 0 when it has just been removed.
  private func byteCount(of name: VersionName) -> Int {
    (try? Files.byteCount(in: versions.path(of: name))) ?? 0
  }

  private func liveStatus(_ name: VersionName, of size: UInt64) -> ProjectionStatus.Version {
    var cursor: ProjectionCursor?
    var revoked: UInt64?
    var changes: Int?
    var problem: String?
    do throws(ProjectionError) {
      let version = try openLive(.readOnly)
      if let history = version.historyTable { changes = try version.rowCount(of: history) }
      let found = try version.cursor() ?? .start
      cursor = found
      _ = try checkedCursor(of: version, allowingRevoked: true)
      revoked = try revokedRecords(behind: found, of: version)
    } catch {
      problem = "\(error)"
    }
    let manifest = try? self.manifest(of: name)
    return ProjectionStatus.Version(
      name: name, keepsHistory: manifest?.keepsHistory, changeCount: changes, snapshot: manifest?.snapshot,
      isFinished: true, byteCount: byteCount(of: name), cursor: cursor,
      lag: cursor.map { size - min(size, $0.extent.count) }, revoked: revoked, problem: problem)
  }

  /// How many of the records that the version has folded L1 has revoked since.
  ///
  /// - Throws: `rebuildRequired` when it could not take them back.
  func revokedRecords(
    behind cursor: ProjectionCursor, of version: ProjectionVersion
  ) throws(ProjectionError) -> UInt64 {
    guard P.readMode == .canonical else { return 0 }
    let count = try log.revokedCount(before: cursor.nextPosition)
    guard count > cursor.skippedRecords else { return 0 }
    _ = try version.blocksToTakeBack(cursor, of: log, projection: P.name)
    return count - cursor.skippedRecords
  }
}
