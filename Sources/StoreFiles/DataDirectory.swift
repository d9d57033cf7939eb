import Foundation
import LMDB
package import SystemPackage

/// The one directory that holds a store: `varve.json`, `ledger/`, `testimony/`, `projections/`, `signer/`, and what a node keeps beside
/// them.
package struct DataDirectory: Hashable, Sendable {
  package let path: FilePath

  package init(_ path: FilePath) {
    self.path = path
  }

  /// The LMDB environment of the ledger.
  package var ledger: FilePath { path.appending("ledger") }

  /// The LMDB environment of the testimony: what the node was told off L1.
  package var testimony: FilePath { path.appending("testimony") }

  package var projections: FilePath { path.appending("projections") }

  package var manifestPath: FilePath { path.appending("varve.json") }

  /// What the store says about itself. One small file read.
  package func manifest() throws(DataDirectoryError) -> StoreManifest {
    guard let manifest = try manifestIfPresent() else { throw .missing(path: path.string) }
    return manifest
  }

  /// As `manifest`; nil when there is none.
  package func manifestIfPresent() throws(DataDirectoryError) -> StoreManifest? {
    guard try isThere(manifestPath) else { return nil }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: manifestPath.string))
    } catch {
      throw .failed(path: manifestPath.string, cause: "\(error.localizedDescription); check its permissions")
    }
    return try StoreManifest(data, path: manifestPath.string)
  }

  /// Makes the directory and writes the manifest. A crash leaves the old one or the new one.
  package func write(_ manifest: StoreManifest) throws(DataDirectoryError) {
    try make(path)
    let text: Data
    do { text = try manifest.encode() } catch { throw .failed(path: manifestPath.string, cause: "\(error)") }
    do throws(LMDB.OpenError) {
      try Files.replace(
        manifestPath, with: [UInt8](text), permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .files(error) }
  }
}
