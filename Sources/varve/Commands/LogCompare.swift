import ArgumentParser
import EventStore
import Foundation
import MerkleLog
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// `varve log compare STORE-OR-TILES`: whether two nodes agree about L1, or two copies of a log about its records, and from
/// where on they do not.
struct LogCompare: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare with another store or an export: where is the first difference?",
    discussion: """
      Compares what L1 says, not what each node happened to see: two nodes that
      saw different reorganisations have other records at other positions, and
      agree all the same. Every L1 block's record names an accumulator over all
      facts before it (canonicalAcc), so the first difference is found by halving.

      Ends with 0 when both say the same up to the newest L1 block that both have,
      or when they only stand on two branches of L1 of which one is not final: a
      reorganisation that one of them has not seen. Ends with 1 when they
      contradict each other for good.

      With --records two copies of one log are compared, record by record, by way
      of their trees: some forty hashes for a million records. So is an export
      (`varve log export`). Each tile that is read is held against the export's
      checkpoint, and the checkpoint's signature against --key, else against this
      log's own key; a checkpoint of another log is compared unsigned without --key,
      and the result says so. Ends with 0 when one is how the other begins, with 1
      when it is not, and with 1 and the file's name when the export is damaged.

      EXAMPLES
        varve log compare ../other-store
        varve log compare ../other-store --json
        varve log compare --records /backups/2026-11-26
        varve log compare public/log --key log.vkey
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Compare records by position, as between a log and its copy.")
  var records = false

  @Option(
    help: ArgumentHelp("Public key that must have signed an export, or a file with it.", valueName: "vkey"))
  var key: VerifierKeyArgument?

  @Argument(
    help: ArgumentHelp("The other store's data directory, or an exported log.", valueName: "store"),
    completion: .directory)
  var other: String

  func execute(_ console: Console) throws {
    let isExport = self.isExport
    guard key == nil || isExport else {
      throw Failure(
        .wrongUsage,
        "--key is of an export's checkpoint, and \(other) is none: an export has a file checkpoint, and no ledger",
        remedy: "leave out --key to compare with a store")
    }
    if records || isExport { return try compareRecords(console) }
    try compareNodes(console)
  }

  /// Whether the other is an exported log: a checkpoint, and no store beside it.
  private var isExport: Bool {
    let path = FilePath(other)
    return FileManager.default.fileExists(atPath: path.appending("checkpoint").string)
      && !FileManager.default.fileExists(atPath: DataDirectory(path).ledger.string)
  }

  private func compareRecords(_ console: Console) throws {
    let (mine, log) = (options.dataDirectory, try openMine())
    let tree = try NamedLog.reading(mine) { try log.tree() }
    let report: LogRecordsReport
    if isExport {
      let (export, isChecked) = try openExport()
      report = try LogRecordsReport(tree, export.tree(), isSignatureChecked: isChecked) { position in
        (try NamedLog.reading(mine) { try log.record(at: Position(position)) }, try export.record(at: position))
      }
    } else {
      let copy = try openOther()
      report = try LogRecordsReport(tree, NamedLog.reading(other) { try copy.tree() }) { position in
        (
          try NamedLog.reading(mine) { try log.record(at: Position(position)) },
          try NamedLog.reading(other) { try copy.record(at: Position(position)) }
        )
      }
    }
    console.report(report)
    guard let position = report.firstDifference else { return }
    throw Failure(
      .disagreement, "from record \(position) on they are not the same log",
      remedy: "`varve log verify` on each; if both are sound, they are two logs")
  }

  private func openMine() throws -> EventLog {
    try NamedLog.reading(options.dataDirectory) { try options.openLog(.readOnly) }
  }

  private func openOther() throws -> EventLog {
    let ledger = DataDirectory(FilePath(other)).ledger
    guard FileManager.default.fileExists(atPath: ledger.string) else {
      throw Failure(
        .cannot, "\(other) is neither a store nor an exported log: it has no directory ledger, and no file checkpoint",
        remedy: "check the path")
    }
    return try NamedLog.reading(other) { try EventLog.open(ledger, mode: .readOnly) }
  }

  /// The export, and whether a public key is known to have signed its checkpoint: the one that was given, else this log's,
  /// if it is this log's export.
  private func openExport() throws -> (TileMirror, isSignatureChecked: Bool) {
    let path = FilePath(other)
    if let key { return (try TileMirror(of: path, signedByAll: [key.key()]), true) }
    if let own = try ownKey() {
      do throws(TilesError) { return (try TileMirror(of: path, signedByAll: [own]), true) } catch {
        guard case .badCheckpoint(_, .noKnownSigner) = error else { throw error }
      }
    }
    return (try TileMirror(unsigned: path), false)
  }

  /// The public key of this store's log; nil if it has none.
  private func ownKey() throws -> VerifierKey? {
    let directory = DataDirectory(options.dataPath)
    guard let manifest = try directory.manifestIfPresent() else { return nil }
    do throws(SignerError) { return try directory.ledgerSigner(of: manifest).verifierKey } catch {
      if case .missing = error { return nil }
      throw error
    }
  }

  private func compareNodes(_ console: Console) throws {
    let first = NamedLog(log: try openMine(), name: options.dataDirectory)
    let second = NamedLog(log: try openOther(), name: other)
    let comparison = try LedgerComparison(of: first, with: second)
    console.report(try LogCompareReport(comparison, first, second))
    switch comparison {
    case .equal: return
    case .nothingInCommon:
      throw Failure(.cannot, "the two stores have no L1 block in common", remedy: "`varve log stats` on each")
    case .different(let difference):
      guard !difference.isReconcilable else { return }
      throw Failure(
        .disagreement, "the two stores contradict each other from L1 block \(difference.l1Block) on",
        remedy: "`varve log verify` on each; a sound one that L1 contradicts followed a wrong endpoint")
    }
  }
}

/// What `varve log compare` prints.
struct LogCompareReport: Report {
  /// One side: how far it is, and its record at the first difference.
  struct Side: Encodable {
    let records: UInt64
    let newestL1Block: UInt64?
    let finalizedL1Block: UInt64?
    let difference: RecordReport?

    init(_ log: NamedLog, _ fact: LedgerFact?) throws {
      records = try log.reading { try $0.head().size }
      newestL1Block = try log.reading { try $0.newestBlock()?.id.number }
      finalizedL1Block = try log.finalizedL1Block()?.number
      difference = try fact.map { fact in
        try log.reading { try RecordReport($0.record(at: fact.position), withPayload: false) }
      }
    }
  }

  /// `equal`, `nothingInCommon`, `unseenReorganisation`, `twoFinalBlocks` or `otherFacts`.
  let outcome: String

  /// The newest L1 block up to which both say the same.
  let equalThrough: UInt64?
  let firstDifference: UInt64?

  /// `first` or `second`: who has not seen the reorganisation yet.
  let unseenBy: String?
  let first: Side
  let second: Side

  init(_ comparison: LedgerComparison, _ one: NamedLog, _ other: NamedLog) throws {
    var difference: LedgerDifference?
    switch comparison {
    case .equal(let block): (outcome, equalThrough) = ("equal", block.number)
    case .nothingInCommon: (outcome, equalThrough) = ("nothingInCommon", nil)
    case .different(let found):
      difference = found
      (outcome, equalThrough) = (found.reason.name, found.lastCommon)
    }
    firstDifference = difference?.l1Block
    if case .reorganisation(let side?) = difference?.reason { unseenBy = side.rawValue } else { unseenBy = nil }
    first = try Side(one, difference?.first)
    second = try Side(other, difference?.second)
  }

  func render(on page: inout Page) {
    page.line(headline, outcome == "equal" ? .good : outcome == "unseenReorganisation" ? .strong : .bad)
    page.table(
      [
        .init(title: "store"), .init(title: "records", isNumber: true), .init(title: "newest L1 block", isNumber: true),
        .init(title: "finalized", isNumber: true),
      ],
      [("this", first), ("other", second)].map { name, side in
        [
          name, Quantity.count(side.records), side.newestL1Block.map { Quantity.count($0) } ?? "-",
          side.finalizedL1Block.map { Quantity.count($0) } ?? "-",
        ]
      })
    guard firstDifference != nil else { return }
    page.line()
    page.line("the first record that is not the same; `varve log show` has it whole", .dim)
    page.table(
      [
        .init(title: "store"), .init(title: "position", isNumber: true), .init(title: "kind"),
        .init(title: "payload hash"),
      ],
      [("this", first), ("other", second)].map { name, side in
        guard let record = side.difference else { return [name, "-", "nothing more in this L1 block", "-"] }
        return [name, Quantity.count(record.position), record.kind, record.payloadHash]
      })
  }

  private var headline: String {
    let agreed = equalThrough.map { "equal up to L1 block \(Quantity.count($0))" } ?? "nothing is equal"
    let place = firstDifference.map { Quantity.count($0) } ?? ""
    switch outcome {
    case "equal": return agreed
    case "nothingInCommon": return "no L1 block in common"
    case "unseenReorganisation":
      let who = unseenBy.map { $0 == "first" ? "which this store has" : "which the other has" } ?? "which one has"
      return "\(agreed); from \(place) on two branches of L1, a reorganisation \(who) not seen yet"
    case "twoFinalBlocks": return "\(agreed); L1 block \(place) is another one, and final in both"
    default: return "\(agreed); of L1 block \(place) they have other facts"
    }
  }
}

extension LedgerDifference.Reason {
  /// The name in the report.
  fileprivate var name: String {
    switch self {
    case .reorganisation: "unseenReorganisation"
    case .twoFinalBlocks: "twoFinalBlocks"
    case .otherFacts: "otherFacts"
    }
  }
}
