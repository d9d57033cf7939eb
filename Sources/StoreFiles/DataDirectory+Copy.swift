package import EventStore
import LMDB
package import SystemPackage

extension DataDirectory {
  /// The ledger's data file, by whose name a log is known.
  package var ledgerData: FilePath { ledger.appending("data.mdb") }

  /// Where a copy of a log is made: below the ledger, on the same disk, under a name that is no log's.
  package var copyDraft: DataDirectory { DataDirectory(ledger.appending(".new-copy")) }

  /// Makes a copy of a log the ledger here: a draft, its check, the manifest, and last the name. A copy that fails is removed,
  /// and the lock's file with it, so that nothing is in the way of the next; what a run that was stopped has left is written
  /// over. Nobody can append meanwhile. O(bytes of the log).
  ///
  /// - Parameters:
  ///   - requirement: throws unless the copy may be made here; nothing of that can change until it is done.
  ///   - check: throws unless the draft is sound.
  /// - Returns: what `check` found.
  /// - Throws: `UnsettledCopy` when the copy is there, and the disk has not said that it keeps its name.
  package func makeLedger<R>(
    copying log: EventLog, _ manifest: StoreManifest, requiring requirement: () throws -> Void = {},
    check: (DataDirectory) throws -> R
  ) throws -> R {
    try Files.createDirectory(ledger)
    return try holdingLedger {
      try requirement()
      let draft = copyDraft
      do {
        try Files.removeDirectory(draft.path)
        try log.copy(to: draft.ledger)
        let found = try check(draft)
        try write(manifest)
        do { try Files.move(draft.ledgerData, to: ledgerData) } catch {
          guard try Files.status(ledgerData) != nil else { throw error }
          throw UnsettledCopy(cause: error)
        }
        try? Files.removeDirectory(draft.path)
        return found
      } catch let error as UnsettledCopy {
        throw error
      } catch {
        try? Files.removeDirectory(draft.path)
        try? Files.remove(ledger.appending(EventLog.lockFile))
        throw error
      }
    }
  }
}

/// A copy has got its name, and the disk has not said that it keeps it.
package struct UnsettledCopy: Error {
  package let cause: any Error
}
