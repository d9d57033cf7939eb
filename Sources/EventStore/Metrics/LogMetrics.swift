import CoreMetrics
import LMDB
import Synchronization
import SystemPackage

/// What an open log tells whoever has set up a metrics system (swift-metrics) before it was opened: counts after each commit
/// of its own, meters once in ``meterInterval`` at most.
///
/// Names begin with `varve_log_`; the dimension `log` is the name of the log's directory. `Docs/Concurrency.md` has a table
/// of them.
final class LogMetrics: Sendable {
  private let records, payloadBytes, bytesPerRecord, usedBytes, mapUse, oldestReader: Meter
  private let appendedRecords, appendedPayloadBytes: Counter
  private let commitRequests: Recorder
  private let commitTime: Timer

  /// Between two looks at the file and its readers.
  static let meterInterval: Duration = .milliseconds(250)

  private let nextLook = Mutex(ContinuousClock.now)

  /// Nil when nobody has set up a metrics system: then nothing is looked at.
  init?(of environment: Environment) {
    guard !(MetricsSystem.factory is NOOPMetricsHandler) else { return nil }
    let dimensions = [("log", environment.directory.lastComponent?.string ?? "")]
    func meter(_ name: String) -> Meter { Meter(label: "varve_log_\(name)", dimensions: dimensions) }
    records = meter("records")
    payloadBytes = meter("payload_bytes")
    bytesPerRecord = meter("bytes_per_record")
    usedBytes = meter("used_bytes")
    mapUse = meter("map_use")
    oldestReader = meter("oldest_reader_commits")
    appendedRecords = Counter(label: "varve_log_appended_records", dimensions: dimensions)
    appendedPayloadBytes = Counter(label: "varve_log_appended_payload_bytes", dimensions: dimensions)
    commitRequests = Recorder(label: "varve_log_commit_requests", dimensions: dimensions)
    commitTime = Timer(label: "varve_log_commit_seconds", dimensions: dimensions)
  }

  /// A commit is durable that took the log from one head to the next, for so many callers, and whose end took `time`.
  func committed(in time: Duration, by writer: borrowing Writer, from old: Head, to new: Head, requests: Int) {
    appendedRecords.increment(by: Int64(clamping: new.size - old.size))
    appendedPayloadBytes.increment(by: Int64(clamping: new.payloadBytes - old.payloadBytes))
    commitRequests.record(requests)
    let (seconds, attoseconds) = time.components
    commitTime.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    guard isTimeToLook() else { return }
    let information = writer.information()
    records.set(new.size)
    payloadBytes.set(new.payloadBytes)
    bytesPerRecord.set(new.size == 0 ? 0 : Double(information.usedBytes) / Double(new.size))
    usedBytes.set(information.usedBytes)
    mapUse.set(Double(information.usedBytes) / Double(max(information.mapSize, 1)))
    oldestReader.set(information.oldestReaderLag)
  }

  private func isTimeToLook() -> Bool {
    nextLook.withLock { next in
      let now = ContinuousClock.now
      guard now >= next else { return false }
      next = now + Self.meterInterval
      return true
    }
  }
}
