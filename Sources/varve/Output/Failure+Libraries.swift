// The libraries' errors, as the tool tells them.

import ChainImport
import EventStore
import LMDB
import MerkleLog
import Node
import ProjectionStore
import Projections
import StoreFiles

/// An error that may mean that something disagrees (exit code 1) rather than that something could not be done (3).
protocol TellsDisagreement: Error {
  var isDisagreement: Bool { get }

  /// The error that this one passes on, by which it is to be judged; nil for one of its own.
  var underlying: (any TellsDisagreement)? { get }
}

extension TellsDisagreement {
  var underlying: (any TellsDisagreement)? { nil }
}

extension Failure {
  /// The libraries' errors describe themselves: what happened, where, what to do next. What is decided here is the exit
  /// code, and what to do about a log that is damaged.
  init(of error: any Error) {
    var cause = error as? any TellsDisagreement
    while let next = cause?.underlying { cause = next }
    guard let cause, cause.isDisagreement else {
      self.init(.cannot, "\(error)")
      return
    }
    // What a repair has to refuse, or cannot open, it cannot mend. The layer that refuses a file does not know whose it is.
    var needsReplacement = error is RepairError
    if case .store? = cause as? EventLog.OpenError { needsReplacement = true }
    self.init(.disagreement, "\(error)", remedy: needsReplacement ? LogVerify.replacement : nil)
  }
}

extension LMDBError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .corrupted, .pageNotFound, .invalidFile: true
    default: false
    }
  }
}

extension LMDB.OpenError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .preflight, .unsyncedRemains, .missingTable: true
    case .storage(let error, _): error.isDisagreement
    default: false
    }
  }
}

extension ReadError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .damaged, .foreignCursor: true
    case .store(let error): error.isDisagreement
    default: false
    }
  }
}

extension EventLog.OpenError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .unreadable(let error): error.isDisagreement
    case .store(let error): error.isDisagreement
    default: false
    }
  }
}

extension SignerError: TellsDisagreement {
  var underlying: (any TellsDisagreement)? {
    if case .unreadable(let error) = self { error } else { nil }
  }
}

extension TilesError: TellsDisagreement {
  var underlying: (any TellsDisagreement)? {
    switch self {
    case .append(let error): error
    case .unreadable(let error), .unreadableLog(_, let error): error
    case .files(let error): error
    default: nil
    }
  }
}

extension RepairError: TellsDisagreement {
  var isDisagreement: Bool { isOfRecords }

  var underlying: (any TellsDisagreement)? {
    switch self {
    case .lost(let error): error
    case .open(let error): error
    case .rerecording(let error): isOfRecords ? nil : error
    case .otherRoot, .begunBefore: nil
    }
  }
}

extension NoteError: TellsDisagreement {
  var isDisagreement: Bool { true }
}

extension AppendError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .blockConflict, .reorgUnknown, .reorgBelowFinalized: true
    case .unreadable(let error): error.isDisagreement
    case .store(let error): error.isDisagreement
    default: false
    }
  }
}

extension ProjectionError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .disagreement, .damaged, .undecodable, .fold, .foreignTestimony, .notTestimony: true
    case .snapshot(_, let error): error.isDisagreement
    case .log(let error): error.isDisagreement
    case .store(let error): error.isDisagreement
    case .open(let error): error.isDisagreement
    default: false
    }
  }
}

extension SnapshotError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .noSnapshot, .damaged, .otherLog, .otherDigest, .otherHash: true
    default: false
    }
  }
}

extension ImportError: TellsDisagreement {
  var underlying: (any TellsDisagreement)? {
    switch reason {
    case .open(let error): error
    case .append(let error): error
    case .read(let error): error
    default: nil
    }
  }
}

extension DataDirectoryError: TellsDisagreement {
  var underlying: (any TellsDisagreement)? {
    if case .files(let error) = self { error } else { nil }
  }
}

extension NodeError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .otherChain, .belowFinality: true
    default: false
    }
  }

  var underlying: (any TellsDisagreement)? {
    switch self {
    case .append(let error): error
    case .read(let error): error
    case .open(let error): error
    case .projection(let error): error
    case .directory(let error): error
    default: nil
    }
  }
}
