import LMDB
import MerkleLog
import Primitives
import Rollup

extension EventLog {
  /// What a verification looks at beyond what is always verified.
  package struct VerifyOptions: Sendable {
    /// Whether each payload must be an event of its kind, and each L1 block have the hash of its header.
    package var decodesEvents = true

    /// Whether each L1 block must name the `canonicalAcc` that the records of the blocks before it give. Only a ledger keeps
    /// it; the log of an embedded L1 has none.
    package var checksAccumulators = false

    /// After so many findings verification ends.
    package var damageLimit = 100

    /// Records that are verified in one snapshot, and between two calls of `progress`. A multiple of eight.
    package var recordsPerStep: UInt64 = 8192

    package init(
      decodesEvents: Bool = true, checksAccumulators: Bool = false, damageLimit: Int = 100,
      recordsPerStep: UInt64 = 8192
    ) {
      precondition(recordsPerStep > 0 && recordsPerStep.isMultiple(of: TreeRows.groupSize), "steps end with a group")
      self.decodesEvents = decodesEvents
      self.checksAccumulators = checksAccumulators
      self.damageLimit = damageLimit
      self.recordsPerStep = recordsPerStep
    }
  }

  /// Whether an earlier verification was of this log: its tree is the same up to where that one came. O(log n) lookups.
  package func extends(_ checkpoint: VerifyCheckpoint) -> Bool {
    guard let frontier = Frontier(size: checkpoint.position, hashes: checkpoint.groups.hashes) else { return false }
    return (try? root(ofSize: checkpoint.position)) == frontier.root
  }

  /// Reads everything and holds it against everything else: each record's checksum, position, length, payload hash and
  /// kind; each stored tree hash against what is recomputed from the leaves; root and last leaf against the head row;
  /// the index of L1 blocks and of observations against what the records say; no row too many in any table.
  ///
  /// Damage is gathered, not thrown. A damaged page of the B+tree can end the process (LMDB asserts), so a log that is
  /// under suspicion is verified in a child process.
  ///
  /// - Parameters:
  ///   - checkpoint: where an earlier verification of this log stopped.
  ///   - progress: told after every step what has been found so far; false stops.
  /// - Throws: when the log cannot be read at all.
  /// - Complexity: O(bytes): one pass on all processors, two to four hashes a record.
  package func verify(
    from checkpoint: VerifyCheckpoint = VerifyCheckpoint(), options: VerifyOptions = VerifyOptions(),
    progress: (VerifyReport) -> Bool = { _ in true }
  ) throws(ReadError) -> VerifyReport {
    var verifier = Verifier(environment: environment, tables: tables, options: options, checkpoint: checkpoint)
    while true {
      let isDone = try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
        try verifier.step(in: transaction)
      }
      let isWanted = progress(verifier.report)
      if isDone || !isWanted { return verifier.report }
    }
  }
}
