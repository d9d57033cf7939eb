internal import SystemPackage

/// A file beside the data file that says: written without syncs since the machine started as `boot id`.
///
/// Without syncs the kernel writes pages in any order. As long as the machine runs, its page cache is whole and so is
/// the file for every process; after a restart it may be a mixture, and opening a mixture can end the process.
struct UnsyncedMarker {
  let path: FilePath

  init(in directory: FilePath) {
    path = directory.appending("unsynced")
  }

  /// Whether unsynced writes of an earlier start of the machine may be in the file.
  func isStale() throws(OpenError) -> Bool {
    guard let bytes = try Files.read(path) else { return false }
    return try bytes != Self.bootID()
  }

  var exists: Bool {
    get throws(OpenError) { try Files.status(path) != nil }
  }

  /// To be called before the first unsynced write.
  func set() throws(OpenError) { try Files.write(try Self.bootID(), to: path) }

  /// To be called after everything has been synced.
  func clear() throws(OpenError) {
    try Files.remove(path)
    try Files.syncDirectory(path.removingLastComponent())
  }

  /// The kernel's name for this start of the machine.
  static func bootID() throws(OpenError) -> [UInt8] {
    let path = FilePath("/proc/sys/kernel/random/boot_id")
    guard let bytes = try Files.read(path) else { throw .missing(path) }
    return bytes
  }
}
