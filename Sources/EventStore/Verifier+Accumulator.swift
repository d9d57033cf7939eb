import LMDB
import Primitives
import Rollup

/// How far `canonicalAcc` has been followed.
enum AccumulatorProgress: Equatable, Sendable {
  /// What the next L1 block has to name cannot be told: something before it is damaged.
  case unknown

  /// The next L1 block has to name this.
  case known(Hash256)

  /// The block with this hash, whose facts begin with the record at `first`, stands on `before`.
  case reading(before: Hash256, hash: Hash256, first: UInt64)
}

extension Verifier {
  /// Follows `canonicalAcc` over a record that is as it was written, and holds what an L1 block says of it against that.
  mutating func follow(
    _ header: RecordHeader, _ findings: RecordFindings, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let position = header.position.rawValue
    guard header.kind == .l1BlockAppended || header.kind == .l1Reorged else { return }
    if let block = findings.blocks[position] {
      try begin(block, header, findings, in: transaction)
    } else if let reorganisation = findings.reorganisations[position] {
      try goBack(to: reorganisation.revokedFrom.rawValue, in: transaction)
    } else {
      checkpoint.accumulator = .unknown
    }
  }

  private mutating func begin(
    _ block: RecordFindings.Block, _ header: RecordHeader, _ findings: RecordFindings,
    in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let (number, position) = (header.coordinates.blockNumber, header.position.rawValue)
    let computed: Hash256?
    switch checkpoint.accumulator {
    case .unknown: computed = nil
    case .known(let expected): computed = expected
    case .reading(let before, let hash, let first):
      if let facts = findings.blocks[first]?.facts, facts.end == position {
        computed = CanonicalAccumulator.value(after: before, blockHash: hash, facts: facts.hash)
      } else {
        computed = try facts(after: before, from: first, before: position, in: transaction)?.value(blockHash: hash)
      }
    }
    // The chain's configuration is a fact of block 0, and stands before it.
    checkpoint.accumulator = .reading(
      before: block.canonicalAccBefore, hash: block.hash, first: number == 0 ? 0 : position)
    guard let computed, computed != block.canonicalAccBefore else { return }
    note(
      Damage(
        .accumulator(stored: block.canonicalAccBefore, computed: computed), position: header.position,
        kind: header.kind.rawValue, l1Block: number))
    // Either value may be the wrong one, so the next block's is taken as it is: one difference is told once.
    checkpoint.accumulator = .unknown
  }

  /// The first record that a reorganisation revoked begins the block after the common ancestor, and so names what the block
  /// that takes its place has to name. If it does not, and was reported for that, the other one will be too.
  private mutating func goBack(to revoked: UInt64, in transaction: borrowing ReadTransaction) throws(ReadError) {
    let tables = tables
    let event = try collect { () throws(ReadError) in
      try transaction.withRecord(at: revoked, in: tables) { (view: borrowing RecordView) throws(ReadError) in
        try view.event()
      }
    }
    guard case .l1BlockAppended(let block)? = event else { return checkpoint.accumulator = .unknown }
    checkpoint.accumulator = .known(block.canonicalAccBefore)
  }

  /// Over the records from a block's first one up to `position`, read again: where not all of them were looked at in one go.
  /// Nil when one of them is damaged.
  private mutating func facts(
    after before: Hash256, from first: UInt64, before position: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> CanonicalAccumulator? {
    let tables = tables
    return try collect { () throws(ReadError) in
      var facts = CanonicalAccumulator(before: before)
      for earlier in first..<position {
        try transaction.withRecord(at: earlier, in: tables) { (view: borrowing RecordView) throws(ReadError) in
          let kind = try view.header.kind
          guard CanonicalAccumulator.counts(kind) else { return }
          facts.begin(kind)
          view.forEachSegment { (segment: RawSpan) in facts.update(segment) }
        }
      }
      return facts
    }
  }
}
