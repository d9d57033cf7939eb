import EventStore
import LMDB
import Primitives
import Projections
import Rollup
import SystemPackage

/// What a rebuild beside the live version showed.
package struct VerifyReport: Sendable {
  /// Of the live version.
  package let stored: DigestReport

  /// Of the same records folded anew.
  package let rebuilt: DigestReport

  /// The first row that is not the same, of what the digests are about or of the history; nil when all are.
  package let difference: RowDifference?

  package var agrees: Bool { stored.digest == rebuilt.digest && difference == nil }
}

/// A row that is not what folding the log gives.
package struct RowDifference: Equatable, Sendable {
  package let table: String
  package let key: [UInt8]

  /// What the live version has; nil: no such row.
  package let stored: [UInt8]?

  /// What it should have; nil: no such row.
  package let rebuilt: [UInt8]?
}

extension RowDifference: CustomStringConvertible {
  package var description: String {
    "table \(table), key \(Hex.encode(key)): stored \(stored.map { Hex.encode($0) } ?? "nothing"), "
      + "rebuilt \(rebuilt.map { Hex.encode($0) } ?? "nothing")"
  }
}

extension Projector {
  /// Folds the records that the live version has folded, in a scratch directory, and compares.
  ///
  /// The live version is seen as of one moment, and goes on for whoever follows the log with it; its file grows by what it
  /// writes meanwhile, as nothing of that moment is written over. What L1 revokes meanwhile is folded all the same, as the live
  /// version had. Of other projections only those are read without which this one cannot be folded: what an upstream tells is
  /// found out anew. The scratch directory is removed at the end. A version that two rebuilds remove meanwhile is
  /// compared to the end all the same: its pages stay while it is open.
  ///
  /// - Throws: `reorganising` when L1 has left something that the live version has not taken back yet, or has left it meanwhile
  ///   and what a projection told without which this one cannot be folded may have been of another branch;
  ///   `requirementBehind` when such a one has not come as far; `locked` while another verification runs.
  package func verify(_ options: Options = Options()) throws(ProjectionError) -> VerifyReport {
    let lock = try ProjectionError.lock(versions.directory, .scratch)
    var options = options
    options.usesUpstreams = false
    let live = try openLive(.readOnly)
    let report = try live.readNewest { rows, target throws(ProjectionError) in
      let revoked = try revocations(at: target)
      return try withScratch(keepingHistory: live.keepsHistory) { scratch throws(ProjectionError) in
        let required = try upstreams(.none, options)
        let run = FoldRun<P>(log, testimony, into: scratch, from: .start, required, options)
        run.revoked = revoked
        try run.foldFinal(of: target.extent) { final throws(ProjectionError) in
          try run.advance(to: final, of: target.extent)
          try run.requireReached(final.ledger)
        }
        try run.advance(to: target.extent)
        try run.requireReached(target.nextPosition)
        let report = VerifyReport(
          stored: try live.digest(of: rows, at: target), rebuilt: try scratch.digest(),
          difference: try live.firstDifference(rows, from: scratch))
        // What it was folded from may have been of another branch.
        if !report.agrees, !required.isEmpty, try isLeft(target) {
          throw .reorganising(projection: P.name, l1Block: nil)
        }
        return report
      }
    }
    _ = consume lock
    return report
  }

  /// What L1 has revoked by the time at which a version stands at `cursor`: nothing of what it has folded.
  func revocations(at cursor: ProjectionCursor) throws(ProjectionError) -> Revocations {
    try requireCanonical(cursor)
    let revoked: Revocations
    do { revoked = try log.currentRevocations() } catch { throw .log(error) }
    // L1 may have left something since the cursor was looked at.
    guard P.readMode == .canonical, revoked.count(before: cursor.nextPosition) != cursor.skippedRecords else {
      return revoked
    }
    throw .reorganising(projection: P.name, l1Block: nil)
  }

  /// Lends a version without a row, which is removed when `body` returns. The caller holds the scratch directory's lock.
  func withScratch<R>(
    keepingHistory keepsHistory: Bool, _ body: (ProjectionVersion) throws(ProjectionError) -> R
  ) throws(ProjectionError) -> R {
    let directory = versions.scratch
    try ProjectionError.files { () throws(LMDB.OpenError) in
      try Files.removeDirectory(directory)
      try Files.createDirectory(directory)
    }
    defer { try? Files.removeDirectory(directory) }
    let scratch = try ProjectionVersion(
      directory, tables: P.tables, mode: .create, durability: .unsynced, keepsHistory: keepsHistory)
    return try body(scratch)
  }
}

extension ProjectionVersion {
  /// The first row, by table and key, that is not the same in `other`; nil when all are. History is compared as well, where
  /// it is kept.
  ///
  /// - Parameter mine: the rows of one of this version's snapshots.
  func firstDifference(
    _ mine: any TableReader, from other: ProjectionVersion
  ) throws(ProjectionError) -> RowDifference? {
    try other.read { theirs throws(ProjectionError) in
      for table in tables + (historyTable.map { [$0] } ?? []) {
        do throws(TableReadError) {
          if let found = try table.firstDifference(mine, theirs) { return found }
        } catch { throw .damaged(directory, "\(error)") }
      }
      return nil
    }
  }
}

extension ProjectionTable {
  fileprivate func firstDifference(
    _ stored: any TableReader, _ rebuilt: any TableReader
  ) throws(TableReadError) -> RowDifference? {
    let changed = try firstRow(of: stored, notIn: rebuilt).map { row in
      RowDifference(table: name, key: row.key, stored: row.value, rebuilt: row.other)
    }
    let missing = try firstRow(of: rebuilt, notIn: stored).map { row in
      RowDifference(table: name, key: row.key, stored: row.other, rebuilt: row.value)
    }
    guard let changed, let missing else { return changed ?? missing }
    return missing.key.lexicographicallyPrecedes(changed.key) ? missing : changed
  }

  /// The first row of `one` that `other` does not have, or has with another value.
  private func firstRow(
    of one: any TableReader, notIn other: any TableReader
  ) throws(TableReadError) -> (key: [UInt8], value: [UInt8], other: [UInt8]?)? {
    var found: (key: [UInt8], value: [UInt8], other: [UInt8]?)?
    var failure: TableReadError?
    try one.scan(self, from: [UInt8]().rawSpan) { key, value in
      do throws(TableReadError) {
        try other.read(self, key) { theirs in
          if let theirs, theirs.holdsSameBytes(as: value) { return }
          found = (key.bytes, value.bytes, theirs?.bytes)
        }
      } catch { failure = error }
      return found == nil && failure == nil
    }
    if let failure { throw failure }
    return found
  }
}
