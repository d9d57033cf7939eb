internal import CLMDB
internal import Glibc
internal import SystemPackage

extension Environment {
  /// Makes a new data file with its tables under a temporary name, then links it to its own.
  ///
  /// LMDB would create it in place, without a sync of the directory, and a kill in between would leave a file of zero
  /// bytes. If another process is quicker, its file stays.
  static func create(in directory: FilePath, _ options: EnvironmentOptions) throws(OpenError) {
    try discardAbandoned(in: directory)
    let (scratch, lock) = try makeScratch(in: directory)
    defer { close(lock) }
    var creation = options
    creation.durability = .synchronous
    creation.mapSize = min(options.mapSize, 1 << 24)
    do throws(OpenError) {
      let opened = try OpenedEnvironment(scratch, creation, isNew: true)
      unsafe mdb_env_close(opened.handle.pointer)
      try Files.sync(scratch.appending(dataFile))
      _ = try Files.link(scratch.appending(dataFile), as: directory.appending(dataFile))
      try Files.syncDirectory(directory)
    } catch {
      try? Files.removeDirectory(scratch)
      throw error
    }
    try Files.removeDirectory(scratch)
  }

  /// What the names of scratch directories begin with.
  private static let scratchPrefix = ".new-"

  /// A directory of this call's own. Its maker holds a lock on it, so that others can tell it from what a killed one left:
  /// process numbers say nothing across containers that share a volume.
  private static func makeScratch(in directory: FilePath) throws(OpenError) -> (path: FilePath, lock: Int32) {
    for _ in 0..<100 {
      let scratch = directory.appending(scratchPrefix + String(UInt64.random(in: 0...(.max)), radix: 16))
      try Files.createDirectory(scratch)
      // Between these two steps another one may have taken it for an abandoned one, and removed it.
      if let lock = try lockScratch(scratch) {
        if try Files.status(scratch) != nil { return (scratch, lock) }
        close(lock)
      }
    }
    throw .system(operation: "flock", directory, errno: EWOULDBLOCK)
  }

  /// The descriptor that holds the lock on a scratch directory; nil if somebody has it, or the directory is gone.
  private static func lockScratch(_ scratch: FilePath) throws(OpenError) -> Int32? {
    let file = unsafe scratch.withPlatformString { path in unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw .system(operation: "open", scratch, errno: errno)
    }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
    close(file)
    return nil
  }

  /// Removes the scratch directories that nobody holds: their makers were killed.
  private static func discardAbandoned(in directory: FilePath) throws(OpenError) {
    for name in try Files.names(in: directory) where name.hasPrefix(scratchPrefix) {
      let scratch = directory.appending(name)
      guard let lock = try lockScratch(scratch) else { continue }
      defer { close(lock) }
      try Files.removeDirectory(scratch)
    }
  }
}
