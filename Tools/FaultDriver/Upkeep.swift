import EventStore
import Foundation
import MerkleLog
import Rollup
import SystemPackage

/// The other victim: makes a log and does with it what its keeper does. It appends, signs checkpoints, exports, copies and
/// mirrors, and says after each what is done.
///
/// Lines beside those of `Appender`: `signed SIZE`, `exported SIZE`, `copied SIZE`, `mirrored SIZE`.
struct Upkeep {
  let places: Places
  let seed: UInt64

  /// What it makes, below one directory.
  struct Places {
    let log, signer, tiles, copy, mirror: FilePath

    init(below directory: FilePath) {
      log = directory.appending("log")
      signer = directory.appending("signer")
      tiles = directory.appending("tiles")
      copy = directory.appending("copy")
      mirror = directory.appending("mirror")
    }

    /// Opens the log's key; `makes` makes it.
    func logSigner(makes: Bool = false) throws(SignerError) -> LogSigner {
      makes
        ? try LogSigner(makingIn: signer, name: "log", origin: "varve/faults")
        : try LogSigner(openingIn: signer, name: "log", origin: "varve/faults")
    }

    /// Paths of whose files calls are made to fail that the run-time system makes for its own ends as well.
    var watched: [FilePath] {
      let names = ["log.key.tmp", "log.checkpoint.tmp", "log.checkpoint", "log.key", "log.lock"]
      let logs = [log, mirror].flatMap { [$0, $0.appending("data.mdb"), $0.appending("writer.lock")] }
      let bundle = tiles.appending(FilePath("tile/entries/000.p").components)
      return logs + names.map { signer.appending($0) }
        + [copy, copy.appending("data.mdb.tmp"), tiles, tiles.appending("checkpoint.tmp"), bundle]
    }
  }

  private static let rounds = 2
  private static let batchesPerRound = 2

  func run() -> Never {
    do {
      let log = try EventLog.open(places.log, mode: .create)
      Appender.say("open \(try log.head().size)\n")
      let signer = try places.logSigner(makes: true)
      var source = Source(process: seed, writer: 0)
      for _ in 0..<Self.rounds {
        for _ in 0..<Self.batchesPerRound {
          try Appender.acknowledge(try log.append(source.batch()), in: log)
        }
        let size = try signer.checkpoint(of: log).checkpoint(signedByAll: [signer.verifierKey]).size
        Appender.say("signed \(size)\n")
        Appender.say("exported \(try TileExport.run(log, signer: signer, to: places.tiles).checkpoint.size)\n")
      }
      try log.copy(to: places.copy)
      Appender.say("copied \(try log.head().size)\n")
      try mirror(signer.verifierKey)
    } catch { FaultDriver.fail("\(error)", code: 3) }
    exit(0)
  }

  private func mirror(_ key: VerifierKey) throws {
    let source = try TileMirror(of: places.tiles, signedByAll: [key])
    try source.verifyTiles()
    let mirror = try EventLog.open(places.mirror, mode: .create)
    _ = try source.record(into: mirror)
    Appender.say("mirrored \(try mirror.head().size)\n")
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
  func run() throws {
    let log = try EventLog.open(places.log, mode: .create)
    let signer = try checkSigner(log)
    try checkTiles(log, signer)
    try checkCopy(of: log)
    try checkMirror(of: log, signer)
  }

  /// A key that has signed goes on; one whose making was cut short is made.
  private func checkSigner(_ log: EventLog) throws -> LogSigner {
    let signer: LogSigner
    do throws(SignerError) { signer = try places.logSigner() } catch {
      guard size("signed") == 0 else { throw Checker.Violation(description: "the key that signed is gone: \(error)") }
      signer = try places.logSigner(makes: true)
    }
    guard try signer.lastSigned().checkpoint.size >= size("signed") else {
      throw Checker.Violation(description: "a checkpoint that was given out is forgotten")
    }
    _ = try signer.checkpoint(of: log)
    return signer
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
    } else if size("exported") > 0 {
      throw Checker.Violation(description: "the export is gone")
    }
    let report = try TileExport.run(log, signer: signer, to: places.tiles)
    guard report.checkpoint.root == (try log.head().root) else {
      throw Checker.Violation(description: "exported again, the tiles have another root")
    }
  }

  /// A copy that has its name is whole.
  private func checkCopy(of log: EventLog) throws {
    guard FileManager.default.fileExists(atPath: places.copy.appending("data.mdb").string) else {
      guard size("copied") == 0 else { throw Checker.Violation(description: "the copy is gone") }
      return try log.copy(to: places.copy)
    }
    let copy = try EventLog.open(places.copy, mode: .readOnly)
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
