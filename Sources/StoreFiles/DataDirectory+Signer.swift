package import EventStore
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

  /// Makes the directory the store of a chain: gives it an identity, a key, and then the manifest that says so.
  @discardableResult
  package func makeStore(for chainConfigurationHash: Hash256) throws(DataDirectoryError) -> StoreManifest {
    let manifest = StoreManifest.new(for: chainConfigurationHash)
    do throws(SignerError) { _ = try makeLedgerSigner(of: manifest) } catch {
      throw .failed(path: signer.string, cause: "\(error)")
    }
    try write(manifest)
    return manifest
  }
}

extension StoreManifest {
  /// What the ledger is called in its checkpoints.
  package var origin: String { "varve/\(storeID)" }

  /// Begins the names of the key's files. A directory may have held several stores, one after another.
  fileprivate var signerName: String { "ledger-\(storeID)" }
}
