/// How far a run has come.
package struct ProjectionProgress: Sendable {
  /// What a run does: it folds, and where rows were set aside, appends these to their tables. One that goes on with an earlier
  /// one reads first what that has set aside.
  package enum Stage: String, Sendable {
    /// Holds what an earlier run has set aside against its checksums. Counted in its bytes.
    case check
    /// Counted in records.
    case fold
    /// Brings what was set aside together, where it is in too many parts to be read side by side; more than once
    /// where these are very many. Counted as `check` is.
    case sort
    /// Counted as `check` is. Rows that were written over are left out: it may end before its target.
    case append
  }

  package var stage = Stage.fold

  /// Where the run began with the stage, how far it has come, and where that ends, in what the stage counts: for a fold the next
  /// record. A run that takes back what L1 has left goes on before where it began. One that goes on with an earlier one brings
  /// all together anew, and begins to append behind what that one has, which it passes by first.
  package let start: UInt64
  package let position: UInt64
  package let target: UInt64

  package let l1BlockNumber: UInt64

  /// Since the run began with the stage.
  package let elapsed: Duration

  /// How much it has done beyond where it began, of how much.
  package var done: UInt64 { position - min(start, position) }
  package var total: UInt64 { target - min(start, target) }

  /// To the end of the stage, at the rate so far; nil until there is one.
  package var secondsLeft: Double? {
    done > 0 ? elapsed / .seconds(1) / Double(done) * Double(target - min(position, target)) : nil
  }
}

extension ProjectionProgress {
  /// As a line for other processes: of a fold where it began, as the version itself says how far it is; else all of it.
  var note: String {
    guard stage != .fold else { return "\(start)" }
    return "\(stage.rawValue) \(start) \(position) \(target) \(Int64(elapsed / .milliseconds(1)))"
  }

  /// Of a run that has noted this; nil when it is no such line.
  ///
  /// - Parameters:
  ///   - age: since it was noted.
  ///   - cursor: where the version stands that the run makes.
  ///   - target: how many records there are.
  init?(note: String, age: Duration, of cursor: ProjectionCursor, target: UInt64) {
    l1BlockNumber = cursor.l1BlockNumber
    if let start = UInt64(note) {
      (self.start, position, self.target, elapsed) = (start, cursor.extent.count, target, age)
      return
    }
    let words = note.split(separator: " ")
    let numbers = words.dropFirst().compactMap { UInt64($0) }
    guard words.count == 5, numbers.count == 4, let stage = Stage(rawValue: String(words[0])) else { return nil }
    self.stage = stage
    (start, position, self.target) = (numbers[0], numbers[1], numbers[2])
    elapsed = .milliseconds(Int64(clamping: numbers[3]))
  }
}
