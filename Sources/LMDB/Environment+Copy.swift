internal import CLMDB
internal import Glibc
package import SystemPackage

extension Environment {
  /// Writes a copy of the environment, as of its last commit, into a directory, while others read and write here.
  ///
  /// The copy has its name only once it is whole and on the disk; a copy that is cut short leaves a file that is none.
  /// It reads for as long as it takes, so what is freed meanwhile cannot be used again until it is done.
  ///
  /// - Parameter directory: made if it is missing; must not hold an environment.
  /// - Complexity: O(pages in use).
  package func copy(to directory: FilePath) throws(OpenError) {
    try Files.createDirectory(directory)
    let path = directory.appending(Self.dataFile)
    guard try Files.status(path) == nil else { throw .system(operation: "copy", path, errno: EEXIST) }
    let draft = Files.temporary(path)
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .system(operation: "open", draft, errno: (error as? Errno ?? .ioError).rawValue) }
    defer { try? file.close() }
    // The snapshot that is held here keeps the map from being moved meanwhile; the library takes one of its own.
    do throws(LMDBError) {
      try read { (_: borrowing ReadTransaction) throws(LMDBError) in
        let code = unsafe mdb_env_copyfd2(handle.pointer, file.rawValue, 0)
        guard code == 0 else { throw LMDBError(code: code) }
      }
    } catch { throw .storage(error, draft) }
    guard fsync(file.rawValue) == 0 else { throw .system(operation: "fsync", draft, errno: errno) }
    try Files.putInPlace(path)
    try Files.syncDirectory(directory)
  }
}
