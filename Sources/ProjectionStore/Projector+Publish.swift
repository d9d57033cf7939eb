import LMDB
import Primitives
import Projections
import SystemPackage

// The life of a version before readers know it: begun, gone on with, put on disk, made live.
extension Projector {
  /// A version that is being built and that no reader knows.
  struct Build {
    let name: VersionName
    let version: ProjectionVersion
    /// Where it stood when it was opened.
    let cursor: ProjectionCursor
  }

  /// The interrupted build, when it is to be resumed and can be; else a new one, with all unpublished versions removed, and the
  /// options told why.
  ///
  /// - Parameters:
  ///   - options: whether it keeps history; nil for as the live version does, and where there is none for as the
  ///     interrupted build did.
  ///   - limit: the interrupted build is not resumed if it is beyond.
  ///   - tell: is told how much of what it has set aside has been read, at once, for who is not told by the options.
  /// - Throws: what keeps the interrupted build from being opened now, and may not the next time; `interrupted`.
  func startBuild(
    resume: Bool, _ options: Options, notBeyond limit: LogExtent? = nil,
    telling tell: (ProjectionProgress) -> Void = { _ in }
  ) throws(ProjectionError) -> Build {
    var kept = options.keepsHistory
    if kept == true, P.readMode != .canonical { throw .noArchive(projection: P.name) }
    let inventory = try versions.inventory()
    if kept == nil, let live = inventory.live { kept = try manifest(of: live)?.keepsHistory }
    if resume, let name = inventory.unfinished {
      do throws(ProjectionError) {
        return try resumeBuild(name, keepingHistory: kept, options, notBeyond: limit, telling: tell)
      } catch {
        guard error.condemnsVersion else { throw error }
        options.onDiscarded(name, error.reason)
      }
    }
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

  /// The unpublished version, opened to be written further.
  ///
  /// - Throws: what condemns it when it must not be opened, is damaged, is not what is to be made, or was not folded from this
  ///   log; else what keeps it from being opened: what was built is not given up because memory, room or a disk's answer was
  ///   missing for a moment.
  private func resumeBuild(
    _ name: VersionName, keepingHistory keepsHistory: Bool?, _ options: Options, notBeyond limit: LogExtent?,
    telling tell: (ProjectionProgress) -> Void
  ) throws(ProjectionError) -> Build {
    let directory = versions.path(of: name)
    let manifest = try self.manifest(toGoOnWith: name, keepingHistory: keepsHistory)
    let version = try ProjectionVersion(
      directory, tables: P.tables, mode: .create, durability: .unsynced, keepsHistory: manifest.keepsHistory)
    let cursor = try checkedCursor(of: version, allowingRevoked: true)
    if let limit, cursor.nextPosition > limit.ledger {
      throw rebuildRequired("it has folded \(cursor.nextPosition) records, the new one is to fold \(limit.ledger)")
    }
    // One that cannot take back what L1 has left since is of no use.
    _ = try revokedRecords(behind: cursor, of: version)
    if let byteCount = try version.spilledBytes() {
      // Rows of a version that is not marked were set aside by a program that has them in another form.
      guard manifest.isSpilling else { throw .damaged(directory, "another program has set rows of it aside") }
      var report = SpillReport<P>(of: byteCount, at: cursor, of: try extent(), options)
      try version.checkSpill { step throws(ProjectionError) in try report.pass(step, telling: tell) }
    }
    return Build(name: name, version: version, cursor: cursor)
  }

  /// What an unpublished version says of itself, when what it is, is what is to be made.
  private func manifest(
    toGoOnWith name: VersionName, keepingHistory keepsHistory: Bool?
  ) throws(ProjectionError) -> Manifest {
    guard name.schemaVersion == P.schemaVersion else {
      throw rebuildRequired("it is of schema \(name.schemaVersion), this program's is \(P.schemaVersion)")
    }
    guard let manifest = try manifest(of: name) else { throw rebuildRequired("it has no manifest of this format") }
    guard manifest.belongs(to: P.self, storeID: storeID) else { throw rebuildRequired("it is of another store") }
    guard manifest.snapshot == nil else { throw rebuildRequired("it was imported, and not folded from this log") }
    guard keepsHistory ?? manifest.keepsHistory == manifest.keepsHistory else {
      throw rebuildRequired("it is \(manifest.keepsHistory ? "an" : "no") archive, and the new one is to be otherwise")
    }
    return manifest
  }

  /// Puts a complete version on disk. Whoever finds it from then on may open it, after a restart too. What L1 revokes
  /// meanwhile it can take back, as a live one.
  func finish(_ build: Build, _ options: Options) throws(ProjectionError) {
    guard try build.version.spilledBytes() == nil else {
      throw rebuildRequired("rows of it that were set aside are not in their tables")
    }
    try options.onPublish(.folded)
    // Crash up to here: the version is marked as unsynced, and resumed in the same boot only.
    try build.version.makeSynchronous()
    // Crash from here on: the version is whole on disk, and a resumed rebuild only has to publish it.
    try options.onPublish(.environmentDurable)
    try ProjectionError.files { () throws(LMDB.OpenError) in
      try Files.syncDirectory(versions.path(of: build.name))
      try Files.syncDirectory(versions.directory)
    }
    try options.onPublish(.directoryDurable)
  }

  /// Makes a version live that is whole on disk. A crash after any step leaves CURRENT naming a whole version.
  ///
  /// - Parameter catchUp: what the live version was brought to meanwhile is no step back for its readers: called while
  ///   nobody else can write to that one.
  func makeLive(
    _ build: Build, _ options: Options, catchingUp catchUp: () throws(ProjectionError) -> Void = {}
  ) throws(ProjectionError) {
    let lock = try ProjectionError.lock(
      versions.directory, .writer, waiting: options.lockPatience ?? Self.switchPatience, unless: options.isCancelled)
    try catchUp()
    try versions.switchTo(build.name, from: try versions.inventory().live, passing: options.onPublish)
    // From here on the new version is live, whatever becomes of older ones: the next rebuild removes them too.
    versions.removeUnpublished()
    try options.onPublish(.oldVersionsRemoved)
    _ = consume lock
  }

  /// Whoever follows the log holds the live version for a moment, longer where it is far behind.
  static var switchPatience: Duration { .seconds(60) }
}
