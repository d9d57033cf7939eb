import Glibc
import SystemPackage

/// The right to write versions of one projection, held as a lock on a file of its own. The kernel gives it back when the
/// process ends, however.
struct ProjectionLock: ~Copyable {
  private let descriptor: FileDescriptor

  private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Takes the lock without waiting; makes the directory if there is none.
  static func take(in directory: FilePath) throws(ProjectionError) -> ProjectionLock {
    try Files.makeDirectory(directory)
    let path = directory.appending("writer.lock")
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .file(path, "cannot be opened: \(error)") }
    let lock = ProjectionLock(file)
    guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw .locked(directory) }
    return lock
  }

  deinit {
    try? descriptor.close()
  }
}
