import LMDB
import SystemPackage

extension ProjectionError {
  /// What `body` does with files, its error as one of a projection's.
  static func files<R>(_ body: () throws(LMDB.OpenError) -> R) throws(ProjectionError) -> R {
    do { return try body() } catch { throw .open(error) }
  }

  /// The right to write versions in `directory`, which is made if there is none: one process at a time has it.
  static func lock(_ directory: FilePath) throws(ProjectionError) -> FileLock {
    try files { () throws(LMDB.OpenError) in try Files.createDirectory(directory) }
    let path = directory.appending("writer.lock")
    do throws(FileLock.Failure) { return try FileLock(path) } catch {
      switch error {
      case .held(let holder): throw .locked(directory, holder: holder)
      case .system(let code): throw .file(path, "cannot be locked: \(code)")
      }
    }
  }
}
