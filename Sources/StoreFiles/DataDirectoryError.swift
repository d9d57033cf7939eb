package import LMDB

/// Why a data directory cannot be used.
package enum DataDirectoryError: Error, Equatable, Sendable {
  /// There is no store.
  case missing(path: String)
  case badManifest(path: String, cause: String)
  case unknownFormat(path: String, format: Int)
  /// The system refused.
  case files(LMDB.OpenError)
  /// What is in it could not be used; the cause says what to do.
  case failed(path: String, cause: String)
  /// Another process is writing to the ledger.
  case inUse(path: String)
  /// There is a ledger with records, and neither a manifest nor a key says which store it is.
  case lostIdentity(path: String, cause: String)
}

extension DataDirectoryError {
  /// Whether the store was read and is damaged.
  package var isDisagreement: Bool {
    if case .badManifest = self { true } else { false }
  }
}

extension DataDirectoryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path):
      "there is no store in \(path); make one with varve import chain, or name another with --data-dir"
    case .badManifest(let path, let cause):
      "\(path) is damaged: \(cause); move it away and import again, which writes it anew if the log is this chain's and its "
        + "key is in signer/"
    case .unknownFormat(let path, let format):
      "\(path) has format \(format), this program reads \(StoreManifest.formatVersion); use the program that made it"
    case .files(let error):
      "\(error)"
    case .failed(let path, let cause):
      "\(path): \(cause)"
    case .inUse(let path):
      "\(path) is in use: another process is writing to it; wait for it or stop it"
    case .lostIdentity(let path, let cause):
      "\(path) has a log and no varve.json, and what is there does not say which store it is: \(cause); put varve.json back "
        + "from a backup of this store, or move the directory ledger away and begin a new store"
    }
  }
}
