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
    do throws(OpenError) {
      try writeCopy(to: file, draft)
      try Files.putInPlace(path)
    } catch {
      // A part of a copy is of no use, and may be what fills the disk.
      try? Files.remove(draft)
      throw error
    }
    try Files.syncDirectory(directory)
  }

  /// Writes and syncs the copy.
  private func writeCopy(to file: FileDescriptor, _ path: FilePath) throws(OpenError) {
    do throws(LMDBError) {
      // The library's snapshot, which may find the map too small, begins before anything is written.
      try followingMap(adoptMapSize) { () throws(LMDBError) in try writeCopyOnce(to: file, path) }
    } catch { throw .storage(error, path) }
    guard fsync(file.rawValue) == 0 else { throw .system(operation: "fsync", path, errno: errno) }
  }

  /// The snapshot that is held here keeps the map from being moved meanwhile; the library takes one of its own.
  private func writeCopyOnce(to file: FileDescriptor, _ path: FilePath) throws(LMDBError) {
    try read { (_: borrowing ReadTransaction) throws(LMDBError) in
      let code = unsafe mdb_env_copyfd2(handle.pointer, file.rawValue, 0)
      switch code {
      case 0: return
      case ENOSPC, EDQUOT:
        // What the draft has is free again once it is removed.
        let written = Int((try? file.seek(offset: 0, from: .end)) ?? 0)
        let available = (FileSystem.availableBytes(at: path.removingLastComponent()) ?? 0) + written
        throw LMDBError.diskFull(needed: information().usedBytes, available: available)
      default: throw LMDBError(code: code)
      }
    }
  }
}
