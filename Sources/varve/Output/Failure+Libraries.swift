// The libraries' errors, as the tool tells them.

import EventStore
import LMDB
import ProjectionStore
import Projections

/// An error that may mean that something disagrees (exit code 1) rather than that something could not be done (3).
protocol TellsDisagreement: Error {
  var isDisagreement: Bool { get }
}

extension Failure {
  /// The libraries' errors describe themselves: what happened, where, what to do next. What is decided here is the exit
  /// code.
  init(of error: any Error) {
    let isDisagreement = (error as? any TellsDisagreement)?.isDisagreement ?? false
    self.init(isDisagreement ? .disagreement : .cannot, "\(error)")
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
    case .disagreement, .damaged, .undecodable: true
    case .fold(_, let error): !error.isUnsupported
    case .log(let error): error.isDisagreement
    case .store(let error): error.isDisagreement
    case .open(let error): error.isDisagreement
    default: false
    }
  }
}
