import EventStore
import Foundation
import Hashing
import LMDB
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// The fourth victim: mends a damaged ledger as `varve log repair` does. Only that children make the new one and check it
/// is not played. Says `begin make` before it makes that, `begin exchange` before it puts it in place, `repaired` at the end.
struct Repair {
  let store: DataDirectory

  var manner = Manner.plain

  /// How a repair goes about it; but for the plain one wrongly, which whoever checks must find out.
  enum Manner: String {
    case plain
    /// The new ledger lacks the newest record, and nobody asks whether it extends what was signed.
    case forgetful
    /// The damaged ledger is taken away while the new one is made.
    case hasty
  }

  func run() -> Never {
    Appender.say("begin make\n")
    do { try mend(Appender.say) } catch { FaultDriver.fail("\(error)", code: 3) }
    Appender.say("repaired\n")
    exit(0)
  }

  /// Mends the ledger, if it is damaged.
  func mend(_ say: (String) -> Void = { _ in }) throws {
    let manifest = try store.manifest()
    _ = try store.repairLedger(
      isSound: Self.isSound,
      remake: {
        try rebuild()
        guard try Self.isSound(store.workshop) else {
          throw Checker.Violation(description: "the new ledger is not sound")
        }
        if manner != .forgetful {
          let signer = try store.ledgerSigner(of: manifest)
          try signer.requireExtension(by: EventLog.open(store.workshop.ledger, mode: .readOnly))
        }
        say("begin exchange\n")
      })
  }

  /// Makes the new ledger of the damaged one.
  private func rebuild() throws {
    let aside = store.path.appending("aside")
    var damaged = store.ledger
    switch manner {
    case .plain: break
    case .forgetful:
      try FileManager.default.copyItem(atPath: damaged.string, toPath: aside.string)
      try Self.forgetNewest(in: aside)
      damaged = aside
    case .hasty:
      try FileManager.default.moveItem(atPath: damaged.string, toPath: aside.string)
      damaged = aside
    }
    _ = try LogRepair.rebuild(damaged, into: store.workshop.ledger)
    switch manner {
    case .plain: break
    case .forgetful: try FileManager.default.removeItem(atPath: aside.string)
    case .hasty: try FileManager.default.moveItem(atPath: aside.string, toPath: store.ledger.string)
    }
  }

  /// Removes the newest record, and the head row, which would say that it is missing.
  private static func forgetNewest(in ledger: FilePath) throws {
    let environment = try Environment.open(
      at: ledger, options: EnvironmentOptions(mode: .readWrite, tables: Examination.tables))
    try environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
      for name in ["records", "head"] {
        let table = environment.table(name)
        guard let key = try transaction.lastKey(of: table) else { continue }
        _ = try transaction.delete(key.rawSpan, in: table)
      }
    }
  }

  /// Whether all of a ledger is as it was written.
  static func isSound(_ store: DataDirectory) throws -> Bool {
    try EventLog.open(store.ledger, mode: .inspection).verify(options: .init(checksAccumulators: true)).isSound
  }

  /// Paths of whose files calls are made to fail that the run-time system makes for its own ends as well.
  var watched: [FilePath] {
    let ledgers = [store.ledger, store.workshop.ledger]
    return [store.path, store.workshop.path, store.projections]
      + ledgers.flatMap { [$0, DataDirectory.data(of: $0), $0.appending("writer.lock")] }
  }
}

extension WriteTransaction {
  fileprivate func lastKey(of table: Table) throws(LMDBError) -> [UInt8]? {
    var cursor = try cursor(in: table)
    return try cursor.last()?.key.bytes
  }
}

/// A store to damage: an imported chain whose last block L1 has left and taken up again, signed, with a projection's
/// directory.
struct RepairSource {
  let store: DataDirectory

  /// Makes it. What it is made of is left beside it.
  init(making store: DataDirectory, chainIn directory: FilePath) throws {
    self.store = store
    let chain = try DemoFiles(in: directory)
    try chain.importAll(into: store)
    do {
      let log = try EventLog.open(store.ledger, mode: .readWrite)
      guard let tip = try log.newestBlock()?.id, let parent = try log.block(tip.number - 1)?.id else {
        throw RecordedRun.Unusable(reason: "the demo chain has no blocks")
      }
      let other = BlockID(number: tip.number, hash: Keccak256.hash(tip.hash.bytes))
      try log.appendReorg(oldTip: tip, newTip: other, commonAncestor: parent)
    }
    try chain.importAll(into: store)
    let log = try EventLog.open(store.ledger, mode: .readOnly)
    _ = try store.ledgerSigner(of: store.manifest()).checkpoint(of: log)
    try FileManager.default.createDirectory(atPath: store.projections.string, withIntermediateDirectories: true)
    let projection = store.projections.appending(Self.projection).string
    try Data("made of the ledger".utf8).write(to: URL(fileURLWithPath: projection))
  }

  /// Takes one that was made.
  init(madeIn store: DataDirectory) { self.store = store }

  /// Leaf hashes of all records.
  func leaves() throws -> [Hash256] {
    let log = try EventLog.open(store.ledger, mode: .readOnly)
    return try (0..<log.head().size).map { try log.leafHash(at: Position($0)) }
  }

  /// The hash of the data file.
  func digest() throws -> Hash256 {
    Keccak256.hash([UInt8](try Data(contentsOf: URL(fileURLWithPath: store.ledgerData.string))))
  }

