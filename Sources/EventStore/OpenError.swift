package import LMDB
package import SystemPackage

extension EventLog {
  /// Why a log was not opened. Nothing was changed.
  package enum OpenError: Error, Sendable {
    /// There is no log in the directory.
    case missing(FilePath)

    /// Another process is the writer.
    case writerLocked(FilePath, holder: Int?)

    /// The file that keeps writers apart could not be opened or locked.
    case lockFile(FilePath, Errno)

    /// The head or the last commit is not what was written, or could not be read.
    case unreadable(ReadError)

    /// LMDB, or the check before it, refused the file.
    case store(LMDB.OpenError)
  }
}

extension EventLog.OpenError: EventLogFailure {
  package init(_ error: ReadError) { self = .unreadable(error) }
}

extension EventLog.OpenError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path): "there is no log in \(path); import a chain to make one"
    case .writerLocked(let path, let holder):
      "\(path) is held by \(holder.map { "process \($0)" } ?? "another process"), and a log has one writer; "
        + "wait for it or stop it, or open the log for reading"
    case .lockFile(let path, let errno): "cannot lock \(path): \(errno); check permissions and the file system"
    case .unreadable(let error): "\(error)"
    case .store(let error): "\(error)"
    }
  }
}
