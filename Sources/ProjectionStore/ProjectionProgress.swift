/// How far a run has come.
package struct ProjectionProgress: Sendable {
  /// Where the run began, the next record to fold, and where it ends.
  package let start: UInt64
  package let position: UInt64
  package let target: UInt64

  package let l1BlockNumber: UInt64

  /// Since the run began.
  package let elapsed: Duration

  /// 0 to 1, of this run.
  package var fraction: Double {
    target > start ? Double(position - start) / Double(target - start) : 1
  }

  package var recordsPerSecond: Double {
    let seconds = elapsed / .seconds(1)
    return seconds > 0 ? Double(position - start) / seconds : 0
  }

  /// Nil until there is a rate to go by.
  package var secondsLeft: Double? {
    let rate = recordsPerSecond
    return rate > 0 ? Double(target - position) / rate : nil
  }
}
