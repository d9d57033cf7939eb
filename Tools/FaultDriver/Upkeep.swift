import EventStore
import Foundation
import LMDB
import MerkleLog
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// The other victim: makes a log and does with it what its keeper does. It appends, signs checkpoints, exports, copies and
/// mirrors, and says after each what is done.
///
/// Lines beside those of `Appender`: `signed SIZE`, `exported SIZE`, `copied SIZE`, `mirrored SIZE`; and `begin WHAT` before
/// each.
struct Upkeep {
  let places: Places
  let seed: UInt64

  /// Whether it says that it has signed, exported, copied or mirrored after a failure too: whoever checks must find out.
  var isCareless = false

  /// What it makes, below one directory.
  struct Places {
    let log, signer, tiles, mirror: FilePath

    /// A store made of a copy of the log.
    let copy: DataDirectory

    /// What the check makes.
    fileprivate let fork, early, restored: FilePath

    init(below directory: FilePath) {
      log = directory.appending("log")
      signer = directory.appending("signer")
      tiles = directory.appending("tiles")
      copy = DataDirectory(directory.appending("copy"))
      mirror = directory.appending("mirror")
      fork = directory.appending("fork")
      early = directory.appending("early")
      restored = directory.appending("restored")
    }

    /// What the log is called in its checkpoints.
    static let origin = "varve/faults"

    /// Opens the log's key; `makes` makes it.
    func logSigner(makes: Bool = false) throws(SignerError) -> LogSigner {
      makes
        ? try LogSigner(makingIn: signer, name: "log", origin: Self.origin)
        : try LogSigner(openingIn: signer, name: "log", origin: Self.origin)
    }

    /// Paths of whose files calls are made to fail that the run-time system makes for its own ends as well.
    var watched: [FilePath] {
      let names = ["log.key.tmp", "log.checkpoint.tmp", "log.checkpoint", "log.key", "log.lock"]
      let logs = [log, mirror].flatMap { [$0, $0.appending("data.mdb"), $0.appending("writer.lock")] }
      let draft = DataDirectory.copyDraft(in: copy.ledger)
      let bundle = tiles.appending(FilePath("tile/entries/000.p").components)
      return logs + names.map { signer.appending($0) }
        + [copy.path, copy.ledger, copy.ledger.appending("writer.lock"), copy.path.appending("varve.json.tmp")]
        + [draft.path, draft.ledger, draft.ledger.appending("data.mdb.tmp"), draft.ledgerData]
        + [tiles, tiles.appending("checkpoint.tmp"), bundle]
    }
  }

  private static let rounds = 2
  private static let batchesPerRound = 2

  func run() -> Never {
    do {
      let log = try EventLog.open(places.log, mode: .create)
      Appender.say("open \(try log.head().size)\nbegin sign\n")
      let signer = try places.logSigner(makes: true)
      var source = Source(process: seed, writer: 0)
      let again = NewRecord(
        kind: .blockSequenced, coordinates: .block(0),
        payload: Payload(process: seed, writer: Payload.again, count: 0).bytes)
      for _ in 0..<Self.rounds {
        Appender.say("begin append\n")
        for _ in 0..<Self.batchesPerRound {
          // One payload comes in every batch.
          try Appender.acknowledge(try log.append(source.batch() + [again]), in: log)
        }
        Appender.say("begin sign\n")
        try say("signed", of: log) {
          try signer.checkpoint(of: log).checkpoint(signedByAll: [signer.verifierKey]).size
        }
        Appender.say("begin export\n")
        try say("exported", of: log) { try TileExport.run(log, signer: signer, to: places.tiles).checkpoint.size }
      }
      Appender.say("begin copy\n")
      try say("copied", of: log) { try places.makeCopy(of: log) }
      Appender.say("begin mirror\n")
      try say("mirrored", of: log) { try mirror(signer.verifierKey) }
    } catch { FaultDriver.fail("\(error)", code: 3) }
    exit(0)
  }

  /// Does something with the log, and says of how many records.
  private func say(_ what: String, of log: EventLog, _ step: () throws -> UInt64) throws {
    let size: UInt64
    do { size = try step() } catch {
      guard isCareless else { throw error }
      size = try log.head().size
    }
    Appender.say("\(what) \(size)\n")
  }

  private func mirror(_ key: VerifierKey) throws -> UInt64 {
    let source = try TileMirror(of: places.tiles, signedByAll: [key])
    try source.verifyTiles()
    let mirror = try EventLog.open(places.mirror, mode: .create)
    _ = try source.record(into: mirror)
    return try mirror.head().size
  }
}

extension Upkeep.Places {
  /// The manifest of the copy.
  static let manifest = StoreManifest(
    chainConfigurationHash: .zero, storeID: String(repeating: "0", count: 32))

  /// Copies as `varve log backup` does. Only that the check there is a child process is not played.
  ///
  /// - Returns: how many records were copied.
  fileprivate func makeCopy(of log: EventLog) throws -> UInt64 {
    try copy.makeLog(in: copy.ledger, copying: log, Self.manifest) { try Self.soundSize($0.ledger) }
  }

  /// How many records a copy has, once all of it is verified.
  static func soundSize(_ ledger: FilePath) throws -> UInt64 {
    let copy = try EventLog.open(ledger, mode: .readOnly)
    guard try copy.verify(options: .init(decodesEvents: false)).isSound else {
      throw Checker.Violation(description: "the copy is not sound")
    }
    return try copy.head().size
  }
}

