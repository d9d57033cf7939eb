public import LMDB
import Primitives
import Rollup
import Synchronization

/// What the reorganisations of L1 have revoked, as of one snapshot.
package struct Revocations: Sendable {
  /// The newest `L1Reorged` that is accounted for.
  var newest: UInt64?

  /// Revoked positions, ascending and apart; observations between them are left out.
  var ranges: [Range<UInt64>] = []

  /// What one reorganisation revoked.
  struct Branch: Sendable {
    /// Numbers of the newest L1 block that stayed, and of the newest that did not.
    let ancestor, tip: UInt64

    /// Positions, ascending and apart: without observations, and without what had been revoked before. Blocks follow one
    /// another in them.
    let ranges: [Range<UInt64>]

    func reaches(_ number: UInt64) -> Bool { ancestor < number && number <= tip }
  }

  /// A branch for each reorganisation, in their order.
  var branches: [Branch] = []

  /// How many positions before `end` are revoked. O(ranges).
  package func count(before end: UInt64) -> UInt64 {
    ranges.reduce(0) { count, range in
      range.lowerBound < end ? count + min(range.upperBound, end) - range.lowerBound : count
    }
  }

  /// The parts of `range` that stand.
  package func kept(of range: Range<UInt64>) -> [Range<UInt64>] {
    var kept: [Range<UInt64>] = []
    var next = range.lowerBound
    for revoked in ranges where revoked.upperBound > next && revoked.lowerBound < range.upperBound {
      if next < revoked.lowerBound { kept.append(next..<revoked.lowerBound) }
      next = revoked.upperBound
    }
    if next < range.upperBound { kept.append(next..<range.upperBound) }
    return kept
  }

  /// Adds what one reorganisation revoked.
  mutating func revoke(_ reorg: L1Reorged, butNot observations: [UInt64]) {
    let range = reorg.revokedFrom.rawValue..<reorg.revokedTo.rawValue + 1
    var parts: [Range<UInt64>] = []
    var next = range.lowerBound
    for observation in observations.sorted() where range.contains(observation) {
      if next < observation { parts.append(next..<observation) }
      next = observation + 1
    }
    if next < range.upperBound { parts.append(next..<range.upperBound) }
    branches.append(
      Branch(
        ancestor: reorg.commonAncestor.number, tip: reorg.oldTip.number, ranges: parts.flatMap { kept(of: $0) }))
    ranges = (ranges + parts).sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, part in
      if let last = merged.last, part.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
      } else {
        merged.append(part)
      }
    }
  }
}

/// Key of table `observations`: kind, then position, both big-endian.
struct ObservationKey {
  var kind: EventKind
  var position: UInt64

  static let byteCount = 10

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: kind.rawValue)
    bytes.append(bigEndian: position)
    return bytes
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// Positions of the observations of one kind, from `first` on, ascending.
  func observations(
    _ kind: EventKind, from first: UInt64 = 0, in tables: EventLog.Tables
  ) throws(LMDBError) -> [UInt64] {
    var positions: [UInt64] = []
    var cursor = try cursor(in: tables.observations)
    var entry = try cursor.seek(ObservationKey(kind: kind, position: first).bytes.rawSpan)
    while let found = entry, found.key.byteCount == ObservationKey.byteCount,
      found.key.bigEndian(at: 0, as: UInt16.self) == kind.rawValue
    {
      positions.append(found.key.bigEndian(at: 2))
      entry = try cursor.next()
    }
    return positions
  }

  /// The newest observation of one kind. One seek.
  func newestObservation(_ kind: EventKind, in tables: EventLog.Tables) throws(LMDBError) -> UInt64? {
    var cursor = try cursor(in: tables.observations)
    let end = ObservationKey(kind: kind, position: .max).bytes
    let found = try cursor.seek(end.rawSpan) == nil ? try cursor.last() : try cursor.previous()
    guard let found, found.key.byteCount == ObservationKey.byteCount,
      found.key.bigEndian(at: 0, as: UInt16.self) == kind.rawValue
    else { return nil }
    return found.key.bigEndian(at: 2)
  }

  /// Reads all reorganisations and what they revoked.
  func revocations(in tables: EventLog.Tables) throws(ReadError) -> Revocations {
    var revocations = Revocations()
    let reorgs: [UInt64]
    var observations: [UInt64] = []
    do throws(LMDBError) {
      reorgs = try self.observations(.l1Reorged, in: tables)
      guard !reorgs.isEmpty else { return revocations }
      for kind in EventKind.allCases where kind.isObservation {
        observations += try self.observations(kind, in: tables)
      }
    } catch { throw .store(error) }
    for position in reorgs {
      let event = try withRecord(at: position, in: tables) { (view: borrowing RecordView) throws(ReadError) in
        try view.event()
      }
      guard case .l1Reorged(let reorg) = event else {
        throw .damaged(Damage(.shape("the index calls it an L1Reorged"), position: Position(position)))
      }
      guard reorg.revokedFrom <= reorg.revokedTo, reorg.revokedTo.rawValue < position else {
        throw .damaged(Damage(.shape("it revokes records that do not stand before it"), position: Position(position)))
      }
      revocations.revoke(reorg, butNot: observations)
      revocations.newest = position
    }
    return revocations
  }
}

extension EventLog {
  /// The parts of `range` that no reorganisation has revoked as of this snapshot.
  ///
  /// The list is kept from one snapshot to the next, and read again when a reorganisation has come: one seek otherwise.
  @usableFromInline
  func canonicalRanges(
    _ range: Range<UInt64>, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> [Range<UInt64>] {
    try currentRevocations(in: transaction).kept(of: range)
  }

  func currentRevocations(in transaction: borrowing ReadTransaction) throws(ReadError) -> Revocations {
    let newest: UInt64?
    do throws(LMDBError) {
      newest = try transaction.newestObservation(.l1Reorged, in: tables)
    } catch { throw .store(error) }
    let known = revocations.withLock { $0 }
    guard known.newest != newest else { return known }
    let current = try transaction.revocations(in: tables)
    revocations.withLock { $0 = current }
    return current
  }
}
