/// Counts how many checks refuse what they are given. An expectation for each of a million would take minutes.
struct Tally {
  private(set) var refused = 0
  private(set) var accepted = 0

  /// Runs one check; it refuses by throwing.
  mutating func count(_ check: () throws -> Void) {
    do {
      try check()
      accepted += 1
    } catch {
      refused += 1
    }
  }
}
