import Glibc
import SystemPackage

/// The right to append, held as a lock on a file of its own. The kernel gives it back when the process ends, however.
///
/// LMDB's own lock file is never opened here: closing any descriptor of it would drop LMDB's locks.
struct WriterLock: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// Takes the lock in `directory` without waiting, and writes this process's number into the file for others to read.
  init(in directory: FilePath) throws(EventLog.OpenError) {
    descriptor = try Self.lock(directory.appending("writer.lock"))
    ftruncate(descriptor.rawValue, 0)
    _ = try? descriptor.writeAll(toAbsoluteOffset: 0, "\(getpid())\n".utf8)
  }

  private static func lock(_ path: FilePath) throws(EventLog.OpenError) -> FileDescriptor {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .lockFile(path, error as? Errno ?? .ioError) }
    guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      let code = Errno(rawValue: errno)
      let holder = holder(descriptor)
      try? descriptor.close()
      throw code == .wouldBlock ? .writerLocked(path, holder: holder) : .lockFile(path, code)
    }
    return descriptor
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

extension EventLog {
  /// Makes the directory, unless it is there, and its name durable: a commit is no more durable than the path to it. Its
  /// parent must be there.
  static func makeDirectory(_ directory: FilePath) throws(OpenError) {
    let code = unsafe directory.withPlatformString { path in unsafe mkdir(path, 0o755) == 0 ? 0 : errno }
    guard code == 0 || code == EEXIST else { throw .directory(directory, Errno(rawValue: code)) }
    let parent = directory.removingLastComponent()
    do {
      let descriptor = try FileDescriptor.open(
        parent.isEmpty ? "." : parent, .readOnly, options: [.directory, .closeOnExec])
      try descriptor.closeAfter {
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch { throw .directory(parent, error as? Errno ?? .ioError) }
  }
}
