internal import Glibc
package import SystemPackage

/// Why an environment did not open. Nothing was changed.
package enum OpenError: Error, Hashable, Sendable {
  /// There is no data file, and the mode does not create one.
  case missing(FilePath)
  /// The data file would lose or damage data if LMDB opened it.
  case preflight(PreflightError)
  /// The directory is on a file system whose locks and maps LMDB cannot rely on.
  case networkFileSystem(FilePath, name: String)
  /// The file was written without syncs, and the machine has been restarted since.
  case unsyncedRemains(FilePath)
  /// A table of the options is not in the file.
  case missingTable(String, FilePath)
  /// This process has the environment open with options that contradict these.
  case optionsDisagree(FilePath, option: String)
  /// The system grants not even this much address space for the map.
  case noAddressSpace(FilePath, needed: Int)
  /// A system call failed.
  case system(operation: String, FilePath, errno: Int32)
  /// LMDB refused.
  case storage(LMDBError, FilePath)
}

extension OpenError: CustomStringConvertible {
  /// What happened, where, and what to do.
  package var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such environment; check the path, or create it"
    case .preflight(let error):
      error.description
    case .networkFileSystem(let path, let name):
      "\(path): \(name) is not a local file system, and its locks and maps may lose data; use a local disk"
    case .unsyncedRemains(let path):
      "\(path): left over from an unfinished rebuild before the machine restarted; delete the directory and rebuild"
    case .missingTable(let table, let path):
      "\(path): no table \(table): the file is damaged, or it is another program's; check the path"
    case .optionsDisagree(let path, let option):
      "\(path): already open in this process with another \(option); close it first, or ask for the same"
    case .noAddressSpace(let path, let needed):
      "\(path): the system grants no map of \(needed) bytes; raise the address space limit (ulimit -v)"
    case .system(let operation, let path, let code):
      "\(path): \(operation): \(LMDBError.systemText(code)) (errno \(code)); \(Self.remedy(code))"
    case .storage(let error, let path):
      switch error {
      case .pageNotFound, .corrupted, .cursorFull, .pageFull: "\(path): \(error.summary); \(LMDBError.replacement)"
      default: "\(path): \(error)"
      }
    }
  }

  /// What to do when the system refuses with this code.
  private static func remedy(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "free space and try again"
    case EACCES, EPERM, EROFS: "check the permissions of the directory"
    case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
    case EINVAL, EOPNOTSUPP: "the file system cannot do this: use ext4, XFS, Btrfs or tmpfs"
    case EISDIR: "a directory stands where a file must be: move it away"
    case ENOTDIR: "a file stands where a directory must be: move it away"
    case EIO: LMDBError.system(code).remedy
    default: "check that the directory exists and can be written"
    }
  }
}
