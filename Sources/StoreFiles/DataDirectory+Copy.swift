package import EventStore
import LMDB
package import SystemPackage

extension DataDirectory {
  /// The data file of the log in a directory: by its name a log is known.
  package static func data(of log: FilePath) -> FilePath { log.appending("data.mdb") }

  package var ledgerData: FilePath { Self.data(of: ledger) }

  /// Where a copy of a log is made: below the directory that it is to have, on the same disk, under a name that is no
  /// log's. The copy is the draft's ledger.
  package static func copyDraft(in place: FilePath) -> DataDirectory { DataDirectory(place.appending(".new-copy")) }

  /// Makes a copy of a log the ledger here, or the testimony: a draft, its check, the manifest, and last the name. A
  /// copy that fails is removed, and the lock's file with it, so that nothing is in the way of the next; what a run that
  /// was stopped has left is written over. Nobody can append meanwhile. O(bytes of the log).
  ///
  /// - Parameters:
  ///   - place: the directory of the ledger or the testimony.
  ///   - requirement: throws unless the copy may be made here; nothing of that can change until it is done.
  ///   - check: throws unless the draft is sound.
  /// - Returns: what `check` found.
  /// - Throws: `UnsettledCopy` when the copy is there, and the disk has not said that it keeps its name.
  package func makeLog<R>(
    in place: FilePath, copying log: EventLog, _ manifest: StoreManifest,
    requiring requirement: () throws -> Void = {}, check: (DataDirectory) throws -> R
  ) throws -> R {
    let data = Self.data(of: place)
    try Files.createDirectory(place)
    return try holdingLog(in: place) {
      try requirement()
      let draft = Self.copyDraft(in: place)
      do {
        try Files.removeDirectory(draft.path)
        try log.copy(to: draft.ledger)
        let found = try check(draft)
        try write(manifest)
        do { try Files.move(draft.ledgerData, to: data) } catch {
          guard try Files.status(data) != nil else { throw error }
          throw UnsettledCopy(cause: error)
        }
        try? Files.removeDirectory(draft.path)
        return found
      } catch let error as UnsettledCopy {
        throw error
      } catch {
        try? Files.removeDirectory(draft.path)
        try? Files.remove(place.appending(EventLog.lockFile))
        throw error
      }
    }
  }

  /// Puts a backup in the place of a log that is gone, as `makeLog` makes a copy, unless a checkpoint was signed that the
  /// backup does not extend: a log that went on from it would contradict that.
  ///
  /// - Parameters:
  ///   - signer: the key whose guard decides; nil where nothing was signed, as far as is known here. Asked before anything
  ///     is written, and again when nobody can append any more: what was signed meanwhile counts as well.
  ///   - requirement: as for `makeLog`.
  package func restoreLog<R>(
    in place: FilePath, from backup: EventLog, _ manifest: StoreManifest, guardedBy signer: () throws -> LogSigner?,
    requiring requirement: () throws -> Void = {}, check: (DataDirectory) throws -> R
  ) throws -> R {
    try signer()?.requireExtension(by: backup)
    return try makeLog(
      in: place, copying: backup, manifest,
      requiring: {
        try requirement()
        try signer()?.requireExtension(by: backup)
      }, check: check)
  }
}

/// A copy has got its name, and the disk has not said that it keeps it.
package struct UnsettledCopy: Error {
  package let cause: any Error
}
