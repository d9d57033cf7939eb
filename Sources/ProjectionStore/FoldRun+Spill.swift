import EventStore
import Projections
import Rollup

// Keys that are hashes come in no order, and writing each where it belongs rewrites a page for nearly every row. So
// what a fold never reads is set aside in a build, as far as L1 cannot take it back, sorted once, and appended.
extension FoldRun {
  /// Folds what is final of `target`, with the rows of unread tables set aside until all of it has been folded; then
  /// writes them, in the order of their keys. Goes on where an earlier call was stopped. Does nothing where such rows
  /// have been written as they came.
  ///
  /// - Parameters:
  ///   - tell: is told how far the rows are on the way to their tables, at once, for who is not told by the options.
  ///   - advance: brings the run to an extent.
  /// - Throws: `interrupted` when nobody waits any more, also while rows are sorted and written.
  func foldFinal(
    of target: LogExtent, telling tell: (ProjectionProgress) -> Void = { _ in },
    _ advance: (LogExtent) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    guard !P.unreadTables.isEmpty else { return }
    let spilled = try version.spilledBytes()
    let final = LogExtent(ledger: min(target.ledger, try finalEnd()), testimony: 0)
    // Once some of the rows are in their tables, no others can come among those that are set aside.
    var isOpen = canSpill && cursor.nextPosition < final.ledger
    if isOpen { isOpen = try version.hasNoRows(of: P.unreadTables) }
    guard isOpen || spilled != nil else { return try version.endSpill() }
    let spill = try SpillFile(version.directory, byteCount: spilled ?? 0)
    if isOpen {
      try version.beginSpill()
      self.spill = spill
      batch.setAside(P.unreadTables)
      defer {
        self.spill = nil
        batch.setAside([])
      }
      try advance(final)
    }
    try merge(spill, target, telling: tell)
  }

  private var canSpill: Bool {
    P.readMode == .canonical && options.spillsRows && !options.journalsEverything && !version.keepsHistory
  }

  /// The end of the newest L1 block that is final; zero where there is none.
  private func finalEnd() throws(ProjectionError) -> UInt64 {
    do throws(ReadError) {
      guard let final = try log.finalizedBlock() else { return 0 }
      return try log.block(final.number)?.positions.upperBound.rawValue ?? 0
    } catch { throw .log(error) }
  }

  /// A run that is held to a rate takes as long for this as it had for folding, once more where rows are written twice, and
  /// does it in pieces that are a part of a second.
  private func merge(
    _ spill: SpillFile, _ target: LogExtent, telling tell: (ProjectionProgress) -> Void
  ) throws(ProjectionError) {
    var pace = options.recordsPerSecond.map { Pace(recordsPerSecond: $0, by: options.paceClock) }
    let recordsPerByte = Double(cursor.nextPosition) / Double(max(spill.byteCount, 1))
    var commitBytes = TableFiller.commitBytes
    if let pace {
      commitBytes = min(
        commitBytes, Self.slice(Double(pace.batchLimit) / max(recordsPerByte, .leastNormalMagnitude)))
    }
    var report = SpillReport<P>(of: spill.byteCount, at: cursor, of: target, options)
    try version.merge(spill, ways: options.mergeWays, commitBytes: commitBytes) { step throws(ProjectionError) in
      pace?.wait(after: UInt64(Double(step.byteCount) * recordsPerByte), unless: options.isCancelled)
      try report.pass(step, telling: tell)
    }
  }

  /// How many bytes are appended at a time by a run that is held to a rate, which allows for so many.
  private static func slice(_ allowed: Double) -> Int { max(1 << 10, Int(min(allowed, Double(1 << 40)))) }
}

/// Tells how far a run is with the rows that were set aside, and ends it when nobody waits any more.
struct SpillReport<P: Projection> {
  private let byteCount: Int
  private let cursor: ProjectionCursor
  private let target: LogExtent
  private let options: Projector<P>.Options

  /// When it began with what it does: with a stage, or with it once more.
  private var began = ContinuousClock.now

  /// - Parameters:
  ///   - byteCount: of all rows that were set aside.
  ///   - cursor: where the version stands.
  ///   - target: where it is to stand at the end.
  init(of byteCount: Int, at cursor: ProjectionCursor, of target: LogExtent, _ options: Projector<P>.Options) {
    (self.byteCount, self.cursor, self.target, self.options) = (byteCount, cursor, target, options)
  }

  /// - Parameter tell: is told as well as the options.
  /// - Throws: `interrupted`.
  mutating func pass(
    _ step: MergeStep, telling tell: (ProjectionProgress) -> Void
  ) throws(ProjectionError) {
    if step.done == step.start { began = .now }
    let progress = ProjectionProgress(
      stage: step.stage, start: UInt64(step.start), position: UInt64(step.done), target: UInt64(byteCount),
      l1BlockNumber: cursor.l1BlockNumber, elapsed: .now - began)
    tell(progress)
    options.onProgress(progress)
    guard options.isCancelled() else { return }
    throw .interrupted(projection: P.name, reached: cursor.extent.count, of: target.count)
  }
}
