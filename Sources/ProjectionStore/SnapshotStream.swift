import Hashing
import Primitives
import SystemPackage

/// A file that is read from front to end, a piece at a time, and hashed on the way.
struct SnapshotStream: ~Copyable {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  /// How much of the buffer has been taken.
  private var taken = 0
  private var hash = Keccak256()

  private static let readBytes = 1 << 20

  init(_ path: FilePath) throws(ProjectionError) {
    self.path = path
    do { descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec) } catch {
      throw .snapshot(path, .file("it cannot be opened: \(error)"))
    }
  }

  deinit { try? descriptor.close() }

  /// Lends the next `count` bytes, which the hash then is over as well; throws when the file ends before.
  mutating func take<R>(_ count: Int, _ body: (RawSpan) -> R) throws(ProjectionError) -> R {
    guard try fill(count) else { throw .snapshot(path, .damaged("it ends too early")) }
    let buffer = buffer
    let bytes = buffer.rawSpan.extracting(taken..<taken + count)
    hash.update(bytes)
    let result = body(bytes)
    taken += count
    return result
  }

  mutating func take(_ count: Int) throws(ProjectionError) -> [UInt8] { try take(count) { $0.bytes } }

  /// The hash of all that was taken before, if it is with it that the file ends; else nil.
  mutating func closingHash() throws(ProjectionError) -> Hash256? {
    let expected = hash.finalize()
    hash = Keccak256()
    let stated = try take(Hash256.byteCount) { Hash256($0) }
    let hasMore = try fill(1)
    return stated == expected && !hasMore ? stated : nil
  }

  /// Whether so many bytes are there, which then are in the buffer.
  mutating func fill(_ count: Int) throws(ProjectionError) -> Bool {
    guard buffer.count - taken < count else { return true }
    buffer.removeFirst(taken)
    taken = 0
    while buffer.count < count {
      let start = buffer.count
      let wanted = max(Self.readBytes, count - start)
      buffer.append(contentsOf: repeatElement(0, count: wanted))
      let read: Int
      do {
        read = try unsafe buffer.withUnsafeMutableBytes { bytes in
          try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
      } catch { throw .snapshot(path, .file("it cannot be read: \(error)")) }
      buffer.removeLast(wanted - read)
      if read == 0 { return false }
    }
    return true
  }
}
