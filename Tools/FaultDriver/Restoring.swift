import EventStore
import Foundation
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// A backup is put in place of a lost or damaged log as `varve log restore` does, if the signer's guard lets it. Only
/// that the check there is a child process is not played.
struct Restoring {
  /// Where stores are made; removed afterwards.
  let place: FilePath

  /// The restored log is the backup, and goes on. Once it has, and that was signed, the same backup is refused, and
  /// nothing of it has a log's name.
  ///
  /// - Parameters:
  ///   - signer: the key whose guard decides; without it one that is made for this.
  ///   - damaged: the directory of a log whose place the backup takes. It is set aside first, as `varve import chain
  ///     --replace-damaged` does.
  func run(_ backup: EventLog, _ signer: LogSigner? = nil, inPlaceOf damaged: FilePath? = nil) throws {
    defer { try? FileManager.default.removeItem(atPath: place.string) }
    let (store, again) = (DataDirectory(place.appending("restored")), DataDirectory(place.appending("again")))
    if let damaged { try setAside(damaged, in: store) }
    let signer =
      try signer ?? LogSigner(makingIn: place.appending("signer"), name: "log", origin: Upkeep.Places.origin)
    _ = try signer.checkpoint(of: backup)
    try restore(backup, into: store, signer)
    let restored = try EventLog.open(store.ledger, mode: .readWrite)
    guard try restored.head() == backup.head() else {
      throw Checker.Violation(description: "what was restored is not the backup")
    }
    var source = Source(process: 0xFFFE, writer: 0)
    try restored.append([source.record()])
    _ = try signer.checkpoint(of: restored)
    do { try restore(backup, into: again, signer) } catch SignerError.behind {
      guard !FileManager.default.fileExists(atPath: again.ledgerData.string) else {
        throw Checker.Violation(description: "a refused backup has a log's name")
      }
      return
    }
    throw Checker.Violation(description: "a backup is restored of which more was signed")
  }

  private func setAside(_ damaged: FilePath, in store: DataDirectory) throws {
    try FileManager.default.createDirectory(atPath: store.path.string, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: damaged.string, toPath: store.ledger.string)
    guard let aside = try store.holdingLedger({ try store.quarantine() }),
      FileManager.default.fileExists(atPath: DataDirectory(aside).ledgerData.string),
      !FileManager.default.fileExists(atPath: store.ledger.string)
    else { throw Checker.Violation(description: "a damaged log is not set aside") }
  }

  private func restore(_ backup: EventLog, into store: DataDirectory, _ signer: LogSigner) throws {
    _ = try store.restoreLog(
      in: store.ledger, from: backup, Upkeep.Places.manifest, guardedBy: { signer },
      check: { try Upkeep.Places.soundSize($0.ledger) })
  }
}
