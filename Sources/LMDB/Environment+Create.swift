internal import CLMDB
internal import Glibc
internal import SystemPackage

extension Environment {
  /// Makes a new data file with its tables under a temporary name, then links it to its own.
  ///
  /// LMDB would create it in place, without a sync of the directory, and a kill in between would leave a file of zero
  /// bytes. If another process is quicker, its file stays.
  static func create(in directory: FilePath, _ options: EnvironmentOptions) throws(OpenError) {
    let scratch = directory.appending(".new-\(getpid())")
    try discard(scratch)
    try Files.createDirectory(scratch)
    var creation = options
    creation.durability = .synchronous
    creation.mapSize = min(options.mapSize, 1 << 24)
    do throws(OpenError) {
      let opened = try OpenedEnvironment(scratch, creation, FileIdentity(device: 0, inode: 0))
      unsafe mdb_env_close(opened.handle.pointer)
      try Files.sync(scratch.appending(dataFile))
      _ = try Files.link(scratch.appending(dataFile), as: directory.appending(dataFile))
      try Files.syncDirectory(directory)
    } catch {
      try? discard(scratch)
      throw error
    }
    try discard(scratch)
  }

  private static func discard(_ scratch: FilePath) throws(OpenError) {
    guard try Files.status(scratch) != nil else { return }
    try Files.remove(scratch.appending(dataFile))
    try Files.remove(scratch.appending("lock.mdb"))
    try Files.removeDirectory(scratch)
  }
}
