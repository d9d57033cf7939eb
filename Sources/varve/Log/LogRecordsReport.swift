import EventStore
import Rollup

/// What `varve log compare` prints of two copies of a log.
struct LogRecordsReport: Report {
  /// One side: how many records it has, and the one at the first difference.
  struct Side: Encodable {
    let records: UInt64
    let difference: RecordReport?
  }

  /// The first position at which they have other records; nil if one is how the other begins.
  let firstDifference: UInt64?
  let first: Side
  let second: Side

  /// Of an export: whether its checkpoint was held against a public key; nil of a store.
  let isSignatureChecked: Bool?

  /// Compares two trees whose records are given by position.
  ///
  /// - Throws: `disagreement` when the two records to which the trees lead are the same: then a tree's hash is damaged.
  init(
    _ one: some LogTree, _ other: some LogTree, isSignatureChecked: Bool? = nil,
    records: (UInt64) throws -> (StoredRecord, StoredRecord?)
  ) throws {
    var (one, other) = (one, other)
    firstDifference = try LogTreeComparison.firstDifference(&one, &other)
    let records = try firstDifference.map(records)
    if case (let mine, let theirs?)? = records, mine.header.leafHash == theirs.header.leafHash {
      throw Failure(
        .disagreement,
        "record \(mine.header.position) is the same in both, and the hashes above it are not: a stored hash is damaged",
        remedy: "`varve log verify` on each, then `varve log repair`")
    }
    first = Side(records: one.size, difference: try records.map { try RecordReport($0.0, withPayload: false) })
    second = Side(
      records: other.size, difference: try records?.1.map { try RecordReport($0, withPayload: false) })
    self.isSignatureChecked = isSignatureChecked
  }

  func render(on page: inout Page) {
    if isSignatureChecked == false {
      page.line(
        "the checkpoint's signature was NOT checked: no public key of it is known here; give one with --key", .bad)
    }
    guard let firstDifference else {
      let shared = min(first.records, second.records)
      page.line("equal: the first \(Quantity.count(shared)) records of both are the same", .good)
      page.facts([
        ("this", "\(Quantity.count(first.records)) records"), ("other", "\(Quantity.count(second.records)) records"),
      ])
      return
    }
    page.line("equal up to record \(Quantity.count(firstDifference)), which is another one in each", .bad)
    for (name, side) in [("this store", first), ("the other", second)] {
      page.line()
      page.line("\(name) has:", .dim)
      side.difference?.render(on: &page)
    }
  }
}
