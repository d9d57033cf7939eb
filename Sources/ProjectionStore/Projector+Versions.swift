import LMDB
import Projections

// Going back to the version that was live before, and giving it up.
extension Projector {
  /// Makes the version live that was live before; the one that is live stays, and the next call comes back to it. One
  /// rename. The version stands where it stood when it was left: `catchUp` goes on from there.
  ///
  /// - Returns: the version that is live now.
  /// - Throws: `noPrevious` when there is none; `rebuildRequired` when it is of another fold or log, with the live version
  ///   as it was.
  @discardableResult
  package func rollBack() throws(ProjectionError) -> VersionName {
    let lock = try ProjectionError.lock(versions.directory)
    let inventory = try versions.inventory()
    guard let previous = inventory.previous else { throw .noPrevious(projection: P.name) }
    _ = try checkedCursor(of: openVersion(previous, .readOnly), allowingRevoked: true)
    try versions.switchTo(previous, from: inventory.live)
    _ = consume lock
    return previous
  }

  /// Removes the version that was live before, and what an interrupted rebuild has left. The live one stays.
  ///
  /// - Returns: what was removed.
  /// - Throws: `damaged` when `CURRENT` says nothing of use, and any version may be the live one.
  @discardableResult
  package func drop() throws(ProjectionError) -> [VersionName] {
    let lock = try ProjectionError.lock(versions.directory)
    let inventory = try versions.inventory()
    guard inventory.isClear else {
      throw .damaged(versions.currentFile, "it names no version that is there")
    }
    let dropped = inventory.all.filter { $0 != inventory.live }
    for name in dropped {
      try ProjectionError.files { () throws(LMDB.OpenError) in try Files.removeDirectory(versions.path(of: name)) }
    }
    _ = consume lock
    return dropped
  }
}
