/// What the commits of a log have come to since this process opened it: what ``LogMetrics`` tells of each of them.
package struct CommitTotals: Equatable, Sendable {
  package private(set) var commits = 0

  /// Callers that asked for them: over `commits`, how many shared one.
  package private(set) var requests = 0

  /// How often callers that were told together were waited for.
  package private(set) var gatherings = 0

  /// Growth by this process.
  package private(set) var records: UInt64 = 0
  package private(set) var payloadBytes: UInt64 = 0

  /// What the ends of the commits took, pages, sync, meta page and sync: all of them, and the longest.
  package private(set) var time: Duration = .zero
  package private(set) var longestTime: Duration = .zero

  mutating func add(from old: Head, to new: Head, requests: Int, time: Duration) {
    commits += 1
    self.requests += requests
    records += new.size - old.size
    payloadBytes += new.payloadBytes - old.payloadBytes
    self.time += time
    longestTime = max(longestTime, time)
  }

  mutating func addGathering() { gatherings += 1 }
}
