import ChainImport
import EventStore
import Foundation
import Primitives
import ProjectionStore
import Projections
import Rollup
import StoreFiles
import SystemPackage

/// The third victim: folds a ledger into a projection, and then folds it anew beside what is live. Says `rebuilt` each time,
/// and `begin WHAT` before it folds and before it makes the version live.
struct Rebuild {
  /// Where the projection is made.
  let directory: FilePath

  let ledger: FilePath

  /// Whether it says `rebuilt` after a failure too: whoever checks must find out.
  var isCareless = false

  /// The log's records make some dozens of commits.
  private static let batchSize = 25

  private static let rounds = 2

  /// What is said of a version that is live.
  static let rebuilt = "rebuilt\n"

  private static let storeID = "faults"

  func run() -> Never {
    do {
      let projector = try projector()
      var options = Projector<ProposerState>.Options(batchSize: Self.batchSize)
      options.onPublish = { step in if step == .directoryDurable { Appender.say("begin switch\n") } }
      for _ in 0..<Self.rounds {
        Appender.say("begin fold\n")
        do { try projector.rebuild(options) } catch {
          guard isCareless else { throw error }
        }
        Appender.say(Self.rebuilt)
      }
    } catch { FaultDriver.fail("\(error)", code: 3) }
    exit(0)
  }

  fileprivate func projector() throws -> Projector<ProposerState> {
    Projector(dataDirectory: directory, log: try EventLog.open(ledger, mode: .readOnly), storeID: Self.storeID)
  }

  /// Paths of whose files calls are made to fail that the run-time system makes for its own ends as well.
  var watched: [FilePath] {
    let place = directory.appending("projections").appending(ProposerState.name)
    let versions = (1...2).map { place.appending("v\($0)-s\(ProposerState.schemaVersion)") }
    let files = ["data.mdb", "manifest.json.tmp", "manifest.json", "unsynced.tmp", "unsynced"]
    return [
      place, place.appending("CURRENT.tmp"), place.appending("CURRENT"), place.appending("writer.lock"),
      place.appending("builder.lock"),
    ]
      + versions.flatMap { version in [version] + files.map { version.appending($0) } }
  }
}

/// The ledger that is folded, and what it folds into.
struct RebuildSource {
  let ledger: FilePath
  private let digest: Hash256

  /// Makes the ledger: the demo chain.
  init(making directory: FilePath) throws {
    let store = Self.store(in: directory)
    try DemoFiles(in: directory).importAll(into: store)
    ledger = store.ledger
    let projector = try Rebuild(directory: directory, ledger: ledger).projector()
    try projector.rebuild()
    digest = try projector.digest().digest
    try Data(digest.bytes).write(to: URL(fileURLWithPath: directory.appending("digest").string))
  }

  /// What another process has made; nil if none has made one there.
  init?(madeIn directory: FilePath) throws {
    let bytes = FileManager.default.contents(atPath: directory.appending("digest").string)
    guard let digest = Hash256(bytes: [UInt8](bytes ?? Data())) else { return nil }
    self.digest = digest
    ledger = Self.store(in: directory).ledger
  }

  private static func store(in directory: FilePath) -> DataDirectory { DataDirectory(directory.appending("store")) }

  /// What is live after a rebuild was stopped somewhere is whole, as is what was live before; a further rebuild goes on to
  /// the same rows.
  ///
  /// - Parameter said: what the process said.
  func check(_ directory: FilePath, said: String) throws {
    let projector = try Rebuild(directory: directory, ledger: ledger).projector()
    do throws(ProjectionError) {
      try requireRows(of: projector, in: directory)
      try projector.rollBack()
      try requireRows(of: projector, in: directory)
      try projector.rollBack()
    } catch .notBuilt {
      guard !said.contains(Rebuild.rebuilt) else { throw Checker.Violation(description: "the live version is gone") }
    } catch .noPrevious {
      guard said.components(separatedBy: Rebuild.rebuilt).count <= 2 else {
        throw Checker.Violation(description: "the version that was live before is gone")
      }
    }
    try projector.rebuild()
    try requireRows(of: projector, in: directory)
    guard try projector.verify().agrees else {
      throw Checker.Violation(description: "a fold beside the live version differs from it")
    }
  }

  private func requireRows(
    of projector: Projector<ProposerState>, in directory: FilePath
  ) throws(ProjectionError) {
    guard try projector.digest().digest == digest else {
      throw .damaged(directory, "the live version has other rows")
    }
  }
}

/// The demo chain, in files.
struct DemoFiles {
  private let genesis, blocks: String

  init(in directory: FilePath) throws {
    try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    genesis = directory.appending("genesis.json").string
    blocks = directory.appending("chain.rlp").string
    let chain = try DemoChain()
    try Data(chain.genesisFile.utf8).write(to: URL(fileURLWithPath: genesis))
    try Data(chain.blocksFile).write(to: URL(fileURLWithPath: blocks))
  }

  /// Imports what is not there yet.
  func importAll(into store: DataDirectory) throws {
    _ = try Importer.run(files: [blocks], chain: Genesis.configuration(path: genesis), into: store)
  }
}
