import Primitives
import Rollup

/// What consecutive places of table `records` show, each by itself: found by any processor, in any order, and then followed
/// in the order of the places.
struct RecordFindings: Sendable {
  /// A record that can be read.
  struct Record: Sendable {
    let header: RecordHeader
    var leafHash = Hash256.zero
  }

  /// What an `L1BlockAppended` says.
  struct Block: Sendable {
    var canonicalAccBefore: Hash256

    /// Hash of the block's header.
    var hash = Hash256.zero

    /// The hash of the block's facts, as `CanonicalAccumulator` takes it, and the record that ended them: the next block's
    /// first one. Nil where they were not all at hand.
    var facts: (hash: Hash256, end: UInt64)?
  }

  /// Eight records that are a group of the tree.
  struct Group: Sendable {
    /// Its root; nil where one of its records cannot be read.
    let hash: Hash256?

    /// The stored row of the hashes that the group completes.
    let row: Row
  }

  enum Row: Sendable {
    case stored([Hash256])
    case damaged(Damage)
  }

  /// The first place.
  let first: UInt64

  /// The record at each place; nil where there is none that can be read.
  var records: [Record?] = []

  /// The whole groups of the tree, in order.
  var groups: [Group] = []

  /// What is wrong with a record, in the order in which it is told, by position.
  var damages: [UInt64: [Damage]] = [:]

  /// Rows under keys which are no positions, by the position of the record behind them.
  var strays: [UInt64: [Damage]] = [:]

  /// The L1 blocks among the records, by position: those that are events, where events are decoded.
  var blocks: [UInt64: Block] = [:]

  /// The reorganisations among the records, by position.
  var reorganisations: [UInt64: L1Reorged] = [:]

  /// Why there are no findings for what comes after these.
  var failure: ReadError?

  init(first: UInt64) {
    self.first = first
  }
}
