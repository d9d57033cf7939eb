/// How far a run has come.
package struct ProjectionProgress: Sendable {
  /// Where the run began, the next record to fold, and where it ends. A run that takes back what L1 has left goes on before
  /// where it began.
  package let start: UInt64
  package let position: UInt64
  package let target: UInt64

  package let l1BlockNumber: UInt64

  /// Since the run began.
  package let elapsed: Duration

  /// How many records it has folded beyond where it began, of how many.
  package var done: UInt64 { position - min(start, position) }
  package var total: UInt64 { target - min(start, target) }

  /// At the rate so far; nil until there is one.
  package var secondsLeft: Double? {
    done > 0 ? elapsed / .seconds(1) / Double(done) * Double(target - min(position, target)) : nil
  }
}
