import CoreMetrics
import EventStore
import Foundation
import LMDB
import MetricsTestKit
import SystemPackage
import TestSupport
import Testing

/// What a log tells a metrics system. There is one for a whole process, so the test runs in a process of its own.
@Suite("Metrics")
struct MetricsTests {
  @Test("after its commits a log tells its size, growth and use of the file, who shared a commit and how long it took")
  func told() async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) { [path = path as String] in
        let metrics = TestMetrics()
        MetricsSystem.bootstrap(metrics)
        let directory = FilePath(path).appending("ledger")
        let log = try EventLog.open(directory, mode: .create)
        try log.fill(5)
        let first = try log.head()
        try log.fill(3)
        let head = try log.head()
        let before = try #require(try log.statistics().commits)
        // Metrics are told after the callers, but before the next commit begins.
        try log.fill(1)
        let dimensions = [("log", "ledger")]
        // The file is looked at after the first commit; the counts are of both.
        #expect(try metrics.expectMeter("varve_log_records", dimensions).values.first == 5)
        #expect(
          try metrics.expectMeter("varve_log_payload_bytes", dimensions).values.first == Double(first.payloadBytes))
        #expect(
          try metrics.expectCounter("varve_log_appended_records", dimensions).values.prefix(2).reduce(0, +)
            == Int64(head.size))
        #expect(
          try metrics.expectCounter("varve_log_appended_payload_bytes", dimensions).values.prefix(2).reduce(0, +)
            == Int64(head.payloadBytes))
        let times = try metrics.expectTimer("varve_log_commit_seconds", dimensions).values.prefix(2)
        #expect(try metrics.expectRecorder("varve_log_commit_requests", dimensions).values.prefix(2) == [1, 1])
        #expect(times.count == 2 && times.allSatisfy { $0 > 0 })
        let used = try #require(try metrics.expectMeter("varve_log_used_bytes", dimensions).values.first)
        #expect(try metrics.expectMeter("varve_log_bytes_per_record", dimensions).values.first == used / 5)
        #expect(try metrics.expectMeter("varve_log_map_use", dimensions).values.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(try metrics.expectMeter("varve_log_oldest_reader_commits", dimensions).values.first == 0)
        // The same, as sums.
        let commits = try #require(try log.statistics().commits)
        #expect(commits.commits == 3 && commits.requests == 3 && commits.records == head.size + 1)
        #expect(before.time == .nanoseconds(times.reduce(0, +)) && commits.time > before.time)
        try MetricsTests.expectOldestReader(of: log, dimensions, in: metrics)
        #expect(try MetricsTests.told(to: metrics) == MetricsTests.documented())
      }
    }
  }

  /// A snapshot that is held is the oldest one, and the more commits behind the more there are.
  private static func expectOldestReader(
    of log: EventLog, _ dimensions: [(String, String)], in metrics: TestMetrics
  ) throws {
    try log.environment.read { (_: borrowing ReadTransaction) throws(ReadError) in
      for _ in 0..<3 {
        // Until it is time to look at the readers again.
        Thread.sleep(forTimeInterval: 0.5)
        do throws(AppendError) { try log.append([plain([1])]) } catch { Issue.record("\(error)") }
      }
    }
    // What the last of these told is told before the next commit begins.
    try log.fill(1)
    let lags = try metrics.expectMeter("varve_log_oldest_reader_commits", dimensions).values
      .filter { $0 > 0 }
    // On a machine that is busy one may come before it is time again.
    #expect(!lags.isEmpty && lags.allSatisfy([1, 2, 3].contains))
    #expect(zip(lags, lags.dropFirst()).allSatisfy(<), "\(lags)")
  }

  /// In what each figure is held against the log's own above.
  private static let units = [
    "varve_log_records": "records", "varve_log_payload_bytes": "bytes", "varve_log_bytes_per_record": "bytes",
    "varve_log_used_bytes": "bytes", "varve_log_map_use": "0 to 1", "varve_log_oldest_reader_commits": "commits",
    "varve_log_appended_records": "records", "varve_log_appended_payload_bytes": "bytes",
    "varve_log_commit_requests": "callers",
    "varve_log_commit_seconds": "nanoseconds, which a handler may convert",
  ]

  /// The names, kinds and units of all that was told.
  private static func told(to metrics: TestMetrics) -> Set<String> {
    let kinds =
      metrics.meters.map { ($0.label, "meter") } + metrics.counters.map { ($0.label, "counter") }
      + metrics.recorders.map { ($0.label, "recorder") } + metrics.timers.map { ($0.label, "timer") }
    return Set(kinds.map { label, kind in "\(label) \(kind) \(units[label] ?? "without a unit")" })
  }

  /// The names, kinds and units in `Docs/Concurrency.md`.
  private static func documented() throws -> Set<String> {
    let text = try String(contentsOfFile: "\(packageRoot)/Docs/Concurrency.md", encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `varve_log_") }
    return Set(
      rows.map { row in
        let cells = row.replacing("`", with: "").split(separator: "|").prefix(3)
        return cells.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
      })
  }
}
