import Foundation
import LMDB
import SystemPackage

/// A file that somebody else made, read whole.
enum BoundedFile {
  /// The bytes of a file that may have `limit` bytes at most: of a longer one not more is read than it takes to see that.
  ///
  /// - Parameter kind: what it should be, as in "a proof".
  /// - Throws: `cannot` when it cannot be read, `disagreement` when it is too long to be what it should be.
  static func read(_ path: String, limit: Int, as kind: String) throws -> [UInt8] {
    if let status = try? Files.status(FilePath(path)), status.isDirectory {
      throw Failure(.cannot, "\(path) is a directory, not \(kind)", remedy: "name the file")
    }
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch { throw Failure(.cannot, "\(path) cannot be read: \(error.localizedDescription)") }
    guard data.count <= limit else {
      throw Failure(.disagreement, "\(path) is not \(kind): it has more than \(Quantity.bytes(UInt64(limit)))")
    }
    return [UInt8](data)
  }
}
