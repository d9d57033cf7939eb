import ArgumentParser
import EventStore
import Rollup

/// `varve log list`: one line for each record.
struct LogList: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List records: position, kind, L1 block, size, payload hash.",
    discussion: """
      Without --from it begins at position 0. Revoked records are listed too; the
      log keeps everything. With --json each record is one line.

      EXAMPLES
        varve log list --count 10
        varve log list --from 4000 --kind OutputProposed --json
        varve log list --log testimony
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  @Option(help: ArgumentHelp("First position.", valueName: "position"))
  var from: UInt64 = 0

  @Option(help: ArgumentHelp("How many records at most.", valueName: "n"))
  var count: UInt64 = 20

  @Option(help: ArgumentHelp("Only records of this kind.", valueName: "kind"))
  var kind: KindArgument?

  func execute(_ console: Console) throws {
    let log = try options.openLog(which, .readOnly)
    let size = try log.head().size
    var listing = RecordListing(limit: count, kind: kind?.kind)
    var next = min(from, size)
    while next < size, !listing.isFull {
      let end = min(size, next + EventLog.recordsPerSnapshot)
      try log.read(Position(next)..<Position(end)) { (record: borrowing RecordView) throws(ReadError) in
        listing.take(try record.header)
      }
      next = end
    }
    listing.print(on: console)
  }
}

/// A kind of event, by its name, whatever its case.
struct KindArgument: ExpressibleByArgument {
  let kind: EventKind

  init?(argument: String) {
    let kind = EventKind.allCases.first { $0.name.lowercased() == argument.lowercased() }
    guard let kind else { return nil }
    self.kind = kind
  }

  static var allValueStrings: [String] { EventKind.allCases.map(\.name) }
}

/// The records that `varve log list` shows.
struct RecordListing {
  struct Row: Encodable {
    let position: UInt64
    let kind: String
    let l1Block: UInt64
    let l1Coordinates: String
    let payloadLength: UInt32
    let payloadHash: String

    init(_ header: RecordHeader) {
      position = header.position.rawValue
      kind = header.kind.name
      l1Block = header.coordinates.blockNumber
      l1Coordinates = "\(header.coordinates)"
      payloadLength = header.payloadLength
      payloadHash = "\(header.payloadHash)"
    }
  }

  let limit: UInt64
  let kind: EventKind?
  private(set) var rows: [Row] = []

  init(limit: UInt64, kind: EventKind?) {
    self.limit = limit
    self.kind = kind
  }

  var isFull: Bool { UInt64(rows.count) >= limit }

  mutating func take(_ header: RecordHeader) {
    guard !isFull, kind == nil || kind == header.kind else { return }
    rows.append(Row(header))
  }

  func print(on console: Console) {
    if console.isJSON {
      for row in rows { console.line(row, text: "") }
      return
    }
    console.page { page in
      page.table(
        [
          .init(title: "position", isNumber: true), .init(title: "kind"), .init(title: "L1 block", isNumber: true),
          .init(title: "bytes", isNumber: true), .init(title: "payload hash"),
        ],
        rows.map { row in
          [
            Quantity.count(row.position), row.kind, Quantity.count(row.l1Block), Quantity.count(row.payloadLength),
            "\(row.payloadHash.prefix(18))…",
          ]
        })
    }
  }
}
