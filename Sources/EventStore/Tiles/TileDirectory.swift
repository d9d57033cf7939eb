internal import Glibc
import LMDB
import MerkleLog
package import Primitives
package import SystemPackage

/// A log as static files: C2SP `tlog-tiles`, and beside the tiles each payload under its hash.
///
/// The entries of the bundles are the leaves, 62 bytes each, so a bundle stays small however long payloads are, and any
/// `tlog-tiles` client can check the tree.
package struct TileDirectory: Sendable {
  package let path: FilePath

  package init(_ path: FilePath) {
    self.path = path
  }

  /// The signed checkpoint; what the other files are good for follows from its size.
  static let checkpointName = "checkpoint"

  /// Where a repair keeps a checkpoint that is damaged.
  static let damagedCheckpointName = "checkpoint.damaged"

  /// Where the payload with this Keccak-256 is, relative to the directory.
  package static func payloadPath(_ hash: Hash256) -> String {
    let digits = Hex.encode(hash.bytes).dropFirst(2)
    return "payload/\(digits.prefix(2))/\(digits)"
  }
}

extension TileDirectory {
  /// The bytes of a file below the directory; nil if there is none.
  ///
  /// - Throws: `badFile` for what is no file, or one of more bytes than `limit`; `files` when it cannot be read.
  func read(_ name: String, limit: Int) throws(TilesError) -> [UInt8]? {
    let path = path.pushing(FilePath(name))
    let status: Files.Status?
    do throws(LMDB.OpenError) { status = try Files.status(path) } catch {
      // A file where a directory should be: then the file that should be below it is not there.
      if case .system(_, _, ENOTDIR) = error { return nil }
      throw .files(error)
    }
    guard let status else { return nil }
    guard status.isRegular else { throw .badFile(name, status.isDirectory ? "it is a directory" : "it is no file") }
    guard status.size <= limit else {
      throw .badFile(name, "it has \(status.size) bytes, \(limit) at most belong there")
    }
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        var bytes = [UInt8](repeating: 0, count: status.size)
        var count = 0
        while count < status.size {
          let read = try unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
          }
          if read == 0 { break }
          count += read
        }
        return Array(bytes.prefix(count))
      }
    } catch {
      throw .files(.system(operation: "read", path, errno: (error as? Errno ?? .ioError).rawValue))
    }
  }

  /// Whether a file is there and has these bytes. One that cannot be read does not.
  func holds(_ bytes: [UInt8], _ name: String) -> Bool { (try? read(name, limit: bytes.count)) == bytes }

  /// The file that a tile is read from. A partial one may have been removed once it was full, and is then cut out of
  /// that.
  func file(of tile: Tile) -> String {
    func isThere(_ name: String) -> Bool { (try? Files.status(path.pushing(FilePath(name)))) != nil }
    return isThere(tile.path) || !isThere(tile.full.path) ? tile.path : tile.full.path
  }

  /// The bytes of a tile.
  func read(_ tile: Tile) throws(TilesError) -> [UInt8]? {
    let limit =
      switch tile.content {
      case .hashes: Tile.fullWidth * Hash256.byteCount
      case .entries: Tile.fullWidth * (2 + Tile.longestEntry)
      }
    let name = file(of: tile)
    guard let bytes = try read(name, limit: limit) else { return nil }
    if name == tile.path { return bytes }
    switch tile.content {
    case .hashes: return Array(bytes.prefix(tile.width * Hash256.byteCount))
    case .entries:
      guard let entries = try? tile.full.entries(bytes) else { return bytes }
      return Tile.encode(entries: Array(entries.prefix(tile.width)))
    }
  }

  /// Writes a file below the directory, so that whoever reads meanwhile sees all of it or nothing. Durable once `durably`
  /// returns. What takes the place of another file, which a checkpoint may vouch for, is on the disk before it does: a crash
  /// leaves the one or the other.
  func write(_ name: String, _ body: (FileDescriptor) throws -> Void) throws(LMDB.OpenError) {
    let path = path.pushing(FilePath(name))
    let draft = Files.temporary(path)
    let isTaken = try Files.status(path) != nil
    do {
      let file = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter {
        try body(file)
        if isTaken, fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
      }
    } catch {
      throw .system(operation: "write", draft, errno: (error as? Errno ?? .ioError).rawValue)
    }
    try Files.putInPlace(path)
  }

  /// Runs `body`, which writes files below the directory, and then waits until they are on the disk: one call (`syncfs`) for
  /// any number of them, of the one file system that the directory is on. The directory is made if it is missing.
  ///
  /// - Throws: also when the disk has refused something meanwhile, where the kernel tells (Linux 5.8). Which file it was, it
  ///   does not say.
  func durably(_ body: () throws(TilesError) -> Void) throws(TilesError) {
    let pending: PendingWrites
    do throws(LMDB.OpenError) {
      try Files.createDirectory(path)
      pending = try PendingWrites(below: path)
    } catch { throw .files(error) }
    try body()
    do throws(Errno) { try pending.sync() } catch { throw .notOnDisk(path, error) }
  }
}
