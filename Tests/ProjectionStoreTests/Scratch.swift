import EventStore
import Foundation
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport

/// Time that passes only while somebody waits for it.
final class WaitedTime {
  private(set) var passed = Duration.zero
  private let start = ContinuousClock.now

  var clock: PaceClock { PaceClock(now: { self.start + self.passed }, sleep: { self.passed += $0 }) }
}

/// A data directory with a log in it, for one test.
struct Scratch {
  let dataDirectory: FilePath
  let log: EventLog

  static let storeID = "test-store"

  var versions: VersionSet { VersionSet(dataDirectory: dataDirectory, projection: ProposerState.name) }

  /// Runs `body` with an empty log in a new directory.
  static func with<R>(_ body: (Scratch) throws -> R) throws -> R {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      return try body(
        Scratch(dataDirectory: directory, log: try EventLog.open(directory.appending("ledger"), mode: .create)))
    }
  }

  func projector(storeID: String = Scratch.storeID) -> Projector<ProposerState> {
    Projector(dataDirectory: dataDirectory, log: log, storeID: storeID)
  }

  /// Copies parts of the data directory to one that outlives the test's own.
  func keep(_ parts: [String]) throws -> FilePath {
    let name = (dataDirectory.lastComponent?.string ?? "") + "-kept"
    let copy = dataDirectory.removingLastComponent().appending(name)
    try Files.createDirectory(copy)
    for part in parts {
      try FileManager.default.copyItem(
        atPath: dataDirectory.appending(part).string, toPath: copy.appending(part).string)
    }
    return copy
  }

  /// What folding everything in dictionaries gives.
  static func digest(of chain: MiniChain) throws -> Hash256 {
    let last = chain.blocks[chain.blocks.count - 1].header.id
    return try fold(chain).digest(l1BlockNumber: last.number, l1BlockHash: last.hash)
  }

  /// Folds everything into dictionaries.
  static func fold(_ chain: MiniChain) throws -> MemoryTables { try fold(chain.events, of: chain.configuration) }

  static func fold(_ facts: some Sequence<Fact>, of configuration: ChainConfiguration) throws -> MemoryTables {
    let tables = MemoryTables(tables: ProposerState.tables)
    let projection = ProposerState(configuration: configuration)
    let batch = WriteBatch()
    for fact in facts {
      batch.reset()
      _ = try projection.fold(fact, into: ProjectionView(batch: batch, over: tables))
      tables.commit(batch)
    }
    return tables
  }

  /// Changes rows of the live version behind its back, leaving its cursor as it is.
  func tamper(_ change: (WriteBatch) -> Void) throws {
    let version = try projector().openLive(.readWrite)
    let batch = WriteBatch()
    change(batch)
    try version.commit(batch, try version.cursor() ?? .start)
  }
}
