internal import CLMDB
internal import Glibc
package import SystemPackage

/// What is written below a directory, by any number of files and descriptors, until one call waits for all of it.
package struct PendingWrites: ~Copyable {
  private let descriptor: FileDescriptor

  /// From now on. The directory must be there.
  package init(below directory: FilePath) throws(OpenError) {
    do {
      descriptor = try FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec])
    } catch {
      throw .system(operation: "open", directory, errno: (error as? Errno ?? .ioError).rawValue)
    }
  }

  deinit {
    try? descriptor.close()
  }

  /// Waits until it is on the disk, with whatever else was written to the directory's file system. No other file system is
  /// waited for.
  ///
  /// - Throws: also when the disk has refused something since `init`, where the kernel tells (Linux 5.8). Which file it was,
  ///   it does not say.
  package func sync() throws(Errno) {
    guard syncfs(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }
}
