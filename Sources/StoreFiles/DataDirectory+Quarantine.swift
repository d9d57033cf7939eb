import Foundation
package import SystemPackage

extension DataDirectory {
  /// Moves ledger, projections and manifest into a new directory `quarantine-N` beside them, so that a chain can be imported
  /// anew. Nothing is deleted. A few renames, whatever the size.
  ///
  /// The ledger goes first: should the move be cut short, what is left is a store without a ledger, which an import fills.
  ///
  /// - Returns: the new directory; nil when there was nothing to move.
  package func quarantine() throws(DataDirectoryError) -> FilePath? {
    let parts = [ledger, projections, manifestPath].filter { FileManager.default.fileExists(atPath: $0.string) }
    guard !parts.isEmpty else { return nil }
    let lock = try lockLedger()
    defer { try? lock?.close() }
    let target = try makeQuarantine()
    for part in parts {
      guard let name = part.lastComponent else { continue }
      do {
        try FileManager.default.moveItem(atPath: part.string, toPath: target.appending(name).string)
      } catch {
        throw .failed(path: part.string, cause: error.localizedDescription)
      }
    }
    return target
  }

  /// Makes the first `quarantine-N` that is not there.
  private func makeQuarantine() throws(DataDirectoryError) -> FilePath {
    var number = 1
    while FileManager.default.fileExists(atPath: path.appending("quarantine-\(number)").string) { number += 1 }
    let target = path.appending("quarantine-\(number)")
    do {
      try FileManager.default.createDirectory(atPath: target.string, withIntermediateDirectories: false)
    } catch {
      throw .failed(path: target.string, cause: error.localizedDescription)
    }
    return target
  }

  /// Holds that no process is writing to the ledger, and keeps it so until the descriptor is closed. Nil without a ledger.
  private func lockLedger() throws(DataDirectoryError) -> FileDescriptor? {
    let path = ledger.appending("writer.lock")
    guard FileManager.default.fileExists(atPath: path.string) else { return nil }
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(path, .readWrite, options: [.closeOnExec])
    } catch {
      throw .failed(path: path.string, cause: "\(error)")
    }
    guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      try? descriptor.close()
      throw .inUse(path: ledger.string)
    }
    return descriptor
  }
}
