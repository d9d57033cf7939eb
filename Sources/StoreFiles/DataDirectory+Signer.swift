package import EventStore
import LMDB
package import Primitives
package import SystemPackage

extension DataDirectory {
  /// What was signed last, for each key. Never part of a backup: a copy of it would permit what the original forbids.
  package var signer: FilePath { path.appending("signer") }

  /// The key that signs checkpoints of the ledger.
  package func ledgerSigner(of manifest: StoreManifest) throws(SignerError) -> LogSigner {
    try LogSigner(openingIn: signer, name: manifest.signerName, origin: manifest.origin)
  }

  /// Makes the key that signs checkpoints of the ledger. There must be none.
  package func makeLedgerSigner(of manifest: StoreManifest) throws(SignerError) -> LogSigner {
    try LogSigner(makingIn: signer, name: manifest.signerName, origin: manifest.origin)
  }

  /// Gives the directory an identity, a key, and then the manifest that says so.
  private func makeStore(for chainConfigurationHash: Hash256) throws(DataDirectoryError) -> StoreManifest {
    let manifest = StoreManifest.new(for: chainConfigurationHash)
    do throws(SignerError) { _ = try makeLedgerSigner(of: manifest) } catch {
      throw .failed(path: signer.string, cause: "\(error)")
    }
    try write(manifest)
    return manifest
  }
}

extension DataDirectory {
  /// Makes the directory the store of a chain, before the first record of its ledger.
  ///
  /// A ledger that has records had an identity, which was lost with its manifest: it is taken over from the ledger's key, if
  /// that says which it was, and nothing that the key has signed is contradicted. So is that of a store whose making was
  /// cut short between key and manifest.
  @discardableResult
  package func makeStore(for chainConfigurationHash: Hash256, of log: EventLog) throws(DataDirectoryError)
    -> StoreManifest
  {
    let size: UInt64
    do throws(ReadError) { size = try log.head().size } catch { throw .failed(path: ledger.string, cause: "\(error)") }
    let known = try keyedStores()
    guard size > 0 else {
      if known.count == 1, let manifest = try? takeOver(known[0], chainConfigurationHash, log) { return manifest }
      return try makeStore(for: chainConfigurationHash)
    }
    guard let storeID = known.first, known.count == 1 else {
      let keys = known.isEmpty ? "has no key of it" : "has the keys of \(known.joined(separator: " and "))"
      throw .lostIdentity(path: path.string, cause: "\(signer) \(keys)")
    }
    return try takeOver(storeID, chainConfigurationHash, log)
  }

  /// Gives the directory the identity of a key that is there, unless the log contradicts what that has signed.
  private func takeOver(
    _ storeID: String, _ chainConfigurationHash: Hash256, _ log: EventLog
  ) throws(DataDirectoryError) -> StoreManifest {
    let manifest = StoreManifest(chainConfigurationHash: chainConfigurationHash, storeID: storeID)
    do throws(SignerError) { try ledgerSigner(of: manifest).requireExtension(by: log) } catch {
      throw .lostIdentity(path: path.string, cause: "\(error)")
    }
    try write(manifest)
    return manifest
  }

  /// The stores whose ledger's key is here, without those that were set aside.
  private func keyedStores() throws(DataDirectoryError) -> [String] {
    do throws(LMDB.OpenError) {
      let keyed = try Files.names(in: signer).compactMap(StoreManifest.storeID(ofKeyFile:))
      let aside = try Files.names(in: path).filter { $0.hasPrefix("quarantine-") }.compactMap { name in
        try? DataDirectory(path.appending(name)).manifestIfPresent()?.storeID
      }
      return keyed.filter { !aside.contains($0) }
    } catch { throw .files(error) }
  }
}

extension StoreManifest {
  /// The store that a key file is of; nil if the name is none of a ledger's key.
  fileprivate static func storeID(ofKeyFile name: String) -> String? {
    guard name.hasPrefix("ledger-"), name.hasSuffix(".key") else { return nil }
    let storeID = String(name.dropFirst(7).dropLast(4))
    return isStoreID(storeID) ? storeID : nil
  }

  /// What the ledger is called in its checkpoints.
  package var origin: String { "varve/\(storeID)" }

  /// Begins the names of the key's files. A directory may have held several stores, one after another.
  fileprivate var signerName: String { "ledger-\(storeID)" }
}
