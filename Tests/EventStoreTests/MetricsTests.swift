import CoreMetrics
import EventStore
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
        try log.fill(3)
        let head = try log.head()
        // Metrics are told after the callers, but before the next commit begins.
        try log.fill(1)
        let dimensions = [("log", "ledger")]
        // The file is looked at after the first commit; the counts are of both.
        #expect(try metrics.expectMeter("varve_log_records", dimensions).values.first == 5)
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
        #expect(commits.time >= .nanoseconds(times.reduce(0, +)))
      }
    }
  }
}
