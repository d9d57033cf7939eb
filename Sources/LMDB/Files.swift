internal import CLMDB
internal import Glibc
package import SystemPackage

/// The few file operations that LMDB leaves to its user. What gives or takes a name, or replaces content, is durable when
/// it returns, unless it says otherwise.
package enum Files {
  /// The identity and size of a file; nil if there is none.
  package static func status(_ path: FilePath) throws(OpenError) -> Status? {
    var information = stat()
    let code = unsafe path.withPlatformString { path in unsafe stat(path, &information) }
    guard code == 0 else {
      if errno == ENOENT { return nil }
      throw .system(operation: "stat", path, errno: errno)
    }
    let identity = FileIdentity(device: UInt64(information.st_dev), inode: UInt64(information.st_ino))
    let type = information.st_mode & S_IFMT
    return Status(
      identity: identity, size: Int(information.st_size), isDirectory: type == S_IFDIR, isRegular: type == S_IFREG)
  }

  /// Makes names in a directory durable.
  package static func syncDirectory(_ path: FilePath) throws(OpenError) {
    try sync(path.isEmpty ? "." : path, flags: O_RDONLY | O_DIRECTORY)
  }

  /// Makes a file's content durable.
  static func sync(_ path: FilePath, flags: Int32 = O_RDONLY) throws(OpenError) {
    let file = unsafe path.withPlatformString { path in unsafe open(path, flags | O_CLOEXEC) }
    guard file >= 0 else { throw .system(operation: "open", path, errno: errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw .system(operation: "fsync", path, errno: errno) }
  }

  /// Creates a directory, and those above it as far as they are missing. Every name that is made is durable when this
  /// returns; so is the directory's own when it was there, as whoever made it may have been killed before it was.
  package static func createDirectory(_ path: FilePath) throws(OpenError) {
    let parent = path.removingLastComponent()
    if try status(path) == nil {
      if !parent.isEmpty, try status(parent) == nil { try createDirectory(parent) }
      let code = unsafe path.withPlatformString { path in unsafe mkdir(path, 0o755) }
      guard code == 0 || errno == EEXIST else { throw .system(operation: "mkdir", path, errno: errno) }
    }
    try syncDirectory(parent)
  }

  /// Gives a file a second name. False if that name is taken. Not durable until its directory is synced.
  package static func link(_ old: FilePath, as new: FilePath) throws(OpenError) -> Bool {
    let code = unsafe old.withPlatformString { old in
      unsafe new.withPlatformString { new in unsafe Glibc.link(old, new) }
    }
    if code != 0, errno == EEXIST { return false }
    guard code == 0 else { throw .system(operation: "link", new, errno: errno) }
    return true
  }

  /// Removes a file if it is there. Not durable until its directory is synced.
  package static func remove(_ path: FilePath) throws(OpenError) {
    let code = unsafe path.withPlatformString { path in unsafe unlink(path) }
    guard code == 0 || errno == ENOENT else { throw .system(operation: "unlink", path, errno: errno) }
  }

  /// Removes a directory with all that is in it, if it is there; a link is not followed. Not durable until the directory
  /// above is synced: a crash may bring back what was to go.
  package static func removeDirectory(_ path: FilePath) throws(OpenError) {
    if unsafe path.withPlatformString({ path in unsafe unlink(path) }) == 0 || errno == ENOENT { return }
    guard errno == EISDIR else { throw .system(operation: "unlink", path, errno: errno) }
    for name in try names(in: path) { try removeDirectory(path.appending(name)) }
    let code = unsafe path.withPlatformString { path in unsafe rmdir(path) }
    guard code == 0 || errno == ENOENT else { throw .system(operation: "rmdir", path, errno: errno) }
  }

  /// The first bytes of a file, as many as `limit` at most; nil if there is none.
  package static func read(_ path: FilePath, limit: Int = 4096) throws(OpenError) -> [UInt8]? {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      defer { try? file.close() }
      var bytes: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 4096)
      while bytes.count < limit {
        let count = try unsafe part.withUnsafeMutableBytes { buffer in unsafe try file.read(into: buffer) }
        if count == 0 { break }
        bytes += part.prefix(min(count, limit - bytes.count))
      }
      return bytes
    } catch let error as Errno {
      if error == .noSuchFileOrDirectory { return nil }
      throw .system(operation: "read", path, errno: error.rawValue)
    } catch {
      throw .system(operation: "read", path, errno: EIO)
    }
  }

  /// Writes a small file.
  package static func write(
    _ bytes: [UInt8], to path: FilePath, permissions: FilePermissions = .ownerReadWrite
  ) throws(OpenError) {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: permissions)
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

  /// Gives a file new content so that a crash leaves the old one or the new one.
  package static func replace(
    _ path: FilePath, with bytes: [UInt8], permissions: FilePermissions = .ownerReadWrite
  ) throws(OpenError) {
    try write(bytes, to: temporary(path), permissions: permissions)
    try putInPlace(path)
    try syncDirectory(path.removingLastComponent())
  }

  /// Where the new content of a file stands until it takes the place of the old.
  package static func temporary(_ path: FilePath) -> FilePath {
    path.removingLastComponent().appending((path.lastComponent?.string ?? "") + ".tmp")
  }

  /// Lets what stands under the temporary name take the file's place. Not durable until its directory is synced.
  package static func putInPlace(_ path: FilePath) throws(OpenError) {
    let code = unsafe temporary(path).withPlatformString { old in
      unsafe path.withPlatformString { new in unsafe Glibc.rename(old, new) }
    }
    guard code == 0 else { throw .system(operation: "rename", path, errno: errno) }
  }

  /// Gives a file or directory another name, which must not be taken.
  package static func move(_ old: FilePath, to new: FilePath) throws(OpenError) {
    guard try status(new) == nil else { throw .system(operation: "rename", new, errno: EEXIST) }
    let code = unsafe old.withPlatformString { old in
      unsafe new.withPlatformString { new in unsafe Glibc.rename(old, new) }
    }
    guard code == 0 else { throw .system(operation: "rename", new, errno: errno) }
    try syncDirectory(new.removingLastComponent())
    try syncDirectory(old.removingLastComponent())
  }

  /// Lets two files or directories change names in one step, so that each of the names is taken at every moment.
  ///
  /// - Throws: `system` with `EINVAL` on a file system that cannot.
  package static func exchange(_ one: FilePath, _ other: FilePath) throws(OpenError) {
    let code = unsafe one.withPlatformString { one in
      unsafe other.withPlatformString { other in
        unsafe renameat2(AT_FDCWD, one, AT_FDCWD, other, varve_rename_exchange)
      }
    }
    guard code == 0 else { throw .system(operation: "exchange of names", one, errno: errno) }
    try syncDirectory(one.removingLastComponent())
    try syncDirectory(other.removingLastComponent())
  }

  /// The names in a directory, ordered; none when it is missing.
  package static func names(in directory: FilePath) throws(OpenError) -> [String] {
    guard let stream = unsafe directory.withPlatformString({ path in unsafe opendir(path) }) else {
      if errno == ENOENT { return [] }
      throw .system(operation: "opendir", directory, errno: errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    // Only this tells a failure from the end.
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw .system(operation: "readdir", directory, errno: errno) }
    return names.sorted()
  }

  /// Bytes of the files directly in a directory.
  package static func byteCount(in directory: FilePath) throws(OpenError) -> Int {
    var sum = 0
    for name in try names(in: directory) { sum += try status(directory.appending(name))?.size ?? 0 }
    return sum
  }
}

extension Files {
  /// What a path names.
  package struct Status: Hashable, Sendable {
    package let identity: FileIdentity
    package let size: Int
    package let isDirectory: Bool

    /// Whether it is a file of bytes, and no directory, pipe or device.
    package let isRegular: Bool
  }
}