  static let projection = "projection"

  /// What is wrong with a ledger.
  enum Flaw: String, CaseIterable {
    /// A row of a table that follows from the records is changed or missing.
    case tree, blocks, observations, head
    /// A sound record behind the head, of which nobody was told.
    case tail
    /// A record is changed or missing, which nothing else in the log has.
    case records

    var canBeMended: Bool { self != .records }
  }

  /// Damages the ledger.
  func damage(_ flaw: Flaw, _ random: inout SplitMix64) throws {
    let tail = flaw == .tail ? try recordBehindTheHead() : nil
    let environment = try Environment.open(
      at: store.ledger, options: EnvironmentOptions(mode: .readWrite, tables: Examination.tables))
    if let tail {
      try environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
        try transaction.put(tail.row.rawSpan, for: tail.position, in: environment.table("records"))
      }
      return
    }
    let table = environment.table(flaw.rawValue)
    var rows: [(key: [UInt8], value: [UInt8])] = []
    try environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
      var cursor = try transaction.cursor(in: table)
      while let entry = try cursor.next() { rows.append((entry.key.bytes, entry.value.bytes)) }
    }
    guard let row = rows.randomElement(using: &random) else {
      throw RecordedRun.Unusable(reason: "table \(table.name) has no row to damage")
    }
    let value = Bool.random(using: &random) ? Self.changed(row.value, &random) : nil
    try environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
      if let value {
        try transaction.put(value.rawSpan, for: row.key.rawSpan, in: table)
      } else {
        _ = try transaction.delete(row.key.rawSpan, in: table)
      }
    }
  }

  /// With one bit changed; one byte where there was none.
  private static func changed(_ value: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    guard !value.isEmpty else { return [1] }
    var value = value
    value[Int.random(in: 0..<value.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    return value
  }

  /// The row of a record that a longer copy of the ledger has.
  private func recordBehindTheHead() throws -> (position: UInt64, row: [UInt8]) {
    let place = store.path.appending("longer")
    defer { try? FileManager.default.removeItem(atPath: place.string) }
    try EventLog.open(store.ledger, mode: .readOnly).copy(to: place)
    let log = try EventLog.open(place, mode: .readWrite)
    let position = try log.head().size
    try log.append([NewRecord(kind: .blockSequenced, coordinates: .block(0), payload: [1, 2, 3])])
    var row: [UInt8] = []
    try log.environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
      if let stored = try transaction.get(position, in: log.environment.table("records")) { row = stored.bytes }
    }
    return (position, row)
  }
}

/// What must hold after a repair that was stopped somewhere, once it has been run again.
struct RepairCheck {
  let store: DataDirectory

  /// Leaf hashes of the records that were there before the damage.
  let leaves: [Hash256]

  /// The hash of the damaged data file.
  let damaged: Hash256

  var manner = Repair.Manner.plain

  /// At every moment there is a ledger, and a manifest that says whose.
  func requireLedger() throws {
    guard try store.manifestIfPresent() != nil, FileManager.default.fileExists(atPath: store.ledgerData.string) else {
      throw Checker.Violation(description: "the ledger or its manifest is gone")
    }
  }

  /// Runs the repair to its end: the records are all there and nothing else is, the ledger extends what was signed, takes
  /// more, and what was set aside is the damaged ledger and what was made of it, each once.
  func run() throws {
    try requireLedger()
    try Repair(store: store, manner: manner).mend()
    do {
      let log = try EventLog.open(store.ledger, mode: .readWrite)
      guard try log.head().size == UInt64(leaves.count) else {
        throw Checker.Violation(description: "\(leaves.count) records were there, \(try log.head().size) are repaired")
      }
      for (position, leaf) in leaves.enumerated() {
        guard try log.leafHash(at: Position(UInt64(position))) == leaf else {
          throw Checker.Violation(description: "record \(position) is another one than before")
        }
      }
      let verification = try log.verify(options: .init(checksAccumulators: true))
      guard verification.isSound else {
        throw Checker.Violation(description: "repaired, and not sound: \(verification.damages.map(\.summary))")
      }
      let signer = try store.ledgerSigner(of: store.manifest())
      _ = try signer.checkpoint(of: log)
      try log.append([NewRecord(kind: .blockSequenced, coordinates: .block(0), payload: [4, 5, 6])])
      _ = try signer.checkpoint(of: log)
    }
    try checkWhatWasSetAside()
  }

  private func checkWhatWasSetAside() throws {
    guard try Files.status(store.workshop.path) == nil, try Files.status(store.projections) == nil else {
      throw Checker.Violation(description: "a repair has left something in its workshop, or projections in place")
    }
    let places = try Files.names(in: store.path).filter { $0.hasPrefix("quarantine-") }.map {
      DataDirectory(store.path.appending($0))
    }
    let ledgers = places.compactMap { FileManager.default.contents(atPath: $0.ledgerData.string) }
    guard ledgers.count == 1, Keccak256.hash([UInt8](ledgers[0])) == damaged else {
      throw Checker.Violation(description: "not the damaged ledger alone is set aside: \(ledgers.count) are")
    }
    let projections = places.filter {
      FileManager.default.fileExists(atPath: $0.projections.appending(RepairSource.projection).string)
    }
    guard projections.count == 1 else {
      throw Checker.Violation(description: "of the projections \(projections.count) copies are set aside")
    }
  }
}
