package import EventStore
import LMDB
import Primitives
package import Projections
import Rollup
import Synchronization
package import SystemPackage

/// Runs one projection over a log, in a data directory: brings it up to date, rebuilds it, digests and verifies it.
///
/// Promises, the same for every projection:
/// - rows and cursor commit in one transaction, so each record is folded exactly once, whatever is killed when;
/// - the rows are a function of the records alone, not of batches, restarts or the machine;
/// - readers always find a whole version: one rename makes a rebuilt one live.
package final class Projector<P: Projection>: Sendable {
  let dataDirectory: FilePath
  let log: EventLog

  /// Nil where there is none.
  let testimony: EventLog?
  let storeID: String
  let versions: VersionSet

  /// Whether the live version stays open, to be written, from one run or read to the next.
  private let keepsOpen: Bool

  /// What was open last, if that stays.
  private let kept = Mutex<ProjectionVersion?>(nil)

  /// - Parameters:
  ///   - log: the ledger.
  ///   - testimony: for projections that are folded from both logs; nil where nobody has told this node anything.
  ///   - storeID: the identity of the data directory's store; a version made from another store's log is not used.
  ///   - keepsOpen: whether the live version stays open, to be written: for a process that follows the log while it reads. A
  ///     process has a file open in one way, and who reads it would keep whoever is to write it from opening it.
  package init(
    dataDirectory: FilePath, log: EventLog, testimony: EventLog? = nil, storeID: String, keepsOpen: Bool = false
  ) {
    self.dataDirectory = dataDirectory
    self.log = log
    self.testimony = testimony
    self.storeID = storeID
    self.keepsOpen = keepsOpen
    versions = VersionSet(dataDirectory: dataDirectory, projection: P.name)
  }

  /// How a run is carried out. None of it reaches a row.
  package struct Options {
    /// Records per commit. Many make few syncs; a commit of a full batch ends early.
    package var batchSize: Int

    /// Called after every commit.
    package var onProgress: (ProjectionProgress) -> Void

    /// Measures the run when given.
    package var clock: StageClock?

    /// Whether the results of other projections are read, as far as they are there. Without them the fold finds out by
    /// itself what they would tell.
    package var usesUpstreams = true

    /// Told which of the projections whose results are read, and that it can do without, the run goes on without, and why.
    package var onLeftOut: (_ projection: String, ProjectionError) -> Void = { _, _ in }

    /// Told which version beside the live one was to be gone on with and is not, and why: a new one begins in its place.
    package var onDiscarded: (VersionName, _ reason: String) -> Void = { _, _ in }

    /// Whether a new version keeps what every row was before each L1 block, so that it can be read as it was then: an
    /// archive. Nil: as the live version does, and not when there is none. A version that is there keeps what it does.
    package var keepsHistory: Bool?

    /// Asked after every record: whether nobody waits for the run any more. It then ends with a commit of what it has folded.
    package var isCancelled: () -> Bool = { false }

    /// How many records are folded in a second, at most; nil: as many as can be.
    package var recordsPerSecond: Double?

    /// What a run that is held to a rate waits by.
    var paceClock = PaceClock()

    /// How long to wait for another process that writes the live version, or one of a projection that a new version cannot do
    /// without; nil: for a minute when a new version is made, and not at all when the live one is to follow the log.
    package var lockPatience: Duration?

    /// Whether what it takes to take rows back is kept of every L1 block, final or not: for measuring what following the
    /// head of L1 costs.
    package var journalsEverything = false

    /// Whether rows that the fold never reads are set aside in a build as far as they are final, to be written in the order
    /// of their keys. An archive writes them as they come, and so does a run that journals everything.
    package var spillsRows = true

    /// How many parts of what is set aside are read side by side; where there are more, some are made one first. For tests.
    package var mergeWays = SortedParts.ways

    /// Called after each step of making a version live; stops it by throwing. For tests of what a crash leaves.
    package var onPublish: (PublishStep) throws(ProjectionError) -> Void = { _ in }

    /// Whether a batch is committed, however few records it has: LMDB keeps a transaction's pages in memory.
    ///
    /// - Parameters:
    ///   - pageCount: of the tables before. Each row may need one of these for itself, and what is new takes pages that are
    ///     at least half full.
    ///   - keepsHistory: then each row that is written may leave another one.
    static func isFull(_ batch: WriteBatch, over pageCount: Int, keepingHistory keepsHistory: Bool) -> Bool {
      let copies = keepsHistory ? 2 : 1
      let bytes = batch.byteCount * copies
      let newPages = bytes / (leastPageSize / 2)
      return bytes > WriteTransaction.recommendedBytes || min(batch.count * copies, pageCount + newPages) > pageLimit
        || batch.rememberedBytes > rememberedLimit || batch.unreadBytes > unreadLimit || batch.isOverfull
    }

    private static var pageLimit: Int { 1 << 17 }

    /// In bytes. LMDB keeps them a second time until the commit; but each commit writes nearly every page of a large state
    /// anew.
    private static var rememberedLimit: Int { 128 << 20 }

    /// In bytes of rows that are set aside. Beside these stand 16 bytes for each of them, and while a table's are sorted as
    /// many again for each of its rows, and twice that for each further word of eight bytes that keys have in common.
    private static var unreadLimit: Int { 32 << 20 }
    private static var leastPageSize: Int { 4096 }

    package init(
      batchSize: Int = 10_000, clock: StageClock? = nil, onProgress: @escaping (ProjectionProgress) -> Void = { _ in }
    ) {
      precondition(batchSize > 0, "a batch has records")
      self.batchSize = batchSize
      self.clock = clock
      self.onProgress = onProgress
    }
  }

  /// Brings the live version to the head of the log. Every commit on the way is durable.
  ///
  /// L1 blocks that L1 has left since are taken back first.
  ///
  /// What it reads is brought there too, as far as it is there and can go on; nothing is built. A record that stops what it
  /// cannot do without is thrown once everything before that is folded.
  ///
  /// - Throws: `notBuilt` without a live version; `rebuildRequired` when the live version is of another fold or log, or
  ///   folded an L1 block that was final and is not there; `fold` at a record that cannot be applied, with everything
  ///   before it kept. The first two may name a projection that it cannot do without.
  @discardableResult
  package func catchUp(_ options: Options = Options()) throws(ProjectionError) -> ProjectionCursor {
    try catchUp(.follow, options)
  }

  @discardableResult
  func catchUp(
    _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> ProjectionCursor {
    let lock = try ProjectionError.lock(
      versions.directory, .writer, waiting: options.lockPatience ?? .zero, unless: options.isCancelled)
    let version = try openLive(.readWrite)
    let cursor = try checkedCursor(of: version, allowingRevoked: true)
    let run = FoldRun<P>(log, testimony, into: version, from: cursor, try upstreams(preparation, options), options)
    let end = try extent()
    try noting(run) { () throws(ProjectionError) in try run.advance(to: end) }
    _ = consume lock
    try run.upstreams.requireNoFailure()
    return run.cursor
  }

  /// Opens the live version, once its manifest says that it may be.
  func openLive(_ mode: EnvironmentOptions.Mode) throws(ProjectionError) -> ProjectionVersion {
    let version: ProjectionVersion?
    do throws(ProjectionError) {
      version = try versions.withLive { name throws(ProjectionError) in
        try openVersion(name, keepsOpen ? .readWrite : mode)
      }
    } catch {
      // What is of no use any more is to be opened anew.
      kept.withLock { $0 = nil }
      throw error
    }
    guard let version else {
      kept.withLock { $0 = nil }
      throw .notBuilt(projection: P.name)
    }
    if keepsOpen { kept.withLock { $0 = version } }
    return version
  }

  func openVersion(
    _ name: VersionName, _ mode: EnvironmentOptions.Mode
  ) throws(ProjectionError) -> ProjectionVersion {
    let directory = versions.path(of: name)
    guard name.schemaVersion == P.schemaVersion else {
      throw rebuildRequired("version \(name) is of another schema, this program's is \(P.schemaVersion)")
    }
    guard let manifest = try manifest(of: name), manifest.belongs(to: P.self, storeID: storeID) else {
      throw rebuildRequired("the manifest in \(directory) is missing or of another store")
    }
    do throws(ProjectionError) {
      return try ProjectionVersion(directory, tables: P.tables, mode: mode, keepsHistory: manifest.keepsHistory)
    } catch .open(.unsyncedRemains) {
      throw rebuildRequired("\(directory) was not on disk when the machine was restarted")
    }
  }

  /// What a version says of itself; nil when it says nothing, or nothing of this format.
  func manifest(of name: VersionName) throws(ProjectionError) -> Manifest? {
    try ProjectionError.files { () throws(LMDB.OpenError) in try Manifest.read(in: versions.path(of: name)) }
  }

  /// The version's cursor, once it is known that going on from it gives a fold of this log.
  ///
  /// - Parameter allowingRevoked: whether what L1 has revoked since can still be taken back.
  func checkedCursor(
    of version: ProjectionVersion, allowingRevoked: Bool = false
  ) throws(ProjectionError) -> ProjectionCursor {
    guard let cursor = try version.cursor() else { return .start }
    if allowingRevoked {
      if let reason = try reasonToRebuild(cursor) { throw rebuildRequired(reason) }
    } else {
      try requireCanonical(cursor)
    }
    return cursor
  }

  /// Throws unless what stands at `cursor` is a fold of this log as L1 has it now.
  func requireCanonical(_ cursor: ProjectionCursor) throws(ProjectionError) {
    if let reason = try reasonToRebuild(cursor) { throw rebuildRequired(reason) }
    if try isLeft(cursor) { throw .reorganising(projection: P.name, l1Block: nil) }
  }

  /// Whether L1 has left something that was folded up to `cursor`, and not been taken back yet.
  func isLeft(_ cursor: ProjectionCursor) throws(ProjectionError) -> Bool {
    guard P.readMode == .canonical else { return false }
    return try log.revokedCount(before: cursor.nextPosition) != cursor.skippedRecords
  }

  /// Why going on from `cursor` would not give a fold of this log; nil when it would, once what L1 has left is taken back.
  func reasonToRebuild(_ cursor: ProjectionCursor) throws(ProjectionError) -> String? {
    guard cursor.nextPosition > 0 else { return try reasonToRebuild(cursor.testimony) }
    let size = try logSize()
    guard cursor.nextPosition <= size else {
      return "it has folded \(cursor.nextPosition) records, the log has \(size)"
    }
    let last = Position(cursor.nextPosition - 1)
    do throws(ReadError) {
      guard try log.leafHash(at: last) == cursor.lastLeafHash else {
        return "it was folded from a log with another record at position \(last)"
      }
    } catch { throw .log(error) }
    return try reasonToRebuild(cursor.testimony)
  }

  private func reasonToRebuild(_ cursor: TestimonyCursor?) throws(ProjectionError) -> String? {
    guard let cursor, cursor.nextPosition > 0 else { return nil }
    do throws(ReadError) {
      guard let testimony, cursor.nextPosition <= (try testimony.head().size) else {
        return "it has folded \(cursor.nextPosition) testimonies, and there are fewer"
      }
      let last = Position(cursor.nextPosition - 1)
      guard try testimony.leafHash(at: last) == cursor.lastLeafHash else {
        return "it was folded from a testimony log with another record at position \(last)"
      }
    } catch { throw .log(error) }
    return nil
  }

  func rebuildRequired(_ reason: String) -> ProjectionError {
    .rebuildRequired(projection: P.name, reason: reason)
  }

  /// Records in the ledger.
  func logSize() throws(ProjectionError) -> UInt64 {
    do { return try log.head().size } catch { throw .log(error) }
  }

  /// Records in the logs that it is folded from. The testimony is looked at first, so that the ledger is found to have what
  /// it had when they arrived.
  func extent() throws(ProjectionError) -> LogExtent {
    var testimonies: UInt64 = 0
    if P.readMode == .physicalWithTestimony, let testimony {
      do { testimonies = try testimony.head().size } catch { throw .log(error) }
    }
    return LogExtent(ledger: try logSize(), testimony: testimonies)
  }
}

extension EventLog {
  /// How many positions before `end` canonical readers skip.
  func revokedCount(before end: UInt64) throws(ProjectionError) -> UInt64 {
    do { return try currentRevocations().count(before: end) } catch { throw .log(error) }
  }
}
