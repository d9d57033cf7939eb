import ArgumentParser
import EventStore
import MerkleLog
import SystemPackage

/// `varve log export DIR`: the log as static files.
struct LogExport: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the log as static files that any web server can serve.",
    discussion: """
      The directory has the layout of C2SP tlog-tiles: a signed checkpoint, the
      tree's hashes in tiles, and the records' leaves in bundles; and beside them
      each payload under its hash. Existing tools for such logs can check it.

      A directory that holds an earlier export of this log gets what is new, and
      what it has is not looked at; one of another log is left alone. Where the
      checkpoint is of the log as it is now, witnesses' signatures in it stay.

      --repair looks at everything: each file is held against the log, and written
      anew if it is missing or another. Nothing in the directory is trusted, but the
      log's name in the checkpoint. One that is damaged is kept as
      `checkpoint.damaged`; one that does not have the name any more is left alone.

      EXAMPLES
        varve log export public/log
        varve log export public/log --repair
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The directory to write.", completion: .directory)
  var directory: String

  @Flag(help: "Mend an earlier export: write anew what is missing or damaged.")
  var repair = false

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readOnly)
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    let total = try log.head().size
    let report = try TileExport.run(
      log, signer: options.ledgerSigner(), to: FilePath(directory), isRepair: repair
    ) { size in bar.update(done: size, total: total) }
    bar.clear()
    console.report(ExportOutcome(report, directory: directory, isRepair: repair))
  }
}

/// What `varve log export` prints.
struct ExportOutcome: Report {
  let directory: String
  let origin: String
  let size: UInt64
  let root: String
  let newRecords: UInt64
  let tiles: UInt64
  let signatures: Int
  let hadCheckpoint: Bool

  /// How many files a repair wrote anew, and the first of them; nil without one.
  let mendedFiles: Int?
  let mended: [String]?

  private static let namesShown = 20

  init(_ report: TileExport.Report, directory: String, isRepair: Bool) {
    self.directory = directory
    origin = report.checkpoint.origin
    size = report.checkpoint.size
    root = "\(report.checkpoint.root)"
    newRecords = report.checkpoint.size - report.oldSize
    tiles = report.tiles
    signatures = report.signatures
    hadCheckpoint = report.hadCheckpoint
    mendedFiles = isRepair ? report.mended.count : nil
    mended = isRepair ? Array(report.mended.prefix(Self.namesShown)) : nil
  }

  func render(on page: inout Page) {
    page.line("exported: \(Quantity.count(newRecords)) new records into \(directory)", .good)
    page.facts([
      ("log", origin), ("records", Quantity.count(size)), ("tree root", root), ("signatures", "\(signatures)"),
      ("tiles and bundles written", Quantity.count(tiles)),
    ])
    guard let mendedFiles, let mended else { return }
    if !hadCheckpoint { page.line("there was no checkpoint: what was missing is counted as new", .strong) }
    guard mendedFiles > 0 else { return page.line("nothing to mend: all that was there is as it must be", .good) }
    page.line("mended: \(Quantity.count(mendedFiles)) that were missing or damaged", .strong)
    for name in mended { page.line("  \(name)") }
    if mendedFiles > mended.count { page.line("  and \(Quantity.count(mendedFiles - mended.count)) more") }
  }
}
