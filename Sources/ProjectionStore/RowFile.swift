import LMDB
import Primitives
import SystemPackage

/// A file of rows that a build has set aside, read and written where its owner says. Nothing of it is synced.
final class RowFile {
  let path: FilePath
  private let descriptor: FileDescriptor

  /// - Parameter isNew: whether it is made anew, whatever there was.
  init(_ path: FilePath, isNew: Bool = false) throws(ProjectionError) {
    self.path = path
    if isNew { try ProjectionError.files { () throws(LMDB.OpenError) in try Files.remove(path) } }
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

  /// Reads a part of the file in place of what `bytes` has; throws when the file ends before.
  func read(_ part: Range<Int>, into bytes: inout [UInt8]) throws(ProjectionError) {
    if bytes.count > part.count { bytes.removeLast(bytes.count - part.count) }
    if bytes.count < part.count { bytes.append(contentsOf: repeatElement(0, count: part.count - bytes.count)) }
    var done = 0
    while done < part.count {
      let count: Int
      do {
        count = try unsafe bytes.withUnsafeMutableBytes { bytes in
          try unsafe descriptor.read(
            fromAbsoluteOffset: Int64(part.lowerBound + done),
            into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
        }
      } catch { throw .file(path, "cannot be read: \(error)") }
      guard count > 0 else { throw .damaged(path, "it ends too early") }
      done += count
    }
  }
}
