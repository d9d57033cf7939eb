import Primitives
import Projections

extension ProjectionVersion {
  /// Counts the verdicts in table `outputs`.
  func outputCounts() throws(ProjectionError) -> OutputCounts {
    var counts = OutputCounts()
    var failure: RLPError?
    try read { store throws(ProjectionError) in
      do throws(TableReadError) {
        try store.scan(ProposerState.outputs, from: [UInt8]().rawSpan) { key, row in
          do throws(RLPError) {
            counts.add(try OutputVerdict(outputIndex: key.byteCount == 8 ? key.bigEndian(at: 0) : 0, row: row))
          } catch { failure = error }
          return failure == nil
        }
      } catch { throw .damaged(directory, "\(error)") }
    }
    if let failure { throw .damaged(directory, "a row of table outputs is not what was written: \(failure)") }
    return counts
  }
}

extension OutputCounts {
  mutating func add(_ verdict: OutputVerdict) {
    if verdict.agrees {
      agreed += 1
    } else {
      disagreed += 1
      firstDisagreement = firstDisagreement ?? verdict
    }
    newestBlock = max(newestBlock ?? 0, verdict.l2BlockNumber)
  }
}
