import ArgumentParser
import EventStore
import Foundation
import Node
import Primitives
import ProjectionStore
import Projections
import Rollup
import Testimony

/// `varve equivocation scan`: all accusations, from both logs.
struct EquivocationScanCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Read both logs, and list what contradicts itself, with the verdict on each.",
    discussion: """
      The projection equivocation-view is brought to the end of both logs first,
      and made if there is none. With --json each accusation is one line. An alert,
      not an accusation, is what was signed and should have been stored by now.

      Ends with 1 when something is proven of a key that is known to be the
      sequencer's, and with 0 otherwise. Of other stacks' chains the log does not
      say whose key that is: name it with --signer.

      EXAMPLES
        varve equivocation scan
        varve equivocation scan --signer 0x52ce28b03f2cba74dbb4dcb3dffdf1fa1c5ebfe1
        varve equivocation scan --json
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "A key that signs for the chain; may be given several times.")
  var signer: [AddressArgument] = []

  func execute(_ console: Console) throws {
    let bar = ProgressBar("records", console: console)
    var folded: ProjectionProgress?
    let store = try options.openEquivocation { progress in
      folded = progress
      bar.update(progress)
    }
    bar.clear()
    let signers = Set(signer.map { "\($0.address)" })
    let listing = try store.read { view, cursor throws(NodeError) in
      var listing = EquivocationListing(
        records: cursor.nextPosition + (cursor.testimony?.nextPosition ?? 0),
        waiting: try store.waitingTestimonies(cursor), folded: folded)
      let answers = EquivocationAnswers(view)
      do throws(FoldError) {
        try answers.forEachAccusation { number, row in
          listing.add(AccusationReport(number, row, signers), console)
          return true
        }
        listing.alerts = try answers.alerts().map { AlertReport($0) }
      } catch { throw .rows(error) }
      return listing
    }
    listing.print(on: console)
    if listing.hasProof {
      throw Failure(
        .disagreement, "the sequencer contradicted itself", remedy: "`varve equivocation show NUMBER --out FILE`")
    }
  }
}

/// One accusation, in short.
struct AccusationReport: Encodable {
  let number: UInt64
  let kind: String
  let verdict: String
  let reason: String
  let explanation: String
  let signer: String
  let heights: [UInt64]
  let format: String
  let changes: UInt64

  /// Whether the key is known to be the sequencer's.
  let isAuthorityKnown: Bool

  /// - Parameter signers: keys that the reader knows.
  init(_ number: UInt64, _ row: AccusationRow, _ signers: Set<String> = []) {
    isAuthorityKnown = row.judgement.isAuthorityKnown || signers.contains("\(row.contradiction.signer)")
    self.number = number
    kind = "\(row.contradiction.kind)"
    verdict = row.judgement.verdict.name
    reason = row.judgement.reason.name
    explanation = row.judgement.reason.description
    signer = "\(row.contradiction.signer)"
    heights = row.contradiction.statements.map(\.height)
    format = "\(row.contradiction.format)"
    changes = row.entries
  }
}

/// Something signed that is not stored.
struct AlertReport: Encodable {
  let height: UInt64
  let signer: String
  let order: String

  init(_ row: StatementRow) {
    height = row.statement.height
    signer = "\(row.statement.signer)"
    order = "\(row.statement.order)"
  }
}

/// What `varve equivocation scan` prints.
struct EquivocationListing {
  let records: UInt64
  let waiting: UInt64

  /// What this run has folded; nil when nothing was new.
  let folded: ProjectionProgress?

  private(set) var count = 0
  private(set) var hasProof = false

  /// None with --json: there each is printed as it comes.
  private(set) var accusations: [AccusationReport] = []
  var alerts: [AlertReport] = []

  init(records: UInt64, waiting: UInt64, folded: ProjectionProgress?) {
    self.records = records
    self.waiting = waiting
    self.folded = folded
  }

  mutating func add(_ accusation: AccusationReport, _ console: Console) {
    count += 1
    if accusation.verdict == Verdict.proven.name, accusation.isAuthorityKnown { hasProof = true }
    if console.isJSON {
      console.line(Line(type: "accusation", content: accusation), text: "")
    } else {
      accusations.append(accusation)
    }
  }

  private struct Line<Content: Encodable>: Encodable {
    let type: String
    let content: Content

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(type, forKey: .type)
      try content.encode(to: encoder)
    }

    private enum CodingKeys: CodingKey { case type }
  }

  func print(on console: Console) {
    if console.isJSON {
      for alert in alerts { console.line(Line(type: "unfulfilled", content: alert), text: "") }
      return
    }
    console.page { page in
      page.line(
        "\(Quantity.count(records)) records of both logs; \(Quantity.count(count)) accusations, "
          + "\(Quantity.count(alerts.count)) promises not kept in time",
        hasProof ? .bad : .good)
      if let folded, folded.done > 0 {
        page.line(
          "\(Quantity.count(folded.done)) of them new, "
            + Quantity.rate(folded.done, "records", seconds: folded.elapsed / .seconds(1)), .dim)
      }
      if waiting > 0 { page.line("\(Quantity.count(waiting)) testimonies wait for the ledger") }
      guard !accusations.isEmpty else { return }
      page.line()
      page.table(
        [
          .init(title: "number", isNumber: true), .init(title: "verdict"), .init(title: "kind"),
          .init(title: "heights"),
          .init(title: "signer"), .init(title: "because"),
        ],
        accusations.map { row in
          [
            Quantity.count(row.number), row.verdict, row.kind,
            row.heights.map { Quantity.count($0) }.joined(separator: ", "),
            row.signer + (row.isAuthorityKnown ? "" : " (whose?)"), row.explanation,
          ]
        })
    }
  }
}
