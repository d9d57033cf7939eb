package import EventStore
package import L1
package import ProjectionStore
package import Projections
package import Roles
package import StoreFiles

/// Why a node cannot go on.
package enum NodeError: Error, CustomStringConvertible {
  case append(AppendError)
  case read(ReadError)
  case open(EventLog.OpenError)
  case l1(L1Error)
  case view(ViewError)
  case projection(ProjectionError)
  case directory(DataDirectoryError)
  /// The store in this directory is another chain's.
  case otherChain(path: String)
  /// L1 has left a block that was final.
  case belowFinality(number: UInt64)
  case files(path: String, cause: String)
  /// What a projection says cannot be read.
  case rows(FoldError)
  /// No evidence can be made.
  case evidence(String)
  /// A number that is to be a private key is none.
  case badPrivateKey

  package var description: String {
    switch self {
    case .append(let error): "the ledger cannot be appended to: \(error)"
    case .read(let error): "the ledger cannot be read: \(error)"
    case .open(let error): "a log cannot be opened: \(error)"
    case .l1(let error): error.description
    case .view(let error): "the ledger cannot be understood: \(error)"
    case .projection(let error): "\(error)"
    case .directory(let error): "\(error)"
    case .otherChain(let path):
      "the store in \(path) was made for another chain; name another directory with --data-dir"
    case .belowFinality(let number):
      "L1 has left its final block \(number); nothing is decided any more, look for the reason on L1"
    case .files(let path, let cause): "\(path): \(cause)"
    case .rows(let error): error.description
    case .evidence(let cause): "no evidence can be made: \(cause)"
    case .badPrivateKey: "nothing can be signed: the private key is zero, or not below the order of secp256k1"
    }
  }
}
