import LMDB
import SystemPackage

/// The versions of one projection on disk, which of them is live, and which was before it.
///
/// ```
/// projections/proposer-state/
///   CURRENT        the names of both, a line each, switched by one rename
///   standstill.json  the record at which the last run stopped, if one did
///   writer.lock    held by the process that writes to the live version, or switches
///   builder.lock   held by the process that makes a version beside it, or removes one
///   scratch.lock   held by the process that folds anew what it compares with the live version
///   v1-s1/         an LMDB environment and its manifest
///   scratch/       what is folded to be compared, by the process that holds scratch.lock
/// ```
struct VersionSet: Sendable {
  let directory: FilePath

  private static let currentName = "CURRENT"

  init(dataDirectory: FilePath, projection: String) {
    directory = dataDirectory.appending("projections").appending(projection)
  }

  /// The live version; nil when there is none, or when what CURRENT names is not there.
  var live: VersionName? {
    var name = current
    while let seen = name, !exists(seen) {
      // Another process may have switched, and removed the old version, since CURRENT was read.
      name = current
      if name == seen { return nil }
    }
    return name
  }

  /// What `open` makes of the live version; nil when there is none. Tries again with another version when `open` fails
  /// and another process has switched meanwhile: a version that is no longer live is removed.
  func withLive<R>(_ open: (VersionName) throws(ProjectionError) -> R) throws(ProjectionError) -> R? {
    while let name = live {
      do throws(ProjectionError) {
        return try open(name)
      } catch {
        if current == name { throw error }
      }
    }
    return nil
  }

  /// The version that was live before, and can be again; nil when there is none any more.
  var previous: VersionName? { (try? inventory())?.previous }

  /// The first that CURRENT names, whether it is there or not.
  private var current: VersionName? { named.first }

  /// What CURRENT names: the live version, and the one before it. None where the first line is no name.
  private var named: [VersionName] { (try? readNamed())?.names ?? [] }

  /// As `named`, and whether there is a CURRENT; throws when there may be one and it cannot be read.
  private func readNamed() throws(LMDB.OpenError) -> (names: [VersionName], isThere: Bool) {
    guard let bytes = try Files.read(currentFile) else { return ([], false) }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(2)
    let names = lines.map { VersionName(String(decoding: $0, as: UTF8.self)) }
    return (names.prefix { $0 != nil }.compactMap(\.self), true)
  }

  private func exists(_ name: VersionName) -> Bool {
    (try? Files.status(path(of: name))) != nil
  }

  /// All version directories, oldest first.
  var all: [VersionName] { (try? readAll()) ?? [] }

  private func readAll() throws(LMDB.OpenError) -> [VersionName] {
    try Files.names(in: directory).compactMap { VersionName($0) }.sorted()
  }

  /// A version made after the published ones and not yet published: what an interrupted rebuild left.
  var unfinished: VersionName? { (try? inventory())?.unfinished }

  /// What there is, for who is about to write or remove some of it: what cannot be read is not taken for absent, but thrown.
  func inventory() throws(ProjectionError) -> Inventory {
    try ProjectionError.files { () throws(LMDB.OpenError) in
      let (named, hasCurrent) = try readNamed()
      return Inventory(all: try readAll(), named: named, hasCurrent: hasCurrent)
    }
  }

  struct Inventory {
    /// All version directories, oldest first.
    let all: [VersionName]

    /// What CURRENT names, whether it is there or not.
    let named: [VersionName]

    let hasCurrent: Bool

    var live: VersionName? { named.first.flatMap { all.contains($0) ? $0 : nil } }

    /// The version that was live before, and can be again.
    var previous: VersionName? { named.dropFirst().first.flatMap { all.contains($0) ? $0 : nil } }

    /// Whether it is known which version is live, or that none is.
    var isClear: Bool { live != nil || !hasCurrent }

    /// What CURRENT names and is there.
    var published: [VersionName] { named.filter(all.contains) }

    /// A version made after the published ones and not yet published: what an interrupted rebuild left.
    var unfinished: VersionName? {
      guard let newest = all.last else { return nil }
      guard let published = published.max() else { return newest }
      return newest > published ? newest : nil
    }

    /// The name for the next version of a schema: beyond all that are there, and those that CURRENT names.
    func next(schemaVersion: UInt32) -> VersionName {
      let newest = (all + named).map(\.sequence).max() ?? 0
      return VersionName(sequence: newest + 1, schemaVersion: schemaVersion)
    }
  }

  func path(of name: VersionName) -> FilePath { directory.appending(name.description) }

  /// Makes `name` the live version. Readers that open from now on get it; a crash leaves the old name or the new one.
  ///
  /// - Parameter previous: the version to which one can go back.
  func switchTo(
    _ name: VersionName, from previous: VersionName? = nil,
    passing step: (PublishStep) throws(ProjectionError) -> Void = { _ in }
  ) throws(ProjectionError) {
    try ProjectionError.files { () throws(LMDB.OpenError) in
      let lines = "\(name)\n" + (previous.map { "\($0)\n" } ?? "")
      try Files.write(Array(lines.utf8), to: Files.temporary(currentFile))
    }
    try step(.pointerWritten)
    try ProjectionError.files { () throws(LMDB.OpenError) in try Files.putInPlace(currentFile) }
    try step(.pointerRenamed)
    try ProjectionError.files { () throws(LMDB.OpenError) in try Files.syncDirectory(directory) }
    try step(.pointerDurable)
  }

  /// Removes every version but the live one and the one before it. What a crash leaves, or what cannot be removed, are rows
  /// that nobody reads, for the next call to remove: no reason for anything to fail, as no name is used twice. When CURRENT
  /// cannot be read, or names no version that is there, nothing goes.
  ///
  /// - Parameter kept: stays as well.
  func removeUnpublished(but kept: VersionName? = nil) {
    guard let inventory = try? inventory(), inventory.isClear else { return }
    for name in inventory.all where !inventory.published.contains(name) && name != kept {
      try? Files.removeDirectory(path(of: name))
    }
  }

  var currentFile: FilePath { directory.appending(Self.currentName) }

  var standstillFile: FilePath { directory.appending("standstill.json") }

  var scratch: FilePath { directory.appending("scratch") }
}

/// The steps of making a version live, each named for what has been done. A crash after any of them leaves CURRENT naming
/// a whole version: the old one up to `pointerWritten`, the new one from `pointerRenamed` on.
package enum PublishStep: CaseIterable, Sendable {
  /// Every record is folded and committed, unsynced.
  case folded
  /// The environment is on disk, may be opened after a restart, and commits from now on are durable.
  case environmentDurable
  /// The version's directory entries are on disk.
  case directoryDurable
  case pointerWritten
  case pointerRenamed
  case pointerDurable
  case oldVersionsRemoved
}
