import SystemPackage

/// The versions of one projection on disk, and which of them is live.
///
/// ```
/// projections/proposer-state/
///   CURRENT        the name of the live version, switched by one rename
///   writer.lock    held by the process that writes a version
///   v1-s1/         an LMDB environment and its manifest
/// ```
struct VersionSet: Sendable {
  let directory: FilePath

  private static let currentName = "CURRENT"

  init(dataDirectory: FilePath, projection: String) {
    directory = dataDirectory.appending("projections").appending(projection)
  }

  /// The live version; nil when there is none, or when what CURRENT names is not there.
  var live: VersionName? {
    guard let bytes = Files.read(currentFile) else { return nil }
    let text = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    guard let name = VersionName(text), Files.exists(path(of: name)) else { return nil }
    return name
  }

  /// All version directories, oldest first.
  var all: [VersionName] {
    Files.names(in: directory).compactMap { VersionName($0) }.sorted()
  }

  /// A version made after the live one and not yet published: what an interrupted rebuild left.
  var unfinished: VersionName? {
    guard let newest = all.last else { return nil }
    guard let live else { return newest }
    return newest > live ? newest : nil
  }

  /// The name for the next version of a schema: beyond all that are there.
  func next(schemaVersion: UInt32) -> VersionName {
    VersionName(sequence: (all.last?.sequence ?? 0) + 1, schemaVersion: schemaVersion)
  }

  func path(of name: VersionName) -> FilePath { directory.appending(name.description) }

  /// Makes `name` the live version. Readers that open from now on get it; a crash leaves the old name or the new one.
  func switchTo(_ name: VersionName, passing step: (PublishStep) throws(ProjectionError) -> Void)
    throws(ProjectionError)
  {
    let temporary = directory.appending(Files.temporaryName(of: currentFile))
    try Files.writeSynced(Array("\(name)\n".utf8), to: temporary)
    try step(.pointerWritten)
    try Files.rename(temporary, to: currentFile)
    try step(.pointerRenamed)
    try Files.syncDirectory(directory)
    try step(.pointerDurable)
  }

  /// Removes every version but the live one. A crash in between leaves rows nobody reads, for the next call to remove.
  func removeAllButLive() throws(ProjectionError) {
    let live = self.live
    for name in all where name != live { try Files.remove(path(of: name)) }
  }

  private var currentFile: FilePath { directory.appending(Self.currentName) }
}

/// The steps of making a version live, each named for what has been done. A crash after any of them leaves CURRENT naming
/// a whole version: the old one up to `pointerWritten`, the new one from `pointerRenamed` on.
package enum PublishStep: CaseIterable, Sendable {
  /// Every record is folded and committed, unsynced.
  case folded
  /// The environment is on disk, and commits from now on are durable.
  case environmentDurable
  /// The version's directory entries are on disk.
  case directoryDurable
  /// The manifest says that the environment may be opened after a restart.
  case manifestClean
  case pointerWritten
  case pointerRenamed
  case pointerDurable
  case oldVersionsRemoved
}
