import EventStore
import LMDB
import Primitives
import Projections
import Rollup

/// Folds records into one version, batch by batch: the only place where a projection's rows are written.
///
/// Each batch is folded over a snapshot of the rows before it and committed with the cursor in one transaction. When a
/// record cannot be folded, everything before it is kept.
///
/// Of each L1 block that is not final yet, the batch is committed with what was there before. When L1 revokes what a
/// canonical projection has folded, those blocks are taken back first. So are records of the ledger when a testimony comes
/// that arrived before them (`FoldRun+Testimony.swift`).
final class FoldRun<P: Projection> {
  var cursor: ProjectionCursor

  /// Told what folding found, in order, and again what is folded again: L1 may have revoked it before it was committed.
  /// Returns whether the run is to end after this record; throws to end it before.
  var onFinding: (P.Finding) throws(ProjectionError) -> Bool = { _ in false }

  /// What L1 has revoked, for a run over the log as it was at some time; nil: what it has revoked whenever records are read.
  var revoked: Revocations?

  /// Whether `onFinding` has ended the run, at a record that is committed.
  private(set) var isEnded = false

  let log: EventLog
  /// Nil where the projection is not folded from it, and where there is none.
  let testimony: EventLog?
  let version: ProjectionVersion
  var upstreams: [Upstream]
  let options: Projector<P>.Options
  /// Nobody else writes to the version, so that what was read and committed is what is there.
  let batch = WriteBatch(keepingRows: true)
  private var projection: P?

  /// Takes the rows of unread tables in their place; nil where they are written as they come.
  var spill: SpillFile?

  /// Read ahead of the testimony; nil where there is none to take.
  var queue: TestimonyQueue?

  /// The newest final L1 block when the batch began.
  private(set) var finalized: UInt64?

  init(
    _ log: EventLog, _ testimony: EventLog?, into version: ProjectionVersion, from cursor: ProjectionCursor,
    _ upstreams: [Upstream], _ options: Projector<P>.Options
  ) {
    self.log = log
    self.testimony = testimony
    self.version = version
    self.cursor = cursor
    if P.readMode == .physicalWithTestimony, cursor.testimony == nil { self.cursor.testimony = .start }
    self.upstreams = upstreams
    self.options = options
    batch.keepsHistory = version.keepsHistory && P.readMode == .canonical
  }

  /// Folds and commits until `target` has been folded, until `onFinding` ends the run, or as far as the projections have
  /// come that this one cannot do without. A testimony that arrived behind the end of the ledger waits for it.
  ///
  /// - Parameter whole: what progress is told of, where the target is a part of it.
  func advance(to target: LogExtent, of whole: LogExtent? = nil) throws(ProjectionError) {
    let count = (whole ?? target).count
    let start = cursor.extent.count
    let began = ContinuousClock.now
    var pace = options.recordsPerSecond.map { Pace(recordsPerSecond: $0, by: options.paceClock) }
    let batchLimit = min(UInt64(options.batchSize), pace?.batchLimit ?? .max)
    // A fold begins with a ledger that is configured.
    while !isEnded, target.ledger > 0, isBehind(target) {
      try unwindRevoked()
      try unwindOvertaken(target)
      let end = LogExtent(
        ledger: min(target.ledger, cursor.nextPosition + batchLimit), testimony: target.testimony)
      let before = cursor.extent.count
      guard try step(to: end, of: batchLimit) else { return }
      options.onProgress(
        ProjectionProgress(
          start: start, position: cursor.extent.count, target: count, l1BlockNumber: cursor.l1BlockNumber,
          elapsed: ContinuousClock.now - began))
      pace?.wait(after: cursor.extent.count - min(before, cursor.extent.count), unless: options.isCancelled)
      if isBehind(target), options.isCancelled() {
        throw .interrupted(projection: P.name, reached: cursor.extent.count, of: count)
      }
    }
  }

  private func isBehind(_ target: LogExtent) -> Bool {
    cursor.nextPosition < target.ledger || cursor.extent.testimony < target.testimony
  }

  /// Throws unless every record of the ledger before `position` has been folded: `advance` goes no further than what is
  /// required has come.
  func requireReached(_ position: UInt64) throws(ProjectionError) {
    guard cursor.nextPosition < position else { return }
    throw .requirementBehind(projection: P.name, reached: cursor.nextPosition, of: position)
  }

  /// Whether rows are taken back when L1 revokes the records that they came from.
  private var isCanonical: Bool { P.readMode == .canonical }

  /// Takes back what L1 has revoked of what was folded.
  func unwindRevoked() throws(ProjectionError) {
    guard isCanonical, try revokedCount(before: cursor.nextPosition) != cursor.skippedRecords else { return }
    batch.reset()
    cursor = try version.unwind(cursor, to: log, projection: P.name)
  }

