import ArgumentParser
import LMDB
import Primitives
import ProjectionStore
import Projections
import SystemPackage

/// `varve bench projections index`: an index by hash, loaded as its rows come, and in the order of its keys.
struct BenchIndexLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Load rows with random keys into a version, in the order in which they come, and sorted.",
    discussion: """
      Through the runtime's commits, unsynced until the end, as a rebuild writes. In the
      order of arrival each commit writes its rows where they belong; sorted, it sets
      them aside, and at the end all are sorted and appended. All of that is part of
      the time, and so is the last sync.
      """)

  @Argument(help: "A directory, which is made.", completion: .directory)
  var directory: String

  @Option(help: ArgumentHelp("Rows.", valueName: "n"))
  var rows = 5_000_000

  @Option(help: ArgumentHelp("Rows of a commit at most, in place of what a rebuild takes.", valueName: "n"))
  var batch: Int?

  func run() throws {
    for isSorted in [false, true] {
      let path = FilePath(directory).appending(isSorted ? "sorted" : "arrival")
      try Files.createDirectory(path)
      let time = try ContinuousClock().measure {
        try IndexLoad.write(rows, in: path, isSorted: isSorted, batchSize: batch)
      }
      Measurement(
        isSorted ? "index-sorted" : "index-arrival", recordBytes: IndexLoad.keyBytes + IndexLoad.valueBytes,
        batch: batch ?? 0, records: UInt64(rows), time: time, bytesOnDisk: try Files.byteCount(in: path)
      ).print()
      try Files.removeDirectory(path)
    }
  }
}

/// `varve bench projections query-index`: the whole index of a store, built in both ways.
struct BenchQueryIndex: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "query-index",
    abstract: "Rebuild query-index, with its rows as they come, and with those sorted that are final.",
    discussion: """
      Takes a store that has a proposer-state. Prints a line for each of the two, whose
      records are those of the log.
      """)

  @OptionGroup var options: GlobalOptions

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(QueryIndex.self)
    for isSorted in [false, true] {
      var run = Projector<QueryIndex>.Options()
      run.spillsRows = isSorted
      let clock = ContinuousClock()
      let began = clock.now
      let rebuilt = try projector.rebuild(run, resume: false, switches: false)
      let time = clock.now - began
      let bytes = try projector.status().unfinished?.byteCount ?? 0
      Measurement(
        isSorted ? "query-index-sorted" : "query-index-arrival", recordBytes: 0, batch: run.batchSize,
        records: rebuilt.cursor.nextPosition, time: time, bytesOnDisk: bytes
      ).print()
      try projector.drop(unfinishedOnly: true)
    }
  }
}
