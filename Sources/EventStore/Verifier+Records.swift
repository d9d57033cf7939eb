import LMDB
import MerkleLog
import Primitives
import Rollup

extension Verifier {
  /// Records that a processor looks at in one go: some tens of microseconds of work, or much more for long ones.
  private static var recordsPerPart: UInt64 { 256 }

  /// Verifies the records from the checkpoint up to `end`, and the tree hashes they complete. Gives the leaf hashes
  /// after the last whole group, nil for a record that is damaged.
  mutating func verifyRecords(
    upTo end: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> [Hash256?] {
    let size = Int(TreeRows.groupSize)
    var rest: [Hash256?] = []
    for findings in inspect(checkpoint.position..<end) {
      for index in findings.records.indices {
        guard !isFull else { return [] }
        for stray in findings.strays[checkpoint.position] ?? [] { note(stray) }
        guard !isFull else { return [] }
        try verifyRecord(index, of: findings, in: transaction)
        checkpoint.position += 1
        guard checkpoint.position.isMultiple(of: TreeRows.groupSize) else { continue }
        // Without its row there is a failure, which comes now.
        guard index / size < findings.groups.count else { break }
        verifyGroup(findings.groups[index / size])
        if end - checkpoint.position < TreeRows.groupSize { report.checkpoint = checkpoint }
      }
      if let failure = findings.failure { throw failure }
      rest = findings.records.suffix(findings.records.count % size).map { $0?.leafHash }
    }
    return rest
  }

  /// Looks at records on all processors. Each takes a snapshot of its own: what is in the log does not change.
  private func inspect(_ range: Range<UInt64>) -> [RecordFindings] {
    let starts = Array(stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.recordsPerPart)))
    let (environment, tables, options) = (environment, tables, options)
    return ParallelMap(grain: 1).map(starts.count) { index in
      let part = starts[index]..<min(starts[index] + Self.recordsPerPart, range.upperBound)
      return RecordInspector.inspect(part, of: environment, tables: tables, options: options)
    }
  }

  /// Notes what was found about the record at the checkpoint, and verifies what follows from it.
  private mutating func verifyRecord(
    _ index: Int, of findings: RecordFindings, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    for damage in findings.damages[checkpoint.position] ?? [] { note(damage) }
    if let header = findings.records[index]?.header {
      checkpoint.chunkRows += UInt64(PayloadLayout(payloadLength: Int(header.payloadLength)).chunkRows)
      checkpoint.payloadBytes &+= UInt64(header.payloadLength)
      try verifyDerived(header, findings, in: transaction)
      if options.checksAccumulators { try follow(header, findings, in: transaction) }
    } else {
      // What depends on it is not reported as damaged too.
      checkpoint.unreadable += 1
      checkpoint.openBlock = nil
      checkpoint.accumulator = .unknown
    }
  }

  /// Holds the row of the group that ends at the checkpoint against its leaves.
  ///
  /// A hash that differs is reported once: what stands above it is recomputed from the leaves. Where a leaf is unknown,
  /// its record being damaged, the stored hash of the group is taken, so that the rest can still be verified.
  private mutating func verifyGroup(_ group: RecordFindings.Group) {
    var row: [Hash256]?
    switch group.row {
    case .stored(let hashes): row = hashes
    case .damaged(let damage): note(damage)
    }
    var wrong: [Damage] = []
    checkpoint.groups.append(leafHash: group.hash ?? row?.first ?? .zero) { subtree in
      if let row, row[subtree.level] != subtree.hash {
        wrong.append(Damage(.treeHash(level: subtree.level + TreeRows.groupLevel, index: subtree.index)))
      }
    }
    for damage in wrong { note(damage) }
  }
}
