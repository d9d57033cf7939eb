import ChainImport
import EventStore
import Foundation
import Primitives
import ProjectionStore
import Projections
import Rollup
import StoreFiles
import SystemPackage

/// The third victim: folds a ledger into two projections, and then folds both anew beside what is live: the state, the second
/// time as an archive, and the index, which sets rows aside, sorts and appends them. Says `begin fold of NAME` before it folds,
/// `begin switch of NAME` before it makes the version live, and `rebuilt NAME` when it has.
struct Rebuild {
  /// Where the projections are made.
  let directory: FilePath

  let ledger: FilePath

  /// Whether it says `rebuilt` after a failure too: whoever checks must find out.
  var isCareless = false

  /// The log's records make some dozens of commits. The state's first version is made in few, so that calls of the index, which
  /// sets rows aside, come earlier.
  private static let (batchSize, largeBatchSize) = (25, 10_000)

  private static let rounds = 2

  /// Where the index alone is folded: few parts of rows that are set aside, and all the same too many to be read side by side.
  private static let (partsOfIndex, mergeWays) = (8, 3)

  private static let storeID = "faults"

  /// What is said of a version that is live.
  static func rebuilt<P: Projection>(_ type: P.Type) -> String { "rebuilt \(P.name)\n" }

  func run(indexAlone: Bool) -> Never {
    do {
      if indexAlone { try foldIndex() } else { try foldBoth() }
    } catch { FaultDriver.fail("\(error)", code: 3) }
    exit(0)
  }

  private func foldBoth() throws {
    for round in 0..<Self.rounds {
      let batchSize = round > 0 ? Self.batchSize : Self.largeBatchSize
      try fold(ProposerState.self, keepingHistory: round > 0, batchSize: batchSize)
      try fold(QueryIndex.self, keepingHistory: false, batchSize: Self.batchSize)
    }
  }

  private func foldIndex() throws {
    let records = Int(try EventLog.open(ledger, mode: .readOnly).head().size)
    let batchSize = max(records / Self.partsOfIndex, 1)
    try fold(QueryIndex.self, keepingHistory: false, batchSize: batchSize, mergeWays: Self.mergeWays)
  }

  private func fold<P: Projection>(
    _ type: P.Type, keepingHistory keepsHistory: Bool, batchSize: Int, mergeWays: Int? = nil
  ) throws {
    let projector = try projector(type)
    var options = Projector<P>.Options(batchSize: batchSize)
    options.keepsHistory = keepsHistory
    if let mergeWays { options.mergeWays = mergeWays }
    options.onPublish = { step in if step == .directoryDurable { Appender.say("begin switch of \(P.name)\n") } }
    Appender.say("begin fold of \(P.name)\n")
    do { try projector.rebuild(options) } catch {
      guard isCareless else { throw error }
    }
    Appender.say(Self.rebuilt(type))
  }

  fileprivate func projector<P: Projection>(_ type: P.Type) throws -> Projector<P> {
    Projector(dataDirectory: directory, log: try EventLog.open(ledger, mode: .readOnly), storeID: Self.storeID)
  }

  /// Paths of whose files calls are made to fail that the run-time system makes for its own ends as well.
  var watched: [FilePath] { watched(of: ProposerState.self) + watched(of: QueryIndex.self) }

  private func watched<P: Projection>(of type: P.Type) -> [FilePath] {
    let place = directory.appending("projections").appending(P.name)
    let versions = (1...Self.rounds).map { place.appending("v\($0)-s\(P.schemaVersion)") }
    var files = ["data.mdb", "manifest.json.tmp", "manifest.json", "unsynced.tmp", "unsynced"]
    if !P.unreadTables.isEmpty { files += Self.filesSetAside }
    return [
      place, place.appending("CURRENT.tmp"), place.appending("CURRENT"), place.appending("writer.lock"),
      place.appending("builder.lock"),
    ]
      + versions.flatMap { version in [version] + files.map { version.appending($0) } }
  }

  /// The files of rows that the index sets aside, where it alone is folded.
  var setAside: [FilePath] {
    let version = directory.appending("projections").appending(QueryIndex.name).appending(
      "v1-s\(QueryIndex.schemaVersion)")
    return Self.filesSetAside.map { version.appending($0) }
  }

  private static let filesSetAside = ["rows.spill", "rows.runs"]
}

