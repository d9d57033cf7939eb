internal import Glibc
package import SystemPackage

/// A lock that one process at a time holds, on a file of its own. The kernel gives it back when the process ends, however
/// that happens.
///
/// LMDB's own lock file is never opened for this: closing any descriptor of it would drop LMDB's locks.
package struct FileLock: ~Copyable, Sendable {
  /// Why the lock was not taken.
  package enum Failure: Error, Hashable, Sendable {
    /// Somebody has it: the process of this number, if the number can be read.
    case held(by: Int?)
    /// The file could not be opened or locked.
    case system(Errno)
  }

  private let descriptor: FileDescriptor

  /// Takes the lock, waiting for a moment at most, and writes this process's number into the file for others to read.
  package init(_ path: FilePath) throws(Failure) {
    descriptor = try Self.lock(path)
    ftruncate(descriptor.rawValue, 0)
    _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Self.line)
  }

  private static var line: String.UTF8View { "\(getpid())\n".utf8 }

  /// Writes a line for others to read behind this process's number, in place of the one before.
  package func note(_ text: String) {
    let line = "\(text)\n".utf8
    _ = try? descriptor.writeAll(toAbsoluteOffset: Int64(Self.line.count), line)
    // Until then, what is longer is seen as no line.
    ftruncate(descriptor.rawValue, off_t(Self.line.count + line.count))
  }

  /// What whoever has the lock of a path has noted, and how long ago; nil when nobody has it, or has noted anything.
  package static func note(at path: FilePath) -> (text: String, age: Duration)? {
    var (information, now) = (stat(), timespec())
    guard isHeld(path), let bytes = try? Files.read(path),
      unsafe path.withPlatformString({ path in unsafe stat(path, &information) }) == 0,
      unsafe clock_gettime(CLOCK_REALTIME, &now) == 0
    else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count == 3 else { return nil }
    let since = Duration(information.st_mtim)
    return (String(decoding: lines[1], as: UTF8.self), max(.zero, Duration(now) - since))
  }

  /// The file that the path names when it is locked: it may have got another name between the two steps.
  private static func lock(_ path: FilePath) throws(Failure) -> FileDescriptor {
    while true {
      let descriptor = try lockOnce(path)
      var (locked, named) = (stat(), stat())
      let isKnown =
        unsafe fstat(descriptor.rawValue, &locked) == 0
        && (path.withPlatformString { name in unsafe stat(name, &named) } == 0 || errno == ENOENT)
      let code = Errno(rawValue: errno)
      if isKnown, locked.st_ino == named.st_ino, locked.st_dev == named.st_dev { return descriptor }
      try? descriptor.close()
      if !isKnown { throw .system(code) }
    }
  }

  /// How long a lock is asked for that somebody has: whoever looks at it has it for a moment, and so has a child of its
  /// last holder, between its birth and its program.
  private static let patience = Duration.milliseconds(20)

  private static func lockOnce(_ path: FilePath) throws(Failure) -> FileDescriptor {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .system(error as? Errno ?? .ioError) }
    let end = ContinuousClock.now + patience
    while flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
      let code = Errno(rawValue: errno)
      if code == .wouldBlock, ContinuousClock.now < end {
        usleep(1000)
        continue
      }
      let holder = holder(descriptor)
      try? descriptor.close()
      throw code == .wouldBlock ? .held(by: holder) : .system(code)
    }
    return descriptor
  }

  /// Whether somebody has the lock of a path. Nothing is written; whoever asks for the lock at that moment waits for it.
  package static func isHeld(_ path: FilePath) -> Bool {
    guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return false }
    defer { try? descriptor.close() }
    // Shared: who looks at the same time is not taken for a holder.
    return flock(descriptor.rawValue, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  deinit {
    try? descriptor.close()
  }

  /// The number that the holder has written into the file.
  private static func holder(_ descriptor: FileDescriptor) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe (try? descriptor.read(fromAbsoluteOffset: 0, into: $0)) ?? 0
    }
    return Int(String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
  }
}

extension Duration {
  fileprivate init(_ time: timespec) { self = .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec) }
}