  private func revokedCount(before position: UInt64) throws(ProjectionError) -> UInt64 {
    if let revoked { return revoked.count(before: position) }
    return try log.revokedCount(before: position)
  }

  /// Lends the records of a range that the projection is given.
  private func read(
    _ range: Range<Position>, _ body: (borrowing RecordView) throws(Interruption) -> Void
  ) throws(Interruption) {
    guard let revoked, isCanonical else { return try log.read(range, view: P.readMode.logView, body) }
    for part in revoked.kept(of: range.lowerBound.rawValue..<range.upperBound.rawValue) {
      try log.read(Position(part.lowerBound)..<Position(part.upperBound), view: .physical, body)
    }
  }

  /// Folds and commits the next records. False when there are none to fold: what it cannot do without has not come as far,
  /// or the testimony waits for the ledger.
  private func step(to end: LogExtent, of batchLimit: UInt64) throws(ProjectionError) -> Bool {
    let newestPoint = try version.newestPoint()
    let revoked = isCanonical ? try revokedCount(before: .max) : 0
    var part = BatchPart(from: cursor, newestPoint)
    do throws(ProjectionError) {
      try fold(to: end, of: batchLimit, &part)
    } catch {
      if leavesOut(error) { return try step(to: end, of: batchLimit) }
      // What failed may have been revoked since it was read: the next step begins with what L1 has now.
      if isCanonical, try revokedCount(before: .max) != revoked { return true }
      // The batch has rows of the record that failed. Folding the ones before it again leaves those out.
      if part.extent != cursor.extent {
        let reached = part.extent
        part = BatchPart(from: cursor, newestPoint)
        try fold(to: reached, of: batchLimit, &part)
        try commit(part)
      }
      throw error
    }
    guard part.extent != cursor.extent else { return false }
    try commit(part)
    return true
  }

  /// Whether an upstream is to blame for the failure, whose rows cannot be read; it is left out then, and said so.
  private func leavesOut(_ error: ProjectionError) -> Bool {
    guard case .fold(_, .rows(let failure)) = error, !P.tables.contains(where: { $0.name == failure.table }),
      let index = upstreams.firstIndex(where: { upstream in
        !upstream.isRequired && upstream.version.tables.contains { $0.name == failure.table }
      })
    else { return false }
    options.onLeftOut(upstreams.remove(at: index).name, error)
    return true
  }

  private func commit(_ part: BatchPart) throws(ProjectionError) {
    options.clock?.begin(.commit)
    defer { options.clock?.begin(nil) }
    let after = try part.cursor(in: log)
    // What L1 revoked while it was being folded is not committed: the next step begins with what L1 has now.
    if isCanonical, try revokedCount(before: after.nextPosition) != after.skippedRecords {
      isEnded = false
      return
    }
    try version.commit(
      batch, after, journal: part.sections, forgettingThrough: try lastForgotten(after), spilling: spill)
    batch.didCommit()
    cursor = after
  }

  /// Through which section the journal is not needed any more; nil where all of it is.
  private func lastForgotten(_ after: ProjectionCursor) throws(ProjectionError) -> UInt64? {
    switch P.readMode {
    case .canonical: finalized
    case .physical: .max
    case .physicalWithTestimony: try lastSettled(after)
    }
  }

  /// Folds the records from the cursor up to `end` into the batch; fewer when the batch is full or the run ends.
  private func fold(to end: LogExtent, of batchLimit: UInt64, _ part: inout BatchPart) throws(ProjectionError) {
    batch.begin()
    isEnded = false
    do {
      finalized = P.readMode == .physical || options.journalsEverything ? nil : try log.finalizedBlock()?.number
    } catch { throw .log(error) }
    let projection = try configuredProjection()
    beginTestimony(to: end.testimony)
    options.clock?.begin(.read)
    let pageCount = try version.pageCount()
    func endFullBatch(_ part: BatchPart) throws(Interruption) {
      options.clock?.begin(.read)
      if isEnded || options.isCancelled() || part.extent.count - part.before.extent.count >= batchLimit
        || Projector<P>.Options.isFull(batch, over: pageCount, keepingHistory: version.keepsHistory)
      {
        throw .full
      }
    }
    do throws(Interruption) {
      try withView { (view, reach) throws(Interruption) in
        func foldTestimony(through position: UInt64) throws(Interruption) {
          while let next = try takeTestimony(through: position) {
            try foldOne(next.event, at: next.place, projection, view)
            part.testimony = queue?.cursor
            try endFullBatch(part)
          }
        }
        let ledgerEnd = max(part.next, min(end.ledger, reach))
        try read(Position(part.next)..<Position(ledgerEnd)) {
          (record: borrowing RecordView) throws(Interruption) in
          try foldTestimony(through: record.position.rawValue)
          try foldOne(record, projection, view, &part)
          try endFullBatch(part)
        }
        part.next = ledgerEnd
        try foldTestimony(through: ledgerEnd)
      }
    } catch {
      // A full batch is one of its own.
      if case .failed(let failure) = error { throw failure }
    }
  }

