import EventStore
import Foundation
import LMDB
package import SystemPackage

extension DataDirectory {
  /// Runs `body` while nobody else may write to the ledger, if there is one.
  ///
  /// Whoever checks a ledger in order to replace it holds it from before the check: what was appended in between would be
  /// lost with the old one.
  package func holdingLedger<R>(_ body: () throws -> R) throws -> R { try holdingLog(in: ledger, body) }

  /// As `holdingLedger`, of either log.
  func holdingLog<R>(in place: FilePath, _ body: () throws -> R) throws -> R {
    let lock = try self.lock(place)
    let result = Result { try body() }
    _ = consume lock
    return try result.get()
  }

  private func lock(_ log: FilePath) throws(DataDirectoryError) -> FileLock? {
    guard try isThere(log) else { return nil }
    do throws(EventLog.OpenError) { return try EventLog.takeLock(in: log) } catch {
      if case .writerLocked = error { throw .inUse(path: log.string) }
      throw .failed(path: log.string, cause: "\(error)")
    }
  }

  /// Moves ledger, projections and manifest into a new directory `quarantine-N` beside them, so that a chain can be imported
  /// anew. Nothing is deleted. A few renames, whatever the size. To be called while the ledger is held.
  ///
  /// The ledger goes first: should the move be cut short, what is left is a store without a ledger, which an import fills.
  ///
  /// - Returns: the new directory; nil when there was nothing to move.
  package func quarantine() throws(DataDirectoryError) -> FilePath? {
    var parts: [FilePath] = []
    for part in [ledger, projections, manifestPath] where try isThere(part) { parts.append(part) }
    guard !parts.isEmpty else { return nil }
    let target = try quarantinePath()
    try make(target)
    for part in parts { try move(part, into: target) }
    return target
  }

  /// The first `quarantine-N` that is not there.
  func quarantinePath() throws(DataDirectoryError) -> FilePath {
    var number = 1
    while try isThere(path.appending("quarantine-\(number)")) { number += 1 }
    return path.appending("quarantine-\(number)")
  }

  /// Whether something has a name. What cannot be looked at is not taken for absent: it may be what is to be kept.
  func isThere(_ path: FilePath) throws(DataDirectoryError) -> Bool {
    do throws(LMDB.OpenError) { return try Files.status(path) != nil } catch {
      if case .system(_, _, ENOTDIR) = error { return false }
      throw .files(error)
    }
  }

  func make(_ directory: FilePath) throws(DataDirectoryError) {
    do throws(LMDB.OpenError) { try Files.createDirectory(directory) } catch {
      throw .files(error)
    }
  }

  func move(_ part: FilePath, into directory: FilePath) throws(DataDirectoryError) {
    guard let name = part.lastComponent else { return }
    do throws(LMDB.OpenError) { try Files.move(part, to: directory.appending(name)) } catch {
      throw .files(error)
    }
  }
}
