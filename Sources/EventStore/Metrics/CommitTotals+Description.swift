extension CommitTotals: CustomStringConvertible {
  /// Of a log that is closed: how many callers shared a commit, and how long its end took.
  package var description: String {
    let mean = commits == 0 ? .zero : time / commits
    return
      "appended \(records) records of \(payloadBytes) payload bytes in \(commits) commits, for \(requests) callers; "
      + "pages, sync, meta page and sync took \(Self.milliseconds(mean)) a commit, \(Self.milliseconds(longestTime)) at most"
  }

  private static func milliseconds(_ time: Duration) -> String {
    let microseconds = time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
    let fraction = "\(microseconds % 1000)"
    return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction) ms"
  }
}
