import Foundation
import LMDB
package import SystemPackage

/// How a repaired ledger takes the place of a damaged one.
///
/// It is made in `repair/`, and the two change names in one step; then `repair/`, with the damaged one in it, becomes a
/// quarantine. So there is a ledger and a manifest at every moment. Whoever is stopped in between begins again: what is in
/// `repair/ledger` is the damaged ledger if it is not sound, and a draft if it is.
extension DataDirectory {
  /// Where a ledger is made anew.
  package var workshop: DataDirectory { DataDirectory(path.appending("repair")) }

  /// Puts a ledger that is made anew in the place of a damaged one, which is set aside with the projections; goes on where
  /// an earlier repair was stopped. Nobody can append meanwhile.
  ///
  /// - Parameters:
  ///   - isSound: whether the ledger of a data directory is as it was written.
  ///   - leftovers: told where what an earlier repair had set aside is now, if there was any.
  ///   - remake: makes the ledger in the workshop; throws unless it may take the damaged one's place, which then stays as
  ///     it is.
  /// - Returns: what `remake` has to say, and where the damaged ledger is now; nil if the ledger is sound.
  package func repairLedger<R>(
    isSound: (DataDirectory) throws -> Bool, leftovers: (FilePath) -> Void = { _ in }, remake: () throws -> R
  ) throws -> (remade: R, damaged: FilePath)? {
    // Held from before the check: what somebody appended after it would be lost.
    try holdingLedger {
      if let place = try clearWorkshop(isSound: isSound) { leftovers(place) }
      guard try !isSound(self) else { return nil }
      let remade: R
      do { remade = try remake() } catch {
        try Files.removeDirectory(workshop.path)
        throw error
      }
      try setProjectionsAside()
      try exchangeLedgers()
      return (remade, try setWorkshopAside())
    }
  }

  /// Sets projections aside, which may have been made from damaged indexes. This and what follows is to be called while
  /// the ledger is held.
  package func setProjectionsAside() throws(DataDirectoryError) {
    guard try isThere(projections) else { return }
    try make(workshop.path)
    try move(projections, into: workshop.path)
  }

  /// Lets this ledger and the one of the workshop change names.
  package func exchangeLedgers() throws(DataDirectoryError) {
    do throws(LMDB.OpenError) { try Files.exchange(workshop.ledger, ledger) } catch {
      throw .files(error)
    }
  }

  /// Makes the workshop, with all that is in it, a quarantine.
  private func setWorkshopAside() throws(DataDirectoryError) -> FilePath {
    let target = try quarantinePath()
    do throws(LMDB.OpenError) { try Files.move(workshop.path, to: target) } catch {
      throw .files(error)
    }
    return target
  }

  /// Makes room for a new draft after an attempt that was stopped, and keeps whatever is no draft.
  ///
  /// - Parameter isSound: whether a ledger is as it was written. The damaged one, which stands in the workshop after the
  ///   exchange, is not.
  /// - Returns: where what was kept is now; nil if there was nothing to keep.
  private func clearWorkshop(isSound: (DataDirectory) throws -> Bool) throws -> FilePath? {
    guard try Files.status(workshop.path) != nil else { return nil }
    if try Files.status(workshop.ledgerData) == nil || isSound(workshop) {
      try Files.removeDirectory(workshop.ledger)
    }
    if try !Files.names(in: workshop.path).isEmpty { return try setWorkshopAside() }
    try Files.removeDirectory(workshop.path)
    return nil
  }
}
