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
  private let clock: PaceClock

  /// When the records folded so far are due.
  private var due: ContinuousClock.Instant

  /// In how many parts a second's records are committed at least, that the work is spread out.
  private static let commitsPerSecond = 4.0

  init(recordsPerSecond: Double, by clock: PaceClock) {
    precondition(recordsPerSecond > 0, "a run that is to go on has a rate")
    self.recordsPerSecond = recordsPerSecond
    self.clock = clock
    due = clock.now()
  }

  /// Records that a commit has at most.
  var batchLimit: UInt64 { UInt64(max(1, (recordsPerSecond / Self.commitsPerSecond).rounded(.down))) }

  /// Waits until `count` more records are due, or `isCancelled` says that nobody waits for them.
  mutating func wait(after count: UInt64, unless isCancelled: () -> Bool) {
    due = max(due, clock.now() - .seconds(1)) + .seconds(Double(count) / recordsPerSecond)
    while clock.now() < due, !isCancelled() { clock.sleep(max(.zero, min(.milliseconds(50), due - clock.now()))) }
  }
}

/// What a run that is held to a rate waits by; another one for tests, in which time passes without anybody waiting.
struct PaceClock {
  var now: () -> ContinuousClock.Instant = { .now }
  var sleep: (Duration) -> Void = { usleep(useconds_t($0 / .microseconds(1))) }
}
