import EventStore
import LMDB
import StoreFiles
import SystemPackage

/// How far a verification of a log has come, in a file, for one that goes on from there should it be stopped: a line
/// that tells the log's file, and the checkpoint.
struct ResumeFile {
  let path: FilePath

  /// Where to go on: where an earlier verification of this log stopped, else the beginning.
  ///
  /// - Throws: `cannot` for a file that is something else: it would be written over.
  func checkpoint(of log: EventLog) throws -> VerifyCheckpoint {
    guard try Files.status(path) != nil else { return VerifyCheckpoint() }
    let bytes = try BoundedFile.read(path.string, limit: Self.byteLimit, as: Self.kind)
    let parts = bytes.split(separator: Self.newline, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let checkpoint = VerifyCheckpoint(encoded: Array(parts[1])) else {
      throw Failure(.cannot, "\(path) is not \(Self.kind)", remedy: "name another file, or remove it")
    }
    let isSameFile = try parts[0].elementsEqual(Self.place(of: log))
    return isSameFile && log.extends(checkpoint) ? checkpoint : VerifyCheckpoint()
  }

  /// Which file the log is: a copy has the same tree, and may be damaged where this one is not.
  private static func place(of log: EventLog) throws -> [UInt8] {
    let path = DataDirectory.data(of: log.directory)
    guard let status = try Files.status(path) else { throw Failure(.cannot, "there is no \(path)") }
    return [UInt8]("device \(status.identity.device), inode \(status.identity.inode)".utf8)
  }

  private static let newline = UInt8(ascii: "\n")
  private static let byteLimit = 1 << 16
  private static let kind = "how far a check of a log has come"

  /// Verifies a log from a checkpoint on, and keeps the checkpoint meanwhile. At the end, whatever was found, the file
  /// goes.
  ///
  /// - Parameters:
  ///   - interval: records between two writings of the file, each a sync of the disk.
  ///   - progress: told after every step; false stops, and leaves the file.
  func verify(
    _ log: EventLog, from checkpoint: VerifyCheckpoint, options: EventLog.VerifyOptions,
    every interval: UInt64 = 1 << 18, progress: (VerifyReport) -> Bool
  ) throws -> VerifyReport {
    let line = try Self.place(of: log) + [Self.newline]
    var (kept, isStopped) = (checkpoint.position, false)
    var failure: LMDB.OpenError?
    let report = try log.verify(from: checkpoint, options: options) { report in
      if report.checkpoint.position - kept >= interval {
        let bytes = line + report.checkpoint.encoded
        do throws(LMDB.OpenError) { try Files.replace(path, with: bytes) } catch { failure = error }
        kept = report.checkpoint.position
      }
      isStopped = failure != nil || !progress(report)
      return !isStopped
    }
    if let failure { throw failure }
    if !isStopped { try Files.remove(path) }
    return report
  }
}
