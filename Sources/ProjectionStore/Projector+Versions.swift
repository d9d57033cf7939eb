import LMDB
import Projections
import SystemPackage

// Which version is live: going back to the one before, switching to another one, and giving up what is not live.
extension Projector {
  /// Makes the version live that was live before; the one that is live stays, and the next call comes back to it. One
  /// rename. The version stands where it stood when it was left: `catchUp` goes on from there.
  ///
  /// - Returns: the version that is live now.
  /// - Throws: `noPrevious` when there is none; `rebuildRequired` when it is of another fold or log, or cannot take back what
  ///   L1 has left since, with the live version as it was.
  @discardableResult
  package func rollBack() throws(ProjectionError) -> VersionName {
    let lock = try ProjectionError.lock(versions.directory, .writer)
    let inventory = try versions.inventory()
    guard let previous = inventory.previous else { throw .noPrevious(projection: P.name) }
    try requireUsable(previous)
    try versions.switchTo(previous, from: inventory.live)
    _ = consume lock
    return previous
  }

  /// Makes a finished version live that is not. The one that was live stays, and can be gone back to. One rename.
  ///
  /// - Parameter name: nil for the one that a rebuild has left beside the live one.
  /// - Returns: the version that is live now.
  /// - Throws: `noSuchVersion` when there is none of the name; `unfinished` when a rebuild has not come to its end;
  ///   `rebuildRequired` when it is of another fold or log, or cannot take back what L1 has left since. The live version
  ///   stays live then.
  @discardableResult
  package func switchTo(_ name: VersionName? = nil) throws(ProjectionError) -> VersionName {
    let building = try ProjectionError.lock(versions.directory, .builder)
    let lock = try ProjectionError.lock(versions.directory, .writer)
    let inventory = try versions.inventory()
    guard let name = name ?? inventory.unfinished, inventory.all.contains(name) else {
      throw .noSuchVersion(projection: P.name, name)
    }
    guard try isFinished(name) else { throw .unfinished(projection: P.name, name) }
    try requireUsable(name)
    if name != inventory.live { try versions.switchTo(name, from: inventory.live) }
    versions.removeUnpublished(but: inventory.unfinished)
    _ = consume lock
    _ = consume building
    return name
  }

  /// Throws unless a version can go on with this log, once it has taken back what L1 has left.
  private func requireUsable(_ name: VersionName) throws(ProjectionError) {
    let version = try openVersion(name, .readOnly)
    _ = try revokedRecords(behind: try checkedCursor(of: version, allowingRevoked: true), of: version)
  }

  /// Whether a version is whole on disk. What is being built carries LMDB's marker until then; an import, no manifest.
  func isFinished(_ name: VersionName) throws(ProjectionError) -> Bool {
    let marker = versions.path(of: name).appending("unsynced")
    let isMarked = try ProjectionError.files { () throws(LMDB.OpenError) in try Files.status(marker) != nil }
    if isMarked { return false }
    return try manifest(of: name) != nil
  }

  /// Removes the version that was live before, what an interrupted rebuild has left, and what a `verify` that was killed has.
  /// The live one stays.
  ///
  /// - Parameter unfinishedOnly: whether the version that was live before stays as well.
  /// - Returns: the versions that were removed.
  /// - Throws: `damaged` when `CURRENT` says nothing of use, and any version may be the live one; `locked` while somebody makes a
  ///   version, writes to the live one, or verifies.
  @discardableResult
  package func drop(unfinishedOnly: Bool = false) throws(ProjectionError) -> [VersionName] {
    let building = try ProjectionError.lock(versions.directory, .builder)
    let lock = try ProjectionError.lock(versions.directory, .writer)
    let verifying = try ProjectionError.lock(versions.directory, .scratch)
    let inventory = try versions.inventory()
    guard inventory.isClear else {
      throw .damaged(versions.currentFile, "it names no version that is there")
    }
    try ProjectionError.files { () throws(LMDB.OpenError) in try Files.removeDirectory(versions.scratch) }
    let kept = unfinishedOnly ? inventory.published : inventory.live.map { [$0] } ?? []
    let dropped = inventory.all.filter { !kept.contains($0) }
    for name in dropped {
      try ProjectionError.files { () throws(LMDB.OpenError) in try Files.removeDirectory(versions.path(of: name)) }
    }
    _ = consume verifying
    _ = consume lock
    _ = consume building
    return dropped
  }
}
