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

      The map is the address space that a process reserves for the file. This
      command shows its own; one that appends has another, and warns on standard
      error when 80 % of that is used. How many callers share a commit, and how
      long commits take, only the process that appends knows: imports, mirrors and
      the devnet say so at their end with --log-level debug.

      EXAMPLES
        varve log stats
        varve log stats --json
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  /// The public key that checks the log's checkpoints; nil where there is none.
  private func verifierKey() throws -> VerifierKey? {
    let directory = DataDirectory(options.dataPath)
    guard which.log == .ledger, let manifest = try directory.manifestIfPresent() else { return nil }
    do { return try directory.ledgerSigner(of: manifest).verifierKey } catch SignerError.missing { return nil }
  }

  func execute(_ console: Console) throws {
    let statistics = try options.openLog(which, .readOnly).statistics()
    for warning in statistics.warnings { console.note(warning) }
    if let warning = statistics.mapWarning { console.note(warning) }
    // The log is what it is, whatever is wrong with the files beside it.
    let key = Result { try verifierKey() }
    if case .failure(let error) = key { console.note("the public key cannot be told: \(error)") }
    console.report(LogStatsReport(statistics, key: key))
  }
}

/// What `varve log stats` prints.
struct LogStatsReport: Report {
  struct Table: Encodable {
    let name: String
    let rows: Int
    let bytes: Int
  }

  let records: UInt64
  let root: String
  let lastLeafHash: String
  let newestBlock: BlockReport?
  let finalizedBlock: BlockReport?
  let revokedRecords: UInt64

  /// How many the last commit appended.
  let lastCommitRecords: UInt64
  let payloadBytes: UInt64

  /// Bytes of the file in use, and which of them hold data or can be used again.
  let usedBytes, dataBytes, freeBytes: Int

  /// Bytes in use for each record, and for each byte of payload.
  let bytesPerRecord, bytesPerPayloadByte: Double
  let mapBytes: Int

  /// The used part of the map, from 0 to 1.
  let mapUse: Double
  let oldestReaderLag: Int
  let vkey: String?

  /// Why there is no public key where there should be one.
  let keyProblem: String?
  let tables: [Table]

  private let pageSize: Int

  private enum CodingKeys: CodingKey {
    case records, root, lastLeafHash, newestBlock, finalizedBlock, revokedRecords, lastCommitRecords, payloadBytes
    case usedBytes, dataBytes, freeBytes, bytesPerRecord, bytesPerPayloadByte, mapBytes, mapUse, oldestReaderLag, vkey
    case keyProblem, tables
  }

  init(_ statistics: EventLog.Statistics, key: Result<VerifierKey?, any Error>) {
    switch key {
    case .success(let key): (vkey, keyProblem) = (key.map { "\($0)" }, nil)
    case .failure(let error): (vkey, keyProblem) = (nil, "\(error)")
    }
    records = statistics.head.size
    root = "\(statistics.head.root)"
    lastLeafHash = "\(statistics.head.lastLeafHash)"
    newestBlock = statistics.newestBlock.map { BlockReport($0) }
    finalizedBlock = statistics.finalizedBlock.map { BlockReport($0) }
    revokedRecords = statistics.revokedRecords
    lastCommitRecords = statistics.lastCommitRecords
    payloadBytes = statistics.head.payloadBytes
    usedBytes = statistics.usedBytes
    dataBytes = statistics.dataBytes
    freeBytes = statistics.freeBytes
    bytesPerRecord = statistics.bytesPerRecord
    bytesPerPayloadByte = statistics.bytesPerPayloadByte
    mapBytes = statistics.mapSize
    mapUse = statistics.mapUse
    pageSize = statistics.pageSize
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
      ("last commit", "\(Quantity.count(lastCommitRecords)) records"),
      ("payloads", Quantity.bytes(payloadBytes)),
      (
        "space per record",
        "\(Quantity.fixed(bytesPerRecord, 1)) B, \(Quantity.fixed(bytesPerPayloadByte, 3)) of the payload"
      ),
      (
        "file in use",
        "\(Quantity.bytes(UInt64(usedBytes))): \(Quantity.count(dataBytes / pageSize)) pages of data, "
          + "\(Quantity.count(freeBytes / pageSize)) free"
      ),
      ("map in use here", "\(Quantity.fixed(mapUse * 100, 2)) % of \(Quantity.bytes(UInt64(mapBytes)))"),
      ("oldest reader", oldestReaderLag == 0 ? "at the head" : "\(Quantity.count(oldestReaderLag)) commits behind"),
      ("public key", vkey ?? keyProblem.map { "cannot be told: \($0)" } ?? "none"),
    ])
    page.line()
    page.table(
      [.init(title: "table"), .init(title: "rows", isNumber: true), .init(title: "size", isNumber: true)],
      tables.map { [$0.name, Quantity.count($0.rows), Quantity.bytes(UInt64($0.bytes))] })
  }
}
