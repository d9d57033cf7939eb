internal import Glibc
internal import SystemPackage

/// The few file operations that LMDB leaves to its user.
enum Files {
  /// The identity and size of a file; nil if there is none.
  static func status(_ path: FilePath) throws(OpenError) -> (identity: FileIdentity, size: Int, isDirectory: Bool)? {
    var information = stat()
    let code = unsafe path.withPlatformString { path in unsafe stat(path, &information) }
    guard code == 0 else {
      if errno == ENOENT { return nil }
      throw .system(operation: "stat", path, errno: errno)
    }
    let identity = FileIdentity(device: UInt64(information.st_dev), inode: UInt64(information.st_ino))
    return (identity, Int(information.st_size), information.st_mode & S_IFMT == S_IFDIR)
  }

  /// Makes names in a directory durable.
  static func syncDirectory(_ path: FilePath) throws(OpenError) {
    try sync(path, flags: O_RDONLY | O_DIRECTORY)
  }

  /// Makes a file's content durable.
  static func sync(_ path: FilePath, flags: Int32 = O_RDONLY) throws(OpenError) {
    let file = unsafe path.withPlatformString { path in unsafe open(path, flags | O_CLOEXEC) }
    guard file >= 0 else { throw .system(operation: "open", path, errno: errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw .system(operation: "fsync", path, errno: errno) }
  }

  /// Creates a directory, and those above it; makes their names durable.
  static func createDirectory(_ path: FilePath) throws(OpenError) {
    guard try status(path) == nil else { return }
    let parent = path.removingLastComponent()
    if !parent.isEmpty { try createDirectory(parent) }
    let code = unsafe path.withPlatformString { path in unsafe mkdir(path, 0o755) }
    guard code == 0 || errno == EEXIST else { throw .system(operation: "mkdir", path, errno: errno) }
    try syncDirectory(parent.isEmpty ? FilePath(".") : parent)
  }

  /// Gives a file a second name. False if that name is taken.
  static func link(_ old: FilePath, as new: FilePath) throws(OpenError) -> Bool {
    let code = unsafe old.withPlatformString { old in
      unsafe new.withPlatformString { new in unsafe Glibc.link(old, new) }
    }
    if code != 0, errno == EEXIST { return false }
    guard code == 0 else { throw .system(operation: "link", new, errno: errno) }
    return true
  }

  /// Removes a file if it is there.
  static func remove(_ path: FilePath) throws(OpenError) {
    let code = unsafe path.withPlatformString { path in unsafe unlink(path) }
    guard code == 0 || errno == ENOENT else { throw .system(operation: "unlink", path, errno: errno) }
  }

  /// Removes an empty directory.
  static func removeDirectory(_ path: FilePath) throws(OpenError) {
    let code = unsafe path.withPlatformString { path in unsafe rmdir(path) }
    guard code == 0 || errno == ENOENT else { throw .system(operation: "rmdir", path, errno: errno) }
  }

  /// The bytes of a small file; nil if there is none.
  static func read(_ path: FilePath) throws(OpenError) -> [UInt8]? {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      defer { try? file.close() }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = try unsafe bytes.withUnsafeMutableBytes { buffer in unsafe try file.read(into: buffer) }
      return Array(bytes.prefix(count))
    } catch let error as Errno {
      if error == .noSuchFileOrDirectory { return nil }
      throw .system(operation: "read", path, errno: error.rawValue)
    } catch {
      throw .system(operation: "read", path, errno: EIO)
    }
  }

  /// Writes a small file and makes it durable.
  static func write(_ bytes: [UInt8], to path: FilePath) throws(OpenError) {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
      defer { try? file.close() }
      _ = try file.writeAll(bytes)
    } catch let error as Errno {
      throw .system(operation: "write", path, errno: error.rawValue)
    } catch {
      throw .system(operation: "write", path, errno: EIO)
    }
    try sync(path)
    try syncDirectory(path.removingLastComponent())
  }
}
