import Hashing
import LMDB
import Primitives
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes a snapshot file: as much memory as one row and a buffer take, however many rows there are. The file has its name
/// once all of it is on disk.
struct SnapshotWriter: ~Copyable {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  private var hash = Keccak256()
  private(set) var rows: UInt64 = 0
  private(set) var byteCount = 0

  private static let bufferBytes = 1 << 20

  init(_ path: FilePath, _ header: SnapshotHeader) throws(ProjectionError) {
    self.path = path
    let present = try ProjectionError.files { () throws(LMDB.OpenError) in try Files.status(path) }
    guard present == nil else { throw .snapshot(path, .exists) }
    do {
      descriptor = try FileDescriptor.open(
        Files.temporary(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .snapshot(path, .file("it cannot be made: \(error)")) }
    let bytes = header.encode()
    buffer = SnapshotHeader.magic
    buffer.append(bigEndian: UInt32(bytes.count))
    buffer += bytes
    buffer += Keccak256.hash(bytes).bytes
  }

  /// Adds a row. Tables come in the order of their numbers, keys in theirs.
  mutating func add(_ table: UInt8, _ key: RawSpan, _ value: RawSpan) throws(ProjectionError) {
    buffer.append(table)
    buffer.append(bigEndian: UInt16(key.byteCount))
    buffer.append(bigEndian: UInt32(value.byteCount))
    buffer.append(contentsOf: key)
    buffer.append(contentsOf: value)
    rows += 1
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Ends the file, and gives it its name. Returns the hash of all of it.
  mutating func finish(_ digest: Hash256) throws(ProjectionError) -> Hash256 {
    buffer.append(SnapshotTable.end)
    buffer.append(bigEndian: rows)
    buffer += digest.bytes
    try flush()
    let closing = hash.finalize()
    buffer = closing.bytes
    hash = Keccak256()
    try flush()
    guard fsync(descriptor.rawValue) == 0 else {
      throw .snapshot(path, .file("it cannot be put on disk: \(Errno(rawValue: errno))"))
    }
    try ProjectionError.files { () throws(LMDB.OpenError) in
      try Files.putInPlace(path)
      try Files.syncDirectory(path.removingLastComponent())
    }
    return closing
  }

  private mutating func flush() throws(ProjectionError) {
    hash.update(buffer)
    byteCount += buffer.count
    do { _ = try descriptor.writeAll(buffer) } catch {
      throw .snapshot(path, .file("it cannot be written: \(error)"))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  deinit {
    try? descriptor.close()
    // There unless the file has got its name.
    try? Files.remove(Files.temporary(path))
  }
}
