import ArgumentParser
import EventStore
import LMDB
import MerkleLog
import Rollup
import StoreFiles

/// `varve log stats`: size, space and health.
struct LogStats: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Show how many records there are, how far they reach, and what they cost.",
    discussion: """
      A few lookups, whatever the size of the log.

      EXAMPLES
        varve log stats
        varve log stats --json
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  /// The public key that checks the log's checkpoints; nil where there is none.
  private func verifierKey() throws -> VerifierKey? {
    let directory = DataDirectory(options.dataPath)
    guard let manifest = try directory.manifestIfPresent() else { return nil }
    do { return try directory.ledgerSigner(of: manifest).verifierKey } catch SignerError.missing { return nil }
  }

  func execute(_ console: Console) throws {
    let statistics = try options.openLog(which, .readOnly).statistics()
    for warning in statistics.warnings { console.note(warning) }
    console.report(LogStatsReport(statistics, key: which.log == .ledger ? try verifierKey() : nil))
  }
}

/// What `varve log stats` prints.
struct LogStatsReport: Report {
  struct Block: Encodable {
    let number: UInt64
    let hash: String

    init(_ block: BlockID) {
      number = block.number
      hash = "\(block.hash)"
    }
  }

  struct Table: Encodable {
    let name: String
    let rows: Int
    let bytes: Int
  }

  let records: UInt64
  let root: String
  let lastLeafHash: String
  let newestBlock: Block?
  let finalizedBlock: Block?
  let revokedRecords: UInt64
  let payloadBytes: UInt64
  let usedBytes: Int
  let mapBytes: Int
  let oldestReaderLag: Int
  let vkey: String?
  let tables: [Table]

  init(_ statistics: EventLog.Statistics, key: VerifierKey?) {
    vkey = key.map { "\($0)" }
    records = statistics.head.size
    root = "\(statistics.head.root)"
    lastLeafHash = "\(statistics.head.lastLeafHash)"
    newestBlock = statistics.newestBlock.map { Block($0) }
    finalizedBlock = statistics.finalizedBlock.map { Block($0) }
    revokedRecords = statistics.revokedRecords
    payloadBytes = statistics.head.payloadBytes
    usedBytes = statistics.usedBytes
    mapBytes = statistics.mapSize
    oldestReaderLag = statistics.oldestReaderLag
    tables = statistics.tables.map { entry in
      Table(name: entry.name, rows: entry.statistics.entries, bytes: entry.statistics.pages * statistics.pageSize)
    }
  }

  func render(on page: inout Page) {
    page.facts([
      ("records", Quantity.count(records)),
      ("tree root", root),
      ("newest L1 block", newestBlock.map { "\(Quantity.count($0.number))  \($0.hash)" } ?? "none"),
      ("finalized L1 block", finalizedBlock.map { "\(Quantity.count($0.number))  \($0.hash)" } ?? "none"),
      ("revoked by reorgs", "\(Quantity.count(revokedRecords)) records"),
      ("payloads", Quantity.bytes(payloadBytes)),
      ("file in use", "\(Quantity.bytes(UInt64(usedBytes))) of a map of \(Quantity.bytes(UInt64(mapBytes)))"),
      ("oldest reader", oldestReaderLag == 0 ? "at the head" : "\(Quantity.count(oldestReaderLag)) commits behind"),
      ("public key", vkey ?? "none"),
    ])
    page.line()
    page.table(
      [.init(title: "table"), .init(title: "rows", isNumber: true), .init(title: "size", isNumber: true)],
      tables.map { [$0.name, Quantity.count($0.rows), Quantity.bytes(UInt64($0.bytes))] })
  }
}
