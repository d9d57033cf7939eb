import LMDB
import Primitives
package import Projections

/// A verdict that was reached anew, beside the one in the rows. There is one of them at least.
package struct RecomputedVerdict: Sendable {
  package let outputIndex: UInt64

  /// What executing the log again gives; nil where nobody has posted such an output.
  package let recomputed: OutputVerdict?

  /// What the live version says; nil where it says nothing.
  package let stored: OutputVerdict?

  /// Whether the rows say what executing the log again gives. The L1 block at which a verdict was reached is part of that.
  package var isStored: Bool { recomputed == stored }
}

extension Projector<ProposerState> {
  /// Executes the log again from position 0, in a scratch directory, and judges every posted output anew. The live version is
  /// seen as of one moment, as by `verify`; neither its rows nor those of other projections are looked at for the verdicts. What
  /// L1 revokes meanwhile is judged all the same, as the live version had.
  ///
  /// - Parameter last: the output behind which it may end; nil: all of the log that the live version has folded.
  /// - Returns: a verdict for every output that the log or the live version has, up to the last one wanted at least, by
  ///   index.
  package func recomputeVerdicts(
    through last: UInt64? = nil, _ options: Options = Options()
  ) throws(ProjectionError) -> [RecomputedVerdict] {
    let lock = try ProjectionError.lock(versions.directory, .scratch)
    let live = try openLive(.readOnly)
    let (anew, stored) = try live.readNewest { rows, target throws(ProjectionError) in
      let revoked = try revocations(at: target)
      return try withScratch(keepingHistory: false) { scratch throws(ProjectionError) in
        let run = FoldRun<P>(log, testimony, into: scratch, from: .start, [], options)
        run.revoked = revoked
        run.onFinding = { verdict in last.map { verdict.outputIndex >= $0 } ?? false }
        try run.advance(to: target.extent)
        return (try scratch.verdicts(), try live.verdicts(in: rows))
      }
    }
    _ = consume lock
    func byIndex(_ verdicts: [OutputVerdict]) -> [UInt64: OutputVerdict] {
      Dictionary(verdicts.map { ($0.outputIndex, $0) }) { first, _ in first }
    }
    let (recomputed, known) = (byIndex(anew), byIndex(stored.filter { $0.outputIndex <= last ?? .max }))
    return Set(recomputed.keys).union(known.keys).sorted().map { index in
      RecomputedVerdict(outputIndex: index, recomputed: recomputed[index], stored: known[index])
    }
  }
}

extension ProjectionVersion {
  /// Every verdict, by index. O(outputs).
  fileprivate func verdicts() throws(ProjectionError) -> [OutputVerdict] {
    try readNewest { rows, _ throws(ProjectionError) in try verdicts(in: rows) }
  }

  fileprivate func verdicts(in rows: any TableReader) throws(ProjectionError) -> [OutputVerdict] {
    try Projector<ProposerState>.lend(rows, of: self) { view throws(FoldError) in
      var verdicts: [OutputVerdict] = []
      try ProposerState.scanVerdicts(in: view) { verdict in
        verdicts.append(verdict)
        return true
      }
      return verdicts
    }
  }
}
