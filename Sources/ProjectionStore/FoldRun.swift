import EventStore
import Hashing
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
/// canonical projection has folded, those blocks are taken back first.
final class FoldRun<P: Projection> {
  private(set) var cursor: ProjectionCursor

  /// Told what folding found, in order. Returns whether the run is to end after this record; throws to end it before.
  var onFinding: (P.Finding) throws(ProjectionError) -> Bool = { _ in false }

  /// Whether `onFinding` has ended the run.
  private(set) var isEnded = false

  private let log: EventLog
  private let version: ProjectionVersion
  private let upstreams: [Upstream]
  private let options: Projector<P>.Options
  /// Nobody else writes to the version, so that what was read and committed is what is there.
  private let batch = WriteBatch(keepingRows: true)
  private var projection: P?

  /// The newest final L1 block when the batch began.
  private var finalized: UInt64?

  init(
    _ log: EventLog, into version: ProjectionVersion, from cursor: ProjectionCursor, _ upstreams: [Upstream],
    _ options: Projector<P>.Options
  ) {
    self.log = log
    self.version = version
    self.cursor = cursor
    self.upstreams = upstreams
    self.options = options
    batch.separatesVersions = version.keepsHistory && P.readMode == .canonical
  }

  /// Folds and commits until `target` is the next position, until `onFinding` ends the run, or as far as the projections
  /// have come that this one cannot do without.
  func advance(to target: UInt64) throws(ProjectionError) {
    let start = cursor.nextPosition
    let began = ContinuousClock.now
    while cursor.nextPosition < target, !isEnded {
      try unwindRevoked()
      let end = min(target, cursor.nextPosition + UInt64(options.batchSize), try log.reach(of: upstreams))
      guard end > cursor.nextPosition else { return }
      try step(to: end)
      options.onProgress(
        ProjectionProgress(
          start: start, position: cursor.nextPosition, target: target, l1BlockNumber: cursor.l1BlockNumber,
          elapsed: ContinuousClock.now - began))
    }
  }

  /// Throws unless every record before `position` has been folded: `advance` goes no further than what is required has come.
  func requireReached(_ position: UInt64) throws(ProjectionError) {
    guard cursor.nextPosition < position else { return }
    throw .requirementBehind(projection: P.name, reached: cursor.nextPosition, of: position)
  }

  /// Whether rows are taken back when L1 revokes the records that they came from.
  private var isCanonical: Bool { P.readMode == .canonical }

  private func unwindRevoked() throws(ProjectionError) {
    guard isCanonical, try revokedCount(before: cursor.nextPosition) != cursor.skippedRecords else { return }
    batch.reset()
    cursor = try version.unwind(cursor, to: log, projection: P.name)
  }

  private func revokedCount(before position: UInt64) throws(ProjectionError) -> UInt64 {
    do { return try log.revokedCount(before: position) } catch { throw .log(error) }
  }

  private func step(to end: UInt64) throws(ProjectionError) {
    let newestPoint = try version.newestPoint()
    var part = BatchPart(from: cursor, newestPoint)
    do throws(ProjectionError) {
      try fold(to: end, &part)
    } catch {
      // The batch has rows of the record that failed. Folding the ones before it again leaves those out.
      if part.next > cursor.nextPosition {
        let reached = part.next
        part = BatchPart(from: cursor, newestPoint)
        try fold(to: reached, &part)
        try commit(part)
      }
      throw error
    }
    try commit(part)
  }

  private func commit(_ part: BatchPart) throws(ProjectionError) {
    options.clock?.begin(.commit)
    defer { options.clock?.begin(nil) }
    let after = try part.cursor(in: log)
    // What L1 revoked while it was being folded is not committed: the next step begins with what L1 has now.
    if isCanonical, try revokedCount(before: after.nextPosition) != after.skippedRecords { return }
    try version.commit(batch, after, journal: part.sections, finalized: finalized)
    batch.didCommit()
    cursor = after
  }

  /// Folds the records from the cursor up to `end` into the batch; fewer when the batch is full or the run ends.
  private func fold(to end: UInt64, _ part: inout BatchPart) throws(ProjectionError) {
    batch.begin()
    isEnded = false
    do {
      finalized = !isCanonical ? .max : options.journalsEverything ? nil : try log.finalizedBlock()?.number
    } catch { throw .log(error) }
    let projection = try configuredProjection()
    options.clock?.begin(.read)
    let pageCount = try version.pageCount()
    do throws(Interruption) {
      try withView { (view) throws(Interruption) in
        try log.read(Position(part.next)..<Position(end), view: P.readMode.logView) {
          (record: borrowing RecordView) throws(Interruption) in
          try foldOne(record, projection, view, &part)
          options.clock?.begin(.read)
          if isEnded
            || Projector<P>.Options.isFull(batch, over: pageCount, keepingHistory: version.keepsHistory)
          {
            throw .full
          }
        }
      }
      part.next = end
    } catch {
      // A full batch is one of its own.
      if case .failed(let failure) = error { throw failure }
    }
  }