/// The ledger that is folded, and what it folds into.
struct RebuildSource {
  let ledger: FilePath

  /// Of the state, and of the index.
  private let digests: [Hash256]

  /// How many blocks L1 can still leave: their rows are written as they come.
  private static let openBlocks: UInt64 = 4

  /// Makes the ledger: the demo chain, of which all but the last blocks are final.
  init(making directory: FilePath) throws {
    let store = Self.store(in: directory)
    try DemoFiles(in: directory).importAll(into: store)
    ledger = store.ledger
    try Self.finalize(ledger)
    let rebuild = Rebuild(directory: directory, ledger: ledger)
    digests = [try Self.digest(ProposerState.self, rebuild), try Self.digest(QueryIndex.self, rebuild)]
    try Data(digests.flatMap(\.bytes)).write(to: URL(fileURLWithPath: directory.appending("digests").string))
  }

  /// What another process has made; nil if none has made one there.
  init?(madeIn directory: FilePath) throws {
    let bytes = [UInt8](FileManager.default.contents(atPath: directory.appending("digests").string) ?? Data())
    guard bytes.count == 2 * Hash256.byteCount, let state = Hash256(bytes: Array(bytes.prefix(Hash256.byteCount))),
      let index = Hash256(bytes: Array(bytes.suffix(Hash256.byteCount)))
    else { return nil }
    digests = [state, index]
    ledger = Self.store(in: directory).ledger
  }

  private static func store(in directory: FilePath) -> DataDirectory { DataDirectory(directory.appending("store")) }

  private static func finalize(_ ledger: FilePath) throws {
    let log = try EventLog.open(ledger, mode: .readWrite)
    guard let head = try log.l1Blocks()?.upperBound, head > openBlocks, let last = try log.block(head - openBlocks)?.id,
      try log.finalizedBlock().map({ $0.number < last.number }) ?? true
    else { return }
    try log.append([NewRecord(.l1Finalized(L1Finalized(block: last)), at: .observed(at: head))])
  }

  private static func digest<P: Projection>(_ type: P.Type, _ rebuild: Rebuild) throws -> Hash256 {
    let projector = try rebuild.projector(type)
    var appends = false
    try projector.rebuild(Projector<P>.Options { appends = appends || $0.stage == .append })
    guard appends || P.unreadTables.isEmpty else {
      throw RecordedRun.Unusable(reason: "no row of \(P.name) is set aside: what is final of the ledger has none")
    }
    return try projector.digest().digest
  }

  /// What is live after rebuilds were stopped somewhere is whole, as is what was live before; further ones go on to the same
  /// rows.
  ///
  /// - Parameters:
  ///   - said: what the process said.
  ///   - indexAlone: whether it folded nothing else.
  func check(_ directory: FilePath, said: String, indexAlone: Bool = false) throws {
    let rebuild = Rebuild(directory: directory, ledger: ledger)
    if !indexAlone { try check(rebuild.projector(ProposerState.self), digests[0], said) }
    try check(rebuild.projector(QueryIndex.self), digests[1], said)
  }

  private func check<P: Projection>(_ projector: Projector<P>, _ digest: Hash256, _ said: String) throws {
    let rebuilt = Rebuild.rebuilt(P.self)
    do throws(ProjectionError) {
      try requireRows(of: projector, digest)
      try projector.rollBack()
      try requireRows(of: projector, digest)
      try projector.rollBack()
    } catch .notBuilt {
      guard !said.contains(rebuilt) else {
        throw Checker.Violation(description: "the live version of \(P.name) is gone")
      }
    } catch .noPrevious {
      guard said.components(separatedBy: rebuilt).count <= 2 else {
        throw Checker.Violation(description: "the version of \(P.name) that was live before is gone")
      }
    }
    // What was interrupted is gone on with, be it an archive or not.
    var options = Projector<P>.Options()
    options.keepsHistory = try projector.status().unfinished?.keepsHistory
    try projector.rebuild(options)
    try requireRows(of: projector, digest)
    guard try projector.verify().agrees else {
      throw Checker.Violation(description: "a fold of \(P.name) beside the live version differs from it")
    }
  }

  private func requireRows<P: Projection>(
    of projector: Projector<P>, _ digest: Hash256
  ) throws(ProjectionError) {
    guard try projector.digest().digest == digest else {
      throw .damaged(FilePath(P.name), "the live version has other rows")
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
