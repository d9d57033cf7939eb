import FoundationEssentials
import Glibc
import SystemPackage

/// The few file operations around environments, each durable when it returns.
enum Files {
  /// Makes a directory and those above it, as far as they are missing, and syncs the directory that holds it.
  static func makeDirectory(_ path: FilePath) throws(ProjectionError) {
    do {
      try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    } catch { throw .file(path, "cannot be made: \(error)") }
    try syncDirectory(path.removingLastComponent())
  }

  /// The names in a directory, ordered; none when it is missing.
  static func names(in directory: FilePath) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []).sorted()
  }

  /// The whole file; nil when it cannot be read.
  static func read(_ path: FilePath) -> [UInt8]? {
    FileManager.default.contents(atPath: path.string).map { Array($0) }
  }

  static func exists(_ path: FilePath) -> Bool {
    FileManager.default.fileExists(atPath: path.string)
  }

  /// Removes a file or a directory with all it holds; nothing when it is missing.
  static func remove(_ path: FilePath) throws(ProjectionError) {
    guard exists(path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path.string)
    } catch { throw .file(path, "cannot be removed: \(error)") }
  }

  /// Bytes of the files directly in a directory.
  static func byteCount(in directory: FilePath) -> Int {
    names(in: directory).reduce(0) { sum, name in
      var information = stat()
      let code = unsafe stat(directory.appending(name).string, &information)
      return code == 0 ? sum + Int(information.st_size) : sum
    }
  }

  /// Gives a file new contents so that a crash leaves the old ones or the new ones: temporary file, sync, rename, sync
  /// of the directory.
  static func replace(_ path: FilePath, with bytes: [UInt8]) throws(ProjectionError) {
    let temporary = path.removingLastComponent().appending(temporaryName(of: path))
    try writeSynced(bytes, to: temporary)
    try rename(temporary, to: path)
    try syncDirectory(path.removingLastComponent())
  }

  static func temporaryName(of path: FilePath) -> String { (path.lastComponent?.string ?? "") + ".tmp" }

  static func writeSynced(_ bytes: [UInt8], to path: FilePath) throws(ProjectionError) {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter {
        try file.writeAll(bytes)
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch { throw .file(path, "cannot be written: \(error)") }
  }

  static func rename(_ old: FilePath, to new: FilePath) throws(ProjectionError) {
    guard unsafe Glibc.rename(old.string, new.string) == 0 else {
      throw .file(new, "cannot be replaced: \(Errno(rawValue: errno))")
    }
  }

  static func syncFile(_ path: FilePath) throws(ProjectionError) { try sync(path, options: []) }

  /// Makes the entries of a directory durable: files made in it, renames.
  static func syncDirectory(_ path: FilePath) throws(ProjectionError) {
    try sync(path.isEmpty ? "." : path, options: .directory)
  }

  private static func sync(_ path: FilePath, options: FileDescriptor.OpenOptions) throws(ProjectionError) {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: options.union(.closeOnExec))
      try file.closeAfter {
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch { throw .file(path, "cannot be synced: \(error)") }
  }
}
