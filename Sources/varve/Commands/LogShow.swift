import ArgumentParser
import EventStore
import Primitives
import Rollup

/// `varve log show N`: one record, header and decoded payload.
struct LogShow: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one record: its header, and what its payload says.",
    discussion: """
      Position 0 is the chain's configuration. With --payload the payload's bytes
      are shown too, as hex.

      EXAMPLES
        varve log show 0
        varve log show 3 --json --payload
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  @Argument(help: "The record's position.")
  var position: UInt64

  @Flag(help: "Show the payload's bytes.")
  var payload = false

  func execute(_ console: Console) throws {
    let record = try options.openLog(which, .readOnly).record(at: Position(position))
    console.report(try RecordReport(record, withPayload: payload))
  }
}

/// What `varve log show` prints.
struct RecordReport: Report {
  let position: UInt64
  let kind: String
  let l1Block: UInt64
  let transactionIndex: UInt32
  let logIndex: UInt32
  let payloadLength: UInt32
  let payloadHash: String
  let leafHash: String
  let checksum: String
  let event: Details
  let payload: String?

  init(_ record: StoredRecord, withPayload: Bool) throws {
    let header = record.header
    position = header.position.rawValue
    kind = header.kind.name
    l1Block = header.coordinates.blockNumber
    transactionIndex = header.coordinates.transactionIndex
    logIndex = header.coordinates.logIndex
    payloadLength = header.payloadLength
    payloadHash = "\(header.payloadHash)"
    leafHash = "\(header.leafHash)"
    let digits = String(header.checksum, radix: 16)
    checksum = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    event = try record.event().details
    payload = withPayload ? Hex.encode(record.payload) : nil
  }

  func render(on page: inout Page) {
    page.line("record \(Quantity.count(position)): \(kind)", .strong)
    page.facts([
      ("L1 block", Quantity.count(l1Block)),
      ("transaction, log", "\(Self.index(transactionIndex)), \(Self.index(logIndex))"),
      ("payload", "\(Quantity.count(payloadLength)) bytes"),
      ("payload hash", payloadHash),
      ("leaf hash", leafHash),
      ("checksum", checksum),
    ])
    page.line()
    event.render(on: &page)
    if let payload {
      page.line()
      page.line(payload)
    }
  }

  /// Observations leave transaction and log open.
  private static func index(_ value: UInt32) -> String { value == .max ? "-" : Quantity.count(value) }
}
