import ChainImport
import EventStore
import Foundation
import Primitives
import ProjectionStore
import Projections
import Rollup
import StoreFiles
import SystemPackage

/// The third victim: folds a ledger into a projection, and then folds it anew beside what is live. Says `rebuilt` each time.
struct Rebuild {
  /// Where the projection is made.
  let directory: FilePath

  let ledger: FilePath

  /// Whether it says `rebuilt` after a failure too: whoever checks must find out.
  var isCareless = false

  /// The log's records make some dozens of commits.
  private static let batchSize = 25

  private static let rounds = 2
  private static let storeID = "faults"

  func run() -> Never {
    do {
      let projector = try projector()
      for _ in 0..<Self.rounds {
        do { try projector.rebuild(.init(batchSize: Self.batchSize)) } catch {
          guard isCareless else { throw error }
        }
        Appender.say("rebuilt\n")
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
  init(in directory: FilePath) throws {
    try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    let chain = try DemoChain()
    let (genesis, blocks) = (directory.appending("genesis.json").string, directory.appending("chain.rlp").string)
    try Data(chain.genesisFile.utf8).write(to: URL(fileURLWithPath: genesis))
    try Data(chain.blocksFile).write(to: URL(fileURLWithPath: blocks))
    let store = DataDirectory(directory.appending("store"))
    _ = try Importer.run(files: [blocks], chain: Genesis.configuration(path: genesis), into: store)
    ledger = store.ledger
    let projector = try Rebuild(directory: directory, ledger: ledger).projector()
    try projector.rebuild()
    digest = try projector.digest().digest
  }

  /// What is live after a rebuild was stopped somewhere is whole, and a further rebuild goes on to the same rows.
  ///
  /// - Parameter isRebuilt: whether the process said that it had made a version live.
  func check(_ directory: FilePath, isRebuilt: Bool) throws {
    let projector = try Rebuild(directory: directory, ledger: ledger).projector()
    do throws(ProjectionError) {
      guard try projector.digest().digest == digest else {
        throw ProjectionError.damaged(directory, "the live version has other rows")
      }
    } catch .notBuilt {
      guard !isRebuilt else { throw Checker.Violation(description: "the live version is gone") }
    }
    try projector.rebuild()
    guard try projector.digest().digest == digest else {
      throw Checker.Violation(description: "rebuilt after the fault, the projection has other rows")
    }
    guard try projector.verify().agrees else {
      throw Checker.Violation(description: "a fold beside the live version differs from it")
    }
  }
}
