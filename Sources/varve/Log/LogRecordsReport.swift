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

  /// Compares a log with a tree whose records `record` gives.
  init(_ log: EventLog, _ other: some LogTree, record: (UInt64) throws -> StoredRecord?) throws {
    var (one, other) = (try log.tree(), other)
    firstDifference = try LogTreeComparison.firstDifference(&one, &other)
    let records = try firstDifference.map { (try log.record(at: Position($0)), try record($0)) }
    first = Side(records: one.size, difference: try records.map { try RecordReport($0.0, withPayload: false) })
    second = Side(
      records: other.size, difference: try records?.1.map { try RecordReport($0, withPayload: false) })
  }

  func render(on page: inout Page) {
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