  /// Lends what the fold reads and writes: the batch over a snapshot of its rows, and snapshots of its upstreams; and how far
  /// these let it go.
  private func withView(
    _ body: (ProjectionView, _ reach: UInt64) throws(Interruption) -> Void
  ) throws(Interruption) {
    try version.read { (store: any TableReader) throws(Interruption) in
      try Upstream.read(upstreams[...]) { (upstreams, cursors) throws(Interruption) in
        let services = FoldServices(upstreams: upstreams, map: ParallelMap(), stages: options.clock)
        let rows = ProjectionView(batch: batch, over: store, services: services, unread: P.unreadTables)
        try body(rows, try reach(of: cursors))
      }
    }
  }

  /// How far the projections have come without which this one cannot be folded: the first record that one of them has not.
  /// Zero while one has not yet taken back what L1 has revoked.
  private func reach(of cursors: [ProjectionCursor]) throws(Interruption) -> UInt64 {
    var reach = UInt64.max
    do throws(ProjectionError) {
      for cursor in cursors {
        guard try revokedCount(before: cursor.nextPosition) == cursor.skippedRecords else { return 0 }
        reach = min(reach, cursor.nextPosition)
      }
    } catch { throw .failed(error) }
    return reach
  }

  private func foldOne(
    _ record: borrowing RecordView, _ projection: P, _ view: ProjectionView, _ part: inout BatchPart
  ) throws(Interruption) {
    let position = record.position
    part.next = position.rawValue
    let header: RecordHeader
    do throws(ReadError) { header = try record.header } catch { throw .failed(.log(error)) }
    if isCanonical {
      // What a node saw of L1 is no part of what L1 says.
      if header.kind.isObservation {
        part.foldedRecords += 1
        part.next += 1
        return
      }
      let number = header.coordinates.blockNumber
      // What is spilled is never taken back.
      let isJournaled = spill == nil && (finalized.map { number > $0 } ?? true)
      if part.sections.last?.l1Block != number, isJournaled || version.keepsHistory {
        batch.beginSection()
        part.beginSection(of: number, isJournaled: isJournaled)
      }
    } else if try mayBeOvertaken(header) {
      batch.beginSection()
      part.beginSection(of: header)
    }
    let place = ProjectionError.Place(
      projection: P.name, position: position, kind: header.kind, coordinates: header.coordinates)
    let event: Event
    do throws(EventError) {
      event = try record.withPayload { payload throws(EventError) in
        try Event(kind: header.kind, payload: payload)
      }
    } catch { throw .failed(.undecodable(place, error)) }
    try foldOne(event, at: place, projection, view)
    if case .l1BlockAppended(let block) = event { part.begin(header.coordinates.blockNumber, block) }
    part.beginVersions(batch.takeVersions())
    part.foldedRecords += 1
    part.next += 1
  }

  private func foldOne(
    _ event: Event, at place: ProjectionError.Place, _ projection: P, _ view: ProjectionView
  ) throws(Interruption) {
    let finding: P.Finding?
    do throws(FoldError) {
      finding = try projection.fold(Fact(coordinates: place.coordinates, event: event), into: view)
    } catch { throw .failed(.fold(place, error)) }
    guard let finding else { return }
    do throws(ProjectionError) { isEnded = try onFinding(finding) } catch { throw .failed(error) }
  }

  /// The fold for the chain that the log's first record configures.
  private func configuredProjection() throws(ProjectionError) -> P {
    if let projection { return projection }
    let first: StoredRecord
    let event: Event
    do throws(ReadError) {
      first = try log.record(at: .zero)
      event = try first.event()
    } catch { throw .log(error) }
    guard case .chainConfigured(let event) = event else {
      let place = ProjectionError.Place(
        projection: P.name, position: .zero, kind: first.kind, coordinates: first.header.coordinates)
      throw .fold(place, .configuration("a log begins with a ChainConfigured"))
    }
    let made = P(configuration: event.configuration)
    projection = made
    return made
  }
}

/// Why reading records ended early.
enum Interruption: Error, EventLogFailure {
  case failed(ProjectionError)
  /// The batch is large enough, or the run ends here.
  case full

  init(_ error: ReadError) { self = .failed(.log(error)) }
  init(_ error: LMDBError) { self = .failed(.store(error)) }
}

extension ReadMode {
  fileprivate var logView: EventLog.View {
    switch self {
    case .canonical: .canonical
    case .physical, .physicalWithTestimony: .physical
    }
  }
}
