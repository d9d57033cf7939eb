import Hashing
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
    _ view: borrowing RecordView, _ header: RecordHeader, _ event: Event?, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let position = header.position.rawValue
    switch (header.kind, event) {
    case (.l1BlockAppended, .l1BlockAppended(let block)?):
      try begin(block, header, in: transaction)
    case (.l1Reorged, .l1Reorged(let reorg)?): try goBack(to: reorg.revokedFrom.rawValue, in: transaction)
    case (.l1BlockAppended, _), (.l1Reorged, _): checkpoint.accumulator = .unknown
    default: try add(view, header.kind, before: position, in: transaction)
    }
  }

  private mutating func begin(
    _ block: L1BlockAppended, _ header: RecordHeader, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let (number, position) = (header.coordinates.blockNumber, header.position.rawValue)
    let computed: Hash256?
    switch checkpoint.accumulator {
    case .unknown: computed = nil
    case .known(let expected): computed = expected
    case .reading(let before, let hash, let first):
      computed = try factsSoFar(after: before, from: first, before: position, in: transaction)?.value(blockHash: hash)
    }
    facts = nil
    // The chain's configuration is a fact of block 0, and stands before it.
    checkpoint.accumulator = .reading(
      before: block.canonicalAccBefore, hash: block.headerHash, first: number == 0 ? 0 : position)
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
    facts = nil
    let event = try collect { () throws(ReadError) in
      try transaction.withRecord(at: revoked, in: tables) { (view: borrowing RecordView) throws(ReadError) in
        try view.event()
      }
    }
    guard case .l1BlockAppended(let block)? = event else { return checkpoint.accumulator = .unknown }
    checkpoint.accumulator = .known(block.canonicalAccBefore)
  }

  private mutating func add(
    _ view: borrowing RecordView, _ kind: EventKind, before position: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    guard CanonicalAccumulator.counts(kind), case .reading(let before, _, let first) = checkpoint.accumulator else {
      return
    }
    guard var facts = try factsSoFar(after: before, from: first, before: position, in: transaction) else {
      return checkpoint.accumulator = .unknown
    }
    facts.begin(kind)
    view.forEachSegment { (segment: RawSpan) in facts.update(segment) }
    self.facts = facts
  }

  /// Over the records from the block's first one up to `position`: what is at hand, or read again where a verification
  /// was taken up in the middle of a block. Nil when one of them is damaged.
  private mutating func factsSoFar(
    after before: Hash256, from first: UInt64, before position: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> CanonicalAccumulator? {
    if let facts { return facts }
    let tables = tables
    return try collect { () throws(ReadError) in
      var read = CanonicalAccumulator(before: before)
      for earlier in first..<position {
        try transaction.withRecord(at: earlier, in: tables) { (view: borrowing RecordView) throws(ReadError) in
          let kind = try view.header.kind
          guard CanonicalAccumulator.counts(kind) else { return }
          read.begin(kind)
          view.forEachSegment { (segment: RawSpan) in read.update(segment) }
        }
      }
      return read
    }
  }
}
