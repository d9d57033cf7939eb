import LMDB
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ProjectionError {
  /// What `body` does with files, its error as one of a projection's.
  static func files<R>(_ body: () throws(LMDB.OpenError) -> R) throws(ProjectionError) -> R {
    do { return try body() } catch { throw .open(error) }
  }

  /// What a lock in a projection's directory is about.
  enum LockKind: String {
    /// Writing to the live version, and saying which one it is.
    case writer
    /// Making versions that no reader knows, and removing any.
    case builder
    /// The scratch directory, and what is compared with it.
    case scratch

    fileprivate func path(in directory: FilePath) -> FilePath { directory.appending("\(rawValue).lock") }

    /// What its holder writes.
    fileprivate func subject(in directory: FilePath) -> FilePath {
      self == .scratch ? directory.appending(rawValue) : directory
    }
  }

  /// What the run that makes a version in `directory` has noted of itself, and how long ago; nil when there is none.
  static func runNote(_ directory: FilePath) -> (text: String, age: Duration)? {
    FileLock.note(at: LockKind.builder.path(in: directory))
  }

  /// Whether a process has this right now.
  static func isLocked(_ directory: FilePath, _ kind: LockKind) -> Bool { FileLock.isHeld(kind.path(in: directory)) }

  /// The right to write in `directory`, which is made if there is none: one process at a time has each of them. Who takes
  /// several takes the builder's first, and then the writer's.
  ///
  /// - Parameters:
  ///   - patience: how long to try while another process has it, beyond the moment that a `FileLock` tries.
  ///   - isCancelled: ends the waiting.
  static func lock(
    _ directory: FilePath, _ kind: LockKind, waiting patience: Duration = .zero,
    unless isCancelled: () -> Bool = { false }
  ) throws(ProjectionError) -> FileLock {
    try files { () throws(LMDB.OpenError) in try Files.createDirectory(directory) }
    let path = kind.path(in: directory)
    let end = ContinuousClock.now + patience
    while true {
      do throws(FileLock.Failure) { return try FileLock(path) } catch {
        switch error {
        case .held(let holder):
          if ContinuousClock.now >= end || isCancelled() { throw .locked(kind.subject(in: directory), holder: holder) }
        case .system(let code): throw .file(path, "cannot be locked: \(code)")
        }
      }
      usleep(10_000)
    }
  }
}
