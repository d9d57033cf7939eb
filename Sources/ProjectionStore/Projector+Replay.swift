import LMDB
package import Primitives
package import Projections

/// What a replay without a disagreement showed.
package struct ReplayReport: Sendable {
  /// The last block whose output was checked, and the state after it.
  package let block: UInt64
  package let stateRoot: Hash256

  /// Outputs that were checked and agree.
  package let outputs: UInt64

  /// Where the replayed version stands.
  package let cursor: ProjectionCursor

  /// The position at which this run began: 0 unless it was resumed.
  package let start: UInt64

  /// Whether the replayed version is now the live one.
  package let isPublished: Bool
}

/// How many posted outputs agree with the log.
package struct OutputCounts: Equatable, Sendable {
  package var agreed: UInt64 = 0
  package var disagreed: UInt64 = 0

  /// The verdict on the first output that does not agree.
  package var firstDisagreement: OutputVerdict?

  /// The newest block that an output was about.
  package var newestBlock: UInt64?
}

extension Projector<ProposerState> {
  /// Counts the verdicts of the live version. O(outputs).
  package func outputCounts() throws(ProjectionError) -> OutputCounts {
    try openLive(.readOnly).outputCounts()
  }

  /// Reconstructs L2 state from position 0 of the log, into a fresh version, and checks every posted output on the way.
  ///
  /// Stops at the first output that does not agree. A replay of the whole log is made live when all agree; one that ends
  /// at a block stays unpublished, and a later one can go on with it.
  ///
  /// - Parameters:
  ///   - block: the last block to replay; nil: all of the log.
  ///   - resume: whether to go on with an interrupted replay or rebuild.
  /// - Throws: `disagreement` with the block, the field and both values; `fold` at a block that cannot be applied.
  @discardableResult
  package func replay(
    to block: UInt64? = nil, resume: Bool = false, _ options: Options = Options()
  ) throws(ProjectionError) -> ReplayReport {
    let lock = try ProjectionError.lock(versions.directory, .builder)
    let build = try startBuild(resume: resume, options)
    let run = FoldRun<P>(
      log, testimony, into: build.version, from: build.cursor, try upstreams(.build, options), options)
    run.onFinding = { verdict throws(ProjectionError) in
      guard verdict.agrees else { throw .disagreement(verdict) }
      return block.map { verdict.l2BlockNumber >= $0 } ?? false
    }
    func advance() throws(ProjectionError) { try self.advance(run) { () throws(ProjectionError) in try extent() } }
    lock.note("\(run.cursor.extent.count)")
    // What an interrupted rebuild has folded was not checked by anyone, and L1 may have left some of it.
    try run.unwindRevoked()
    var counts = try build.version.outputCounts()
    if let verdict = counts.firstDisagreement { throw .disagreement(verdict) }
    if !counts.reaches(block) {
      try notingStandstill(advance)
      // Of the rows: what was found may have been taken back.
      counts = try build.version.outputCounts()
    }
    if let block, !counts.reaches(block) { throw .noSuchBlock(block) }
    if block == nil {
      try finish(build, options)
      try makeLive(build, options) { () throws(ProjectionError) in try noting(run, advance) }
      counts = try build.version.outputCounts()
    }
    _ = consume lock
    let newest = counts.newestBlock ?? 0
    return ReplayReport(
      block: newest, stateRoot: try build.version.stateRoot(after: newest), outputs: counts.agreed,
      cursor: run.cursor, start: build.cursor.nextPosition, isPublished: block == nil)
  }
}

extension OutputCounts {
  fileprivate func reaches(_ block: UInt64?) -> Bool {
    guard let block, let newestBlock else { return false }
    return newestBlock >= block
  }
}

extension ProjectionVersion {
  /// The computed root of the state after a block.
  fileprivate func stateRoot(after block: UInt64) throws(ProjectionError) -> Hash256 {
    try read { store throws(ProjectionError) in
      do throws(FoldError) {
        let view = ProjectionView(batch: WriteBatch(), over: store)
        if let result = try ProposerState.result(of: block, in: view) { return result.stateRoot }
      } catch { throw .damaged(directory, "\(error)") }
      throw .noSuchBlock(block)
    }
  }
}
