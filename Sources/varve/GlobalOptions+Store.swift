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

  /// Opens the log; after a check, if a process before was ended by what it read.
  func openLog(_ mode: EventLog.Mode) throws -> EventLog {
    if mode != .inspection { try Suspicion.settle(self) }
    Logger(label: "varve").debug("opening the log", metadata: ["directory": "\(ledgerPath)", "mode": "\(mode)"])
    return try EventLog.open(ledgerPath, mode: mode)
  }

  /// Opens one of the two logs.
  func openLog(_ choice: LogChoice, _ mode: EventLog.Mode) throws -> EventLog {
    switch choice.log {
    case .ledger: return try openLog(mode)
    case .testimony:
      if mode != .inspection { try Suspicion.settle(self, choice) }
      return try EventLog.open(choice.directory(in: DataDirectory(dataPath)), mode: mode)
    }
  }

  /// Opens the testimony for reading; nil where nothing was ever heard.
  func openTestimonyIfPresent() throws -> EventLog? {
    let directory = DataDirectory(dataPath).testimony
    guard try Files.status(directory.appending("data.mdb")) != nil else { return nil }
    return try openLog(LogChoice(.testimony), .readOnly)
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
  /// Brings the live version to the head of the log before it is asked, unless another process writes it: that one keeps it
  /// there. What keeps it from going on, such as a record or a full disk, keeps nobody from reading what it has.
  ///
  /// - Returns: how the command is to end once it has answered from the rows as they stand; nil where nothing kept it.
  /// - Throws: where its rows are no answer: there are none, they are not of this log, or damaged; and when it is interrupted.
  func catchUpUnlessWritten(_ console: Console) throws(ProjectionError) -> Failure? {
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    var options = Options.showing(bar)
    options.tell(console)
    let interruption = Interruption()
    options.isCancelled = { interruption.isRequested }
    do throws(ProjectionError) {
      try catchUp(options)
      return nil
    } catch {
      switch error {
      case .locked:
        if let live = try? status().live, let lag = live.lag, case let revoked = live.revoked ?? 0,
          lag > 0 || revoked > 0
        {
          bar.clear()
          let left = revoked > 0 ? ", and with \(revoked) in them that L1 has revoked" : ""
          console.note("\(error); the answer is from its rows as they stand, \(lag) of the log's records behind\(left)")
        }
        return nil
      case .notBuilt, .interrupted: throw error
      default: if error.condemnsVersion { throw error }
      }
      // On a disk that cannot be written it may be at the head all the same.
      if let live = try? status().live, live.lag == 0, live.revoked == 0 { return nil }
      bar.clear()
      let failure = Failure(
        .cannot,
        "projection \(P.name) is not at the head of the log, and the answer is from its rows as they stand: \(error)")
      console.note(failure.message)
      return failure
    }
  }

  /// The snapshot from which the live version was taken; nil where it was folded here, from position 0 of the log.
  func importedRows() throws(ProjectionError) -> ImportedRows? {
    try liveSnapshot().map { ImportedRows(projection: P.name, snapshot: $0) }
  }
}

/// Rows that were taken from a snapshot which somebody made, and whose fold nobody has checked here.
struct ImportedRows: Encodable {
  let projection: String

  /// Hash of the snapshot's file.
  let snapshot: String

  /// For people.
  var text: String {
    "imported, not folded here: \(projection), from snapshot \(snapshot.prefix(18))…; "
      + "`varve projection verify \(projection)` holds it against the log"
  }
}

extension Projector.Options {
  /// Says on standard error which projections a run goes on without, and which version beside the live one it gives up.
  mutating func tell(_ console: Console) {
    onLeftOut = { projection, error in console.note("it goes on without projection \(projection): \(error)") }
    onDiscarded = { name, reason in
      console.note("version \(name), beside the live one, is given up for a new one: \(reason)")
    }
  }
}

/// Which of the store's two logs.
struct LogChoice: ParsableArguments {
  enum Name: String, ExpressibleByArgument, CaseIterable, Encodable {
    /// What L1 says.
    case ledger
    /// What the node was told off L1.
    case testimony
  }

  @Option(help: ArgumentHelp("Which log: what L1 says, or what was heard off L1.", valueName: "ledger|testimony"))
  var log: Name = .ledger

  init() {}

  init(_ log: Name) { self.log = log }

  /// Where it is.
  func directory(in store: DataDirectory) -> FilePath {
    switch log {
    case .ledger: store.ledger
    case .testimony: store.testimony
    }
  }
}
