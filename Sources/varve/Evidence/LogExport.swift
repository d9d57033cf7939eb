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

      A directory that holds an earlier export of this log gets what is new; one
      of another log is left alone.

      EXAMPLES
        varve log export public/log
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The directory to write.", completion: .directory)
  var directory: String

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readOnly)
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    let total = try log.head().size
    let report = try TileExport.run(log, signer: options.ledgerSigner(), to: FilePath(directory)) { size in
      bar.update(done: size, total: total)
    }
    bar.clear()
    console.report(ExportOutcome(report, directory: directory))
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

  init(_ report: TileExport.Report, directory: String) {
    self.directory = directory
    origin = report.checkpoint.origin
    size = report.checkpoint.size
    root = "\(report.checkpoint.root)"
    newRecords = report.checkpoint.size - report.oldSize
    tiles = report.tiles
  }

  func render(on page: inout Page) {
    page.line("exported: \(Quantity.count(newRecords)) new records into \(directory)", .good)
    page.facts([
      ("log", origin), ("records", Quantity.count(size)), ("tree root", root),
      ("tiles and bundles written", Quantity.count(tiles)),
    ])
  }
}
