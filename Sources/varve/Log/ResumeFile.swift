import EventStore
import LMDB
import SystemPackage

/// How far a verification of a log has come, in a file, for one that goes on from there should it be stopped.
struct ResumeFile {
  let path: FilePath

  /// Where to go on: where an earlier verification of this log stopped, else the beginning.
  ///
  /// - Throws: `cannot` for a file that is something else: it would be written over.
  func checkpoint(of log: EventLog) throws -> VerifyCheckpoint {
    guard try Files.status(path) != nil else { return VerifyCheckpoint() }
    let bytes = try BoundedFile.read(path.string, limit: Self.byteLimit, as: Self.kind)
    guard let checkpoint = VerifyCheckpoint(encoded: bytes) else {
      throw Failure(.cannot, "\(path) is not \(Self.kind)", remedy: "name another file, or remove it")
    }
    return log.extends(checkpoint) ? checkpoint : VerifyCheckpoint()
  }

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
    var (kept, isStopped) = (checkpoint.position, false)
    var failure: LMDB.OpenError?
    let report = try log.verify(from: checkpoint, options: options) { report in
      if report.checkpoint.position - kept >= interval {
        do throws(LMDB.OpenError) { try Files.replace(path, with: report.checkpoint.encoded) } catch { failure = error }
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
