import LMDB
import Primitives
import SystemPackage

/// A file of rows that a build has set aside, read and written where its owner says. Nothing of it is synced.
final class RowFile {
  let path: FilePath
  private let descriptor: FileDescriptor

  init(_ path: FilePath) throws(ProjectionError) {
    self.path = path
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .file(path, "cannot be opened: \(error)") }
  }

  deinit { try? descriptor.close() }

  func write(_ bytes: [UInt8], at offset: Int) throws(ProjectionError) {
    do { _ = try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes) } catch {
      throw .file(path, "cannot be written: \(error)")
    }
  }

  /// Appends a part of the file to `bytes`; throws when the file ends before.
  func read(_ part: Range<Int>, to bytes: inout [UInt8]) throws(ProjectionError) {
    var done = bytes.count
    var offset = part.lowerBound
    bytes.append(contentsOf: repeatElement(0, count: part.count))
    while offset < part.upperBound {
      let count: Int
      do {
        count = try unsafe bytes.withUnsafeMutableBytes { bytes in
          try unsafe descriptor.read(
            fromAbsoluteOffset: Int64(offset), into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
        }
      } catch { throw .file(path, "cannot be read: \(error)") }
      guard count > 0 else { throw .damaged(path, "it ends too early") }
      done += count
      offset += count
    }
  }
}
