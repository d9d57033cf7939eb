import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import Rollup

/// `varve projection digest NAME`: one hash over everything that is in it.
struct ProjectionDigestCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest",
    abstract: "Print one hash over all rows of a projection.",
    discussion: """
      Equal on every machine that has folded the same canonical history, however
      it got there. The digest is the last word of its line. It names the L1 block,
      so a projection that has folded a part of one has none. With --at-l1 it is the
      one that the projection had after that L1 block, which takes an archive; with
      --at-position the one after the newest L1 block that the log had whole when
      that was its last record.

      EXAMPLES
        varve projection digest proposer-state
        varve projection digest proposer-state --at-l1 1000
        varve projection digest proposer-state --at-position 123456
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @OptionGroup var past: PastChoice

  func execute(_ console: Console) throws {
    console.report(try outcome(of: name.type))
  }

  private func outcome<P: Projection>(of type: P.Type) throws -> DigestOutcome {
    let projector = try options.openProjector(type)
    if let l1Block = try past.l1Block(of: projector) {
      let past = try projector.digest(afterL1Block: l1Block)
      return DigestOutcome(name, past.digest, past.block, past.rowCounts)
    }
    let now = try projector.digest()
    return DigestOutcome(name, now.digest, now.cursor.l1Block, now.rowCounts)
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

  init(_ name: ProjectionName, _ digest: Hash256, _ block: BlockID, _ rowCounts: [DigestReport.RowCount]) {
    self.name = name.rawValue
    self.digest = "\(digest)"
    l1Block = block.number
    l1BlockHash = "\(block.hash)"
    tables = rowCounts.map { Table(name: $0.table, rows: $0.rows) }
  }

  func render(on page: inout Page) {
    let rows = tables.reduce(0) { $0 + $1.rows }
    page.line("\(name) at L1 block \(Quantity.count(l1Block)), \(Quantity.count(rows)) rows: \(digest)")
  }
}
