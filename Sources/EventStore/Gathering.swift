/// Waiting for callers that were told together to come back, before the next commit begins. Time is measured, and callers
/// are counted, by who waits.
struct Gathering {
  /// How long nobody may come before the next commit goes without the rest: some wake-ups of a thread.
  static let patience = Duration.microseconds(30)

  /// How long it lasts at most: about as long as a quick disk takes for the two syncs of a commit.
  static let longestWait = Duration.microseconds(300)

  private let callers: Int

  /// How many there were when the last ones came, and when that was.
  private var count = 0
  private var last = Duration.zero

  /// Nil where only one caller was told: it has nobody to meet again.
  ///
  /// - Parameters:
  ///   - told: how many were.
  ///   - callers: how many may wait in the end: these, and who waited when they were told; 0 if nobody is to be
  ///     waited for.
  init?(told: Int, callers: Int) {
    guard told > 1 else { return nil }
    self.callers = callers
  }

  /// Whether to go on, when so many wait so long after these were told.
  mutating func goesOn(waiting: Int, after time: Duration) -> Bool {
    if waiting > count { (count, last) = (waiting, time) }
    return waiting < callers && time - last <= Self.patience && time <= Self.longestWait
  }
}
