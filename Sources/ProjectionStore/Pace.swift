#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Keeps a run at so many records a second, that others have the disk and the processors.
///
/// What a run falls behind is not made up for: after a pause it goes on at its rate.
struct Pace {
  private let recordsPerSecond: Double

  /// When the records folded so far are due.
  private var due = ContinuousClock.now

  /// In how many parts a second's records are committed at least, that the work is spread out.
  private static let commitsPerSecond = 4.0

  init(recordsPerSecond: Double) {
    precondition(recordsPerSecond > 0, "a run that is to go on has a rate")
    self.recordsPerSecond = recordsPerSecond
  }

  /// Records that a commit has at most.
  var batchLimit: UInt64 { UInt64(max(1, (recordsPerSecond / Self.commitsPerSecond).rounded(.down))) }

  /// Waits until `count` more records are due, or `isCancelled` says that nobody waits for them.
  mutating func wait(after count: UInt64, unless isCancelled: () -> Bool) {
    due = max(due, ContinuousClock.now - .seconds(1)) + .seconds(Double(count) / recordsPerSecond)
    while ContinuousClock.now < due, !isCancelled() {
      usleep(useconds_t(min(50_000, max(0, (due - .now) / .microseconds(1)))))
    }
  }
}
