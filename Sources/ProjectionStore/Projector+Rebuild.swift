import LMDB
import Primitives
import Projections
import SystemPackage

extension Projector {
  /// Folds the log from position 0 into a fresh version beside the live one, and makes it live when it has reached the
  /// log's head.
  ///
  /// The new version is written without syncs until it is complete. A rebuild that was interrupted, even by kill -9, goes
  /// on where it was; after a restart of the machine it begins anew. The version that was live serves readers until the
  /// switch, and stays until it is dropped, or until another one was live: one can go back to it.
  ///
  /// - Parameter resume: whether to go on with an interrupted rebuild; without, it begins anew.
  /// - Returns: where the new live version stands.
  /// - Throws: `requirementBehind` when a projection without which this one cannot be folded has not come to the head; what
  ///   was folded stays, to be resumed.
  @discardableResult
  package func rebuild(_ options: Options = Options(), resume: Bool = true) throws(ProjectionError) -> ProjectionCursor
  {
    let lock = try ProjectionError.lock(versions.directory)
    let build = try startBuild(resume: resume, keepingHistory: options.keepsHistory)
    // Whatever it requires is brought at least as far.
    let size = try logSize()
    let run = FoldRun<P>(
      log, testimony, into: build.version, from: build.cursor, try upstreams(.build, options), options)
    // L1 may revoke what was just folded, at any time; what it does with it then stands behind it in the log.
    repeat {
      try run.advance(to: try extent())
    } while try wasOvertaken(run.cursor)
    try run.requireReached(size)
    try publish(build, at: run.cursor, passing: options.onPublish)
    _ = consume lock
    return run.cursor
  }

  /// Whether L1 has revoked what was folded, and the log goes on behind it.
  private func wasOvertaken(_ cursor: ProjectionCursor) throws(ProjectionError) -> Bool {
    let size = try logSize()
    let reason = try reasonToRebuild(cursor)
    return reason != nil && cursor.nextPosition < size
  }

  /// A version that is being built and that no reader knows.
  struct Build {
    let name: VersionName
    let version: ProjectionVersion
    /// Where it stood when it was opened.
    let cursor: ProjectionCursor
  }

  /// The interrupted build, when it is to be resumed and can be; else a new one, with all unpublished versions removed.
  ///
  /// - Parameter keepsHistory: nil for as the live version does, and where there is none for as the interrupted build did.
  func startBuild(resume: Bool, keepingHistory keepsHistory: Bool?) throws(ProjectionError) -> Build {
    if keepsHistory == true, P.readMode != .canonical { throw .noArchive(projection: P.name) }
    let inventory = try versions.inventory()
    var kept = keepsHistory
    if kept == nil, let live = inventory.live { kept = try manifest(of: live)?.keepsHistory }
    if resume, let name = inventory.unfinished, let build = resumeBuild(name, kept) { return build }
    let keepsHistory = kept ?? false
    // A name beyond those about to go: no name is used for two things.
    let name = inventory.next(schemaVersion: P.schemaVersion)
    versions.removeUnpublished()
    let directory = versions.path(of: name)
    try ProjectionError.files { () throws(LMDB.OpenError) in try Files.createDirectory(directory) }
    let manifest = Manifest(
      projection: P.name, schemaVersion: P.schemaVersion, storeID: storeID, keepsHistory: keepsHistory)
    try manifest.write(in: directory)
    let version = try ProjectionVersion(
      directory, tables: P.tables, mode: .create, durability: .unsynced, keepsHistory: keepsHistory)
    return Build(name: name, version: version, cursor: .start)
  }

  /// The unpublished version, opened to be written further; nil when it must not be opened, or is no fold of this log.
  private func resumeBuild(_ name: VersionName, _ keepsHistory: Bool?) -> Build? {
    let directory = versions.path(of: name)
    guard name.schemaVersion == P.schemaVersion, let manifest = try? manifest(of: name),
      manifest.belongs(to: P.self, storeID: storeID), keepsHistory.map({ $0 == manifest.keepsHistory }) ?? true
    else { return nil }
    // Whatever is wrong with it: a new build needs nothing of it.
    do throws(ProjectionError) {
      let version = try ProjectionVersion(
        directory, tables: P.tables, mode: .create, durability: .unsynced, keepsHistory: manifest.keepsHistory)
      let cursor = try checkedCursor(of: version, allowingRevoked: true)
      return Build(name: name, version: version, cursor: cursor)
    } catch { return nil }
  }

  /// Makes a complete version the live one. A crash after any step leaves CURRENT naming a whole version.
  func publish(
    _ build: Build, at cursor: ProjectionCursor, passing step: (PublishStep) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    try step(.folded)
    // L1 may have revoked records while they were being folded.
    if let reason = try reasonToRebuild(cursor) { throw rebuildRequired(reason) }
    // Crash up to here: the version is marked as unsynced, and resumed in the same boot only.
    try build.version.makeSynchronous()
    // Crash from here on: the version is whole on disk, and a resumed rebuild only has to publish it.
    try step(.environmentDurable)
    try ProjectionError.files { () throws(LMDB.OpenError) in
      try Files.syncDirectory(versions.path(of: build.name))
      try Files.syncDirectory(versions.directory)
    }
    try step(.directoryDurable)
    try versions.switchTo(build.name, from: try versions.inventory().live, passing: step)
    // From here on the new version is live, whatever becomes of older ones: the next rebuild removes them too.
    versions.removeUnpublished()
    try step(.oldVersionsRemoved)
  }
}
