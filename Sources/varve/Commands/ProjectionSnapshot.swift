import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import SystemPackage

/// `varve projection snapshot`: a projection as one file.
struct ProjectionSnapshot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Write a projection into a file, or take one up in place of a rebuild.",
    discussion: """
      The file names the log of which the rows are the fold, by size and root. Only a
      copy of that log takes it: a mirror, or a restored backup.

      EXAMPLES
        varve projection snapshot export proposer-state state.snapshot
        varve projection snapshot import state.snapshot
      """,
    subcommands: [ProjectionSnapshotExport.self, ProjectionSnapshotImport.self])
}

/// `varve projection snapshot export NAME FILE`.
struct ProjectionSnapshotExport: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a projection into a file.",
    discussion: """
      Of one moment, while others go on writing; an archive with its history. With
      --at-l1 the rows are written as they were after that L1 block, without history,
      which takes an archive to read them from.

      EXAMPLES
        varve projection snapshot export proposer-state state.snapshot
        varve projection snapshot export proposer-state early.snapshot --at-l1 1000
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @Argument(help: "The file to make.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("The L1 block after which to look; without it, now.", valueName: "number"))
  var atL1: UInt64?

  func execute(_ console: Console) throws {
    console.report(SnapshotOutcome("exported", try export(name.type), file: file))
  }

  private func export<P: Projection>(_ type: P.Type) throws -> SnapshotReport {
    try options.openProjector(type).exportSnapshot(to: FilePath(file), afterL1Block: atL1)
  }
}

/// `varve projection snapshot import FILE`.
struct ProjectionSnapshotImport: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take up a projection from a file, as a new version, and switch to it.",
    discussion: """
      The log here must have the same records, up to where the snapshot stands. Every
      byte of the file is checked before anything is live. That its rows are the fold
      of the log, `varve projection verify` shows; or give --digest, from somebody you
      trust, and other rows are refused.

      As with a rebuild that begins anew, what an interrupted one had left is removed.

      EXAMPLES
        varve projection snapshot import state.snapshot
        varve projection snapshot import state.snapshot --no-switch
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("The digest that the rows must have.", valueName: "hash"))
  var digest: String?

  @Flag(help: "Leave the live version live.")
  var noSwitch = false

  func validate() throws {
    if let digest, Hash256(hex: digest) == nil { throw ValidationError("--digest takes 0x and 64 hexadecimal digits") }
  }

  func execute(_ console: Console) throws {
    let path = FilePath(file)
    let found = try SnapshotHeader(of: path).projection
    guard let name = ProjectionName(rawValue: found) else {
      throw Failure(.cannot, "\(file) is a snapshot of \(found), which this program does not know")
    }
    console.report(SnapshotOutcome("imported", try take(name.type, path), file: file))
  }

  private func take<P: Projection>(_ type: P.Type, _ path: FilePath) throws -> SnapshotReport {
    try options.openProjector(type).importSnapshot(
      from: path, digest: digest.flatMap { Hash256(hex: $0) }, switches: !noSwitch)
  }
}

/// What the commands about snapshots print.
struct SnapshotOutcome: Report {
  let verb: String
  let name: String
  let file: String

  /// `archive` or `pruned`.
  let history: String
  let l1Block: UInt64
  let records: UInt64
  let rows: UInt64
  let bytes: Int
  let digest: String
  let ledgerRoot: String

  init(_ verb: String, _ report: SnapshotReport, file: String) {
    self.verb = verb
    self.file = file
    name = report.header.projection
    history = report.header.keepsHistory ? "archive" : "pruned"
    l1Block = report.header.cursor.l1BlockNumber
    records = report.header.cursor.nextPosition
    rows = report.rows
    bytes = report.byteCount
    digest = "\(report.digest)"
    ledgerRoot = "\(report.header.ledgerRoot)"
  }

  func render(on page: inout Page) {
    page.line("\(verb): \(name), \(history), up to L1 block \(Quantity.count(l1Block))", .good)
    page.facts([
      ("file", "\(file), \(Quantity.bytes(UInt64(bytes))), \(Quantity.count(rows)) rows"),
      ("digest", digest),
      ("of", "a log whose first \(Quantity.count(records)) records have root \(ledgerRoot)"),
    ])
  }
}
