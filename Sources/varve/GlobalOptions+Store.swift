// The data directory's parts, opened.

import ArgumentParser
import EventStore
import LMDB
import Logging
import Node
import ProjectionStore
import Projections
import StoreFiles
import SystemPackage

extension GlobalOptions {
  /// The data directory.
  var dataPath: FilePath { FilePath(dataDirectory) }

  /// The directory of the log.
  var ledgerPath: FilePath { DataDirectory(dataPath).ledger }

  /// Opens the log.
  func openLog(_ mode: EventLog.Mode) throws -> EventLog {
    Logger(label: "varve").debug("opening the log", metadata: ["directory": "\(ledgerPath)", "mode": "\(mode)"])
    return try EventLog.open(ledgerPath, mode: mode)
  }

  /// Opens one of the two logs.
  func openLog(_ choice: LogChoice, _ mode: EventLog.Mode) throws -> EventLog {
    switch choice.log {
    case .ledger: return try openLog(mode)
    case .testimony: return try EventLog.open(choice.directory(in: DataDirectory(dataPath)), mode: mode)
    }
  }

  /// Opens the testimony for reading; nil where nothing was ever heard.
  func openTestimonyIfPresent() throws -> EventLog? {
    let directory = DataDirectory(dataPath).testimony
    guard try Files.status(directory.appending("data.mdb")) != nil else { return nil }
    return try EventLog.open(directory, mode: .readOnly)
  }

  /// Opens both logs for reading, and brings what is made of them to their ends.
  ///
  /// - Parameter onProgress: called after every commit.
  func openEquivocation(
    onProgress: @escaping (ProjectionProgress) -> Void = { _ in }
  ) throws -> EquivocationStore {
    let store = try EquivocationStore(
      dataDirectory: dataPath, ledger: try openLog(.readOnly), testimony: try openTestimonyIfPresent(),
      storeID: try DataDirectory(dataPath).manifest().storeID)
    try store.bringUp(Projector<EquivocationView>.Options(onProgress: onProgress))
    return store
  }

  /// Opens the key that signs the log's checkpoints.
  func ledgerSigner() throws -> LogSigner {
    let directory = DataDirectory(dataPath)
    return try directory.ledgerSigner(of: directory.manifest())
  }

  /// Opens the log for reading, and a projection beside it.
  func openProjector<P: Projection>(_ projection: P.Type) throws -> Projector<P> {
    try projector(projection, over: try openLog(.readOnly))
  }

  /// A projection beside a log that has been opened.
  func projector<P: Projection>(_ projection: P.Type, over log: EventLog) throws -> Projector<P> {
    let storeID = try DataDirectory(dataPath).manifest().storeID
    let testimony = P.readMode == .physicalWithTestimony ? try openTestimonyIfPresent() : nil
    return Projector(dataDirectory: dataPath, log: log, testimony: testimony, storeID: storeID)
  }
}

extension Projector {
  /// Brings the live version to the head of the log, unless another process writes it: that one keeps it there.
  func catchUpUnlessWritten(_ console: Console) throws(ProjectionError) {
    var options = Options()
    options.tell(console)
    do throws(ProjectionError) { try catchUp(options) } catch .locked {}
  }
}

extension Projector.Options {
  /// Says on standard error which projections a run goes on without, and which interrupted build it does not go on with.
  mutating func tell(_ console: Console) {
    onLeftOut = { projection, error in console.note("it goes on without projection \(projection): \(error)") }
    onDiscarded = { name, error in console.note("version \(name), which was interrupted, is made anew: \(error)") }
  }
}

/// Which of the store's two logs.
struct LogChoice: ParsableArguments {
  enum Name: String, ExpressibleByArgument, CaseIterable {
    /// What L1 says.
    case ledger
    /// What the node was told off L1.
    case testimony
  }

  @Option(help: ArgumentHelp("Which log: what L1 says, or what was heard off L1.", valueName: "ledger|testimony"))
  var log: Name = .ledger

  /// Where it is.
  func directory(in store: DataDirectory) -> FilePath {
    switch log {
    case .ledger: store.ledger
    case .testimony: store.testimony
    }
  }
}
