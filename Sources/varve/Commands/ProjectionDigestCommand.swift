import ArgumentParser
import ProjectionStore
import Projections

/// `varve projection digest NAME`: one hash over everything that is in it.
struct ProjectionDigestCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest",
    abstract: "Print one hash over all rows of a projection.",
    discussion: """
      Equal on every machine that has folded the same canonical history, however
      it got there. The digest is the last word of its line.

      EXAMPLES
        varve projection digest proposer-state
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  func execute(_ console: Console) throws {
    console.report(DigestOutcome(name, try digest(of: name.type)))
  }

  private func digest<P: Projection>(of type: P.Type) throws -> DigestReport {
    try options.openProjector(type).digest()
  }
}

/// What `varve projection digest` prints.
struct DigestOutcome: Report {
  struct Table: Encodable {
    let name: String
    let rows: Int
  }

  let name: String
  let digest: String
  let l1Block: UInt64
  let l1BlockHash: String
  let tables: [Table]

  init(_ name: ProjectionName, _ report: DigestReport) {
    self.name = name.rawValue
    digest = "\(report.digest)"
    l1Block = report.cursor.l1BlockNumber
    l1BlockHash = "\(report.cursor.l1BlockHash)"
    tables = report.rowCounts.map { Table(name: $0.table, rows: $0.rows) }
  }

  func render(on page: inout Page) {
    let rows = tables.reduce(0) { $0 + $1.rows }
    page.line("\(name) at L1 block \(Quantity.count(l1Block)), \(Quantity.count(rows)) rows: \(digest)")
  }
}