  /// Lends what the fold reads and writes: the batch over a snapshot of its rows, and snapshots of its upstreams.
  private func withView(_ body: (ProjectionView) throws(Interruption) -> Void) throws(Interruption) {
    try version.read { (store: any TableReader) throws(Interruption) in
      try Upstream.read(upstreams[...]) { (upstreams: [String: any TableReader]) throws(Interruption) in
        let services = FoldServices(upstreams: upstreams, map: ParallelMap(), stages: options.clock)
        try body(ProjectionView(batch: batch, over: store, services: services))
      }
    }
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
      let isJournaled = finalized.map { number > $0 } ?? true
      if part.sections.last?.l1Block != number, isJournaled || version.keepsHistory {
        batch.beginSection()
        part.beginSection(of: number, isJournaled: isJournaled)
      }
    }
    let place = ProjectionError.Place(position: position, kind: header.kind, coordinates: header.coordinates)
    let event: Event
    do throws(EventError) {
      event = try record.withPayload { payload throws(EventError) in
        try Event(kind: header.kind, payload: payload)
      }
    } catch { throw .failed(.undecodable(place, error)) }
    let finding: P.Finding?
    do throws(FoldError) {
      finding = try projection.fold(Fact(coordinates: header.coordinates, event: event), into: view)
    } catch { throw .failed(.fold(place, error)) }
    if let finding {
      do throws(ProjectionError) { isEnded = try onFinding(finding) } catch { throw .failed(error) }
    }
    if case .l1BlockAppended(let block) = event { part.begin(header.coordinates.blockNumber, block) }
    part.beginVersions(batch.takeVersions())
    part.foldedRecords += 1
    part.next += 1
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
      let place = ProjectionError.Place(position: .zero, kind: first.kind, coordinates: first.header.coordinates)
      throw .fold(place, .configuration("a log begins with a ChainConfigured"))
    }
    let made = P(configuration: event.configuration)
    projection = made
    return made
  }
}

/// Why reading records ended early.
private enum Interruption: Error, EventLogFailure {
  case failed(ProjectionError)
  /// The batch is large enough, or the run ends here.
  case full

  init(_ error: ReadError) { self = .failed(.log(error)) }
  init(_ error: LMDBError) { self = .failed(.store(error)) }
}

/// What a batch has folded so far.
private struct BatchPart {
  let before: ProjectionCursor
  var next: UInt64
  var foldedRecords: UInt64 = 0

  /// The newest L1 block that began.
  private var l1Block: BlockID

  /// L1 blocks that can be revoked, or whose history is kept: each is a section of the batch, or several.
  private(set) var sections: [JournalSection] = []

  /// Where the commit before ended.
  private let newestPoint: HistoryPoint?

  /// Notes a section of the batch for an L1 block, or for what the commit before has left of it.
  mutating func beginSection(of l1Block: UInt64, isJournaled: Bool) {
    let version = newestPoint.map { $0.l1Block == l1Block ? $0.version : 0 } ?? 0
    sections.append(
      JournalSection(point: HistoryPoint(l1Block: l1Block, version: version), isJournaled: isJournaled))
  }

  /// Notes the sections that the fold has begun within the L1 block.
  mutating func beginVersions(_ versions: [UInt64]) {
    guard let section = sections.last else { return }
    for version in versions {
      sections.append(
        JournalSection(
          point: HistoryPoint(l1Block: section.l1Block, version: version), isJournaled: section.isJournaled))
    }
  }

  /// Notes the beginning of an L1 block.
  mutating func begin(_ number: UInt64, _ block: L1BlockAppended) {
    let id = BlockID(number: number, hash: Keccak256.hash(block.header))
    if sections.last?.l1Block == number {
      sections[sections.count - 1].header = JournalHeader(hash: id.hash, before: l1Block)
    }
    l1Block = id
  }

  init(from cursor: ProjectionCursor, _ newestPoint: HistoryPoint?) {
    self.newestPoint = newestPoint
    before = cursor
    next = cursor.nextPosition
    l1Block = cursor.l1Block
  }

  /// Where the projection stands when the batch is committed. One lookup.
  func cursor(in log: EventLog) throws(ProjectionError) -> ProjectionCursor {
    var cursor = before
    cursor.nextPosition = next
    do { cursor.lastLeafHash = try log.leafHash(at: Position(next - 1)) } catch { throw .log(error) }
    cursor.l1BlockNumber = l1Block.number
    cursor.l1BlockHash = l1Block.hash
    cursor.skippedRecords += (next - before.nextPosition) - foldedRecords
    return cursor
  }
}

extension ReadMode {
  fileprivate var logView: EventLog.View {
    switch self {
    case .canonical: .canonical
    case .physical: .physical
    }
  }
}