/// What must hold after an upkeep that failed somewhere: what was said to be done is there, nothing contradicts what was
/// signed, and everything can be done again.
struct UpkeepCheck {
  let places: Upkeep.Places

  /// What the process said.
  let said: String

  /// The largest size that it said for `verb`; 0 if it never did.
  private func size(_ verb: String) -> UInt64 {
    said.split(separator: "\n").filter { $0.hasPrefix("\(verb) ") }
      .compactMap { UInt64($0.dropFirst(verb.count + 1)) }.max() ?? 0
  }

  /// The log itself has been checked before.
  func run(over log: EventLog) throws {
    let signer = try openSigner()
    try checkGuard(log, signer)
    _ = try signer.checkpoint(of: log)
    try checkTiles(log, signer)
    try checkCopy(of: log)
    try checkMirror(of: log, signer)
    try Restoring(place: places.restored).run(log, signer)
  }

  /// A key that has signed goes on; one whose making was cut short is made.
  private func openSigner() throws -> LogSigner {
    do throws(SignerError) { return try places.logSigner() } catch {
      guard size("signed") == 0 else { throw Checker.Violation(description: "the key that signed is gone: \(error)") }
      return try places.logSigner(makes: true)
    }
  }

  /// What was signed last is remembered: a log that has the records which the guard knows of, and others up to the size that
  /// was signed, gets no signature. It would be a second root for one size.
  private func checkGuard(_ log: EventLog, _ signer: LogSigner) throws {
    let signed = size("signed")
    guard signed > 0 else { return }
    let common = min(try signer.lastSigned().checkpoint.size, signed - 1)
    var records: [NewRecord] = []
    try log.read(.zero..<Position(common)) { (view: borrowing RecordView) throws(ReadFailure) in
      do throws(ReadError) {
        let record = try view.copy()
        let header = record.header
        records.append(NewRecord(kind: header.kind, coordinates: header.coordinates, payload: record.payload))
      } catch { throw ReadFailure(error) }
    }
    var other = Source(process: 0xFFFF, writer: 0)
    while records.count < Int(signed) { records.append(other.record()) }
    let fork = try EventLog.open(places.fork, mode: .create)
    try fork.append(records)
    do throws(SignerError) { _ = try signer.checkpoint(of: fork) } catch {
      switch error {
      case .behind, .forked: return
      default: throw error
      }
    }
    throw Checker.Violation(description: "a second root is signed for \(signed) records")
  }

  /// A checkpoint among the tiles vouches for all that it needs; exporting again ends with the log's own.
  private func checkTiles(_ log: EventLog, _ signer: LogSigner) throws {
    let isThere = FileManager.default.fileExists(atPath: places.tiles.appending("checkpoint").string)
    if isThere {
      let mirror = try TileMirror(of: places.tiles, signedByAll: [signer.verifierKey])
      try mirror.verifyTiles()
      guard mirror.checkpoint.size >= size("exported") else {
        throw Checker.Violation(description: "the export is older than was said")
      }
      let early = try EventLog.open(places.early, mode: .create)
      _ = try mirror.record(into: early)
      guard try early.head().root == log.root(ofSize: mirror.checkpoint.size) else {
        throw Checker.Violation(description: "a mirror of the export is not how the log begins")
      }
    } else if size("exported") > 0 {
      throw Checker.Violation(description: "the export is gone")
    }
    let report = try TileExport.run(log, signer: signer, to: places.tiles)
    guard report.checkpoint.root == (try log.head().root) else {
      throw Checker.Violation(description: "exported again, the tiles have another root")
    }
  }

  /// A copy has its name only beside its manifest, and is whole. Where none has it, one is made, whatever is in the way.
  private func checkCopy(of log: EventLog) throws {
    let manifest = try places.copy.manifestIfPresent()
    if FileManager.default.fileExists(atPath: places.copy.ledgerData.string) {
      guard manifest == Upkeep.Places.manifest else {
        throw Checker.Violation(description: "the copy has its name, and not its manifest")
      }
    } else {
      guard size("copied") == 0 else { throw Checker.Violation(description: "the copy is gone") }
      guard manifest == nil || manifest == Upkeep.Places.manifest else {
        throw Checker.Violation(description: "the manifest is not the copy's")
      }
      _ = try places.makeCopy(of: log)
    }
    let copy = try EventLog.open(places.copy.ledger, mode: .readOnly)
    let head = try copy.head()
    let report = try copy.verify(options: .init(decodesEvents: false))
    guard report.isSound, head.size >= size("copied"), head.root == (try log.root(ofSize: head.size)) else {
      throw Checker.Violation(description: "the copy is not the log")
    }
  }

  /// A mirror that was cut short is how the log begins, and catches up.
  private func checkMirror(of log: EventLog, _ signer: LogSigner) throws {
    let source = try TileMirror(of: places.tiles, signedByAll: [signer.verifierKey])
    let mirror = try EventLog.open(places.mirror, mode: .create)
    guard try mirror.head().size >= size("mirrored") else {
      throw Checker.Violation(description: "the mirror has less than was said")
    }
    _ = try source.record(into: mirror)
    guard try mirror.head().root == log.head().root else {
      throw Checker.Violation(description: "the mirror has another root than the log")
    }
  }
}
