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
      which takes an archive to read them from; with --at-position as of a record.

      The hash that it prints is that of the file: whoever takes the file up can hold
      it against what you tell them (--hash).

      EXAMPLES
        varve projection snapshot export proposer-state state.snapshot
        varve projection snapshot export proposer-state early.snapshot --at-l1 1000
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @Argument(help: "The file to make.", completion: .file())
  var file: String

  @OptionGroup var past: PastChoice

  func execute(_ console: Console) throws {
    console.report(SnapshotOutcome("exported", try export(name.type), file: file))
  }

  private func export<P: Projection>(_ type: P.Type) throws -> SnapshotReport {
    let projector = try options.openProjector(type)
    return try projector.exportSnapshot(to: FilePath(file), afterL1Block: try past.l1Block(of: projector))
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
      of the log, `varve projection verify` shows: not of the journal, which takes
      back what L1 leaves. So give what you know from somebody you trust:

      --hash, as the export told it: the file is that one, with all that is in it.
      --digest, as `varve projection digest` tells it on any node: the rows are those,
      after the L1 block that it is of, which that command has whole or refuses. Of
      the file nothing else is taken, neither history nor journal; until L1 is final
      beyond it, a reorganisation there makes a rebuild necessary.

      With neither, the file is believed. In any case `varve projection list` calls
      the version imported, and no rebuild goes on with it. What an interrupted one
      had left is removed, once the file is known to be sound.

      EXAMPLES
        varve projection snapshot import state.snapshot
        varve projection snapshot import state.snapshot --no-switch
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("The hash of the file.", valueName: "hash"))
  var hash: String?

  @Option(help: ArgumentHelp("The digest that the rows must have.", valueName: "hash"))
  var digest: String?

  @Flag(help: "Leave the live version live.")
  var noSwitch = false

  func validate() throws {
    for (name, value) in [("--hash", hash), ("--digest", digest)] where value.map({ Hash256(hex: $0) == nil }) ?? false
    {
      throw ValidationError("\(name) takes 0x and 64 hexadecimal digits")
    }
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
      from: path, digest: digest.flatMap { Hash256(hex: $0) }, hash: hash.flatMap { Hash256(hex: $0) },
      switches: !noSwitch)
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

  /// Of the rows alone; nil where they stand within an L1 block, which it would not say.
  let digest: String?

  /// Of the file, with all that is in it.
  let hash: String

  /// Whether history and journal were written or taken too.
  let isWhole: Bool
  let ledgerRoot: String

  init(_ verb: String, _ report: SnapshotReport, file: String) {
    self.verb = verb
    self.file = file
    name = report.header.projection
    history = report.header.keepsHistory && report.isWhole ? "archive" : "pruned"
    l1Block = report.header.cursor.l1BlockNumber
    records = report.header.cursor.nextPosition
    rows = report.rows
    bytes = report.byteCount
    digest = report.isWithinBlock ? nil : "\(report.digest)"
    hash = "\(report.hash)"
    isWhole = report.isWhole
    ledgerRoot = "\(report.header.ledgerRoot)"
  }

  func render(on page: inout Page) {
    page.line("\(verb): \(name), \(history), up to L1 block \(Quantity.count(l1Block))", .good)
    page.facts([
      ("file", "\(file), \(Quantity.bytes(UInt64(bytes))), \(Quantity.count(rows)) rows"),
      ("snapshot hash", hash), ("digest of rows", digest ?? "none within an L1 block"),
      ("of", "a log whose first \(Quantity.count(records)) records have root \(ledgerRoot)"),
    ])
    if !isWhole { page.line("history and journal were left out: a digest of rows says nothing of them") }
  }
}
