import EventStore
import Foundation
import Hashing
import LMDB
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// What is left of a log, looked at in a process of its own, which a damaged page may end.
///
/// The process reads requests from standard input, a line each: `HOW DIRECTORY SAID TRUTH`, where TRUTH is the directory of
/// a `Truth`, and SAID how many bytes of what the process said it had said; and answers each with a line: a `Finding`.
struct Examination {
  /// How a log is looked at.
  enum Way: String {
    /// As a restart does: opened for appending, everything read and verified, and appended to.
    case restart
    /// As `restart`, and before anything is appended as a backup: see `Restoring`.
    case restore
    /// As somebody does who doubts it: opened as it is, everything read, then verified; appended to when it is sound.
    case doubt
    /// As a restart does, and then all that its keeper does with a log: see `UpkeepCheck`.
    case upkeep
    /// The projection in the directory, as a restart finds it: see `RebuildSource`.
    case rebuild
    /// The store in the directory, whose ledger was damaged and is repaired: see `RepairCheck`.
    case repair
    /// Without the checks that stand between LMDB and the reader: what they are for is seen by what is missed then.
    case withoutChecksum, withoutPreflight
    /// As `doubt`, by one whose own code traps on what it finds: that must not pass for damage.
    case trapping

    /// Whether what is left is restored elsewhere.
    var restores: Bool { self == .restore || self == .upkeep }
  }

  /// What was found.
  enum Finding: Equatable {
    /// So many records, all of them what was written, and nothing else.
    case sound(UInt64)
    /// A typed error, or a verification that names the damage.
    case refused(String)
    /// Something that must never happen.
    case wrong(String)
    /// The process that looked was ended by a signal.
    case died(Int32)
  }

  /// Why an examination ended early.
  private struct Failure: EventLogFailure {
    let text: String

    /// Whether something was given out that was never written.
    let isWrong: Bool

    init(wrong text: String) {
      self.text = text
      isWrong = true
    }

    init(_ error: ReadError) {
      text = "\(error)"
      isWrong = false
    }
  }

  let way: Way
  let directory: FilePath

  /// What had been said.
  let said: ArraySlice<UInt8>

  let truth: Truth

  /// Answers requests until there are no more.
  static func serve() -> Never {
    var truths: [String: Truth] = [:]
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 4, let way = Way(rawValue: words[0]), let said = Int(words[2]) else { exit(2) }
      if truths[words[3]] == nil { truths[words[3]] = try? Truth(FilePath(words[3])) }
      guard let truth = truths[words[3]] else { exit(2) }
      let examination = Examination(
        way: way, directory: FilePath(words[1]), said: truth.said.prefix(said), truth: truth)
      print(examination.run().line)
      fflush(nil)
    }
    exit(0)
  }

  /// How many records had been acknowledged.
  private var acknowledged: UInt64 { UInt64(Report(Array(said), wasKilled: false).acknowledged.count) }

  func run() -> Finding {
    do {
      switch way {
      case .restart: return try examine(opening: .create)
      case .restore: return try examine(opening: .create, restoring: true)
      case .doubt: return try examine(opening: .inspection)
      case .trapping:
        guard let finding = try? examine(opening: .inspection), case .sound = finding else {
          preconditionFailure("a trap on purpose")
        }
        return finding
      case .withoutChecksum: return try examineRows()
      case .withoutPreflight:
        let environment = try Environment.open(
          at: directory, options: EnvironmentOptions(mode: .readWrite, tables: Self.tables, checksFile: false))
        defer { withExtendedLifetime(environment) {} }
        return try examine(opening: .readWrite)
      case .upkeep: return try examineUpkeep()
      case .rebuild:
        guard let source = truth.source else { throw Failure(wrong: "there is no ledger to fold") }
        try source.check(directory, said: String(decoding: said, as: UTF8.self))
        return .sound(0)
      case .repair:
        guard let damaged = truth.damaged else { throw Failure(wrong: "there was nothing to repair") }
        try RepairCheck(store: DataDirectory(directory), leaves: truth.leaves, damaged: damaged).run()
        return .sound(UInt64(truth.leaves.count))
      }
    } catch let failure as Failure {
      return failure.isWrong ? .wrong(failure.text) : .refused(failure.text)
    } catch let violation as Checker.Violation {
      return .wrong(violation.description)
    } catch { return .refused("\(error)") }
  }

  static let tables = ["records", "chunks", "tree", "blocks", "observations", "head"]

  private func examine(opening mode: EventLog.Mode, restoring: Bool = false) throws -> Finding {
    let size: UInt64
    do {
      let log = try EventLog.open(directory, mode: mode)
      size = try log.head().size
      try compare(log, size)
      let report = try log.verify(options: .init(decodesEvents: false))
      guard report.isSound else { return .refused(report.damages.first.map { "\($0)" } ?? "not sound") }
    }
    try requireAcknowledged(size)
    if restoring { try restore() }
    try appendAndCompare(after: size)
    return .sound(size)
  }

  private func requireAcknowledged(_ size: UInt64) throws {
    guard size >= acknowledged else {
      throw Failure(wrong: "\(acknowledged) records were acknowledged, \(size) are left")
    }
  }

  private func restore() throws {
    do {
      let place = directory.removingLastComponent().appending("restored")
      try Restoring(place: place).run(EventLog.open(directory, mode: .readOnly))
    } catch { throw Failure(wrong: "as a backup: \(error)") }
  }

  private func examineUpkeep() throws -> Finding {
    let places = Upkeep.Places(below: directory)
    let log = try EventLog.open(places.log, mode: .create)
    let size = try log.head().size
    try compare(log, size)
    try requireAcknowledged(size)
    try UpkeepCheck(places: places, said: String(decoding: said, as: UTF8.self)).run(over: log)
    return .sound(size)
  }

  /// Every record that is lent is the one that was written.
  private func compare(_ log: EventLog, _ size: UInt64) throws {
    guard size <= truth.leaves.count else {
      throw Failure(wrong: "\(size) records, more than the \(truth.leaves.count) ever committed")
    }
    try log.read(.zero..<Position(size)) { (view: borrowing RecordView) throws(Failure) in
      let record: StoredRecord
      do throws(ReadError) { record = try view.copy() } catch { throw Failure(error) }
      try compare(record.header, payload: record.payload)
    }
  }

  /// What is sound takes more records, and is sound then: no page that is in use counts as free.
  private func appendAndCompare(after size: UInt64) throws {
    let log = try EventLog.open(directory, mode: .readWrite)
    for count in 0..<3 as Range<UInt64> {
      let payload = Payload(process: 0xFFFF, writer: 0, count: count).bytes
      try log.append([NewRecord(kind: .blockSequenced, coordinates: .block(count), payload: payload)])
    }
    try compare(log, size)
    let report = try log.verify(options: .init(decodesEvents: false))
    guard report.isSound, report.verified == size + 3 else {
      throw Failure(wrong: "sound before three more records, not after: \(report.damages.first.map { "\($0)" } ?? "")")
    }
  }

  private func compare(_ header: RecordHeader, payload: [UInt8]) throws(Failure) {
    let position = header.position.rawValue
    let isWritten = position < truth.leaves.count && header.leafHash == truth.leaves[Int(position)]
    guard isWritten, Keccak256.hash(payload) == header.payloadHash else {
      throw Failure(wrong: "record \(position) is not the one that was written")
    }
  }

  /// What LMDB gives for each position that fits on a page, taken for what was written.
  private func examineRows() throws -> Finding {
    let environment = try Environment.open(
      at: directory, options: EnvironmentOptions(mode: .readOnly, tables: Self.tables))
    var count: UInt64 = 0
    try environment.read { (transaction: borrowing ReadTransaction) throws(Failure) in
      var cursor: LMDB.Cursor
      var entry: LMDB.Cursor.Entry?
      do throws(LMDBError) { cursor = try transaction.cursor(in: environment.table("records")) } catch {
        throw Failure(error)
      }
      do throws(LMDBError) { entry = try cursor.first() } catch { throw Failure(error) }
      while let found = entry {
        try compareRow(found.value)
        count += 1
        do throws(LMDBError) { entry = try cursor.next() } catch { throw Failure(error) }
      }
    }
    return .sound(count)
  }

  private func compareRow(_ row: RawSpan) throws(Failure) {
    guard let header = try? RecordHeader(row) else { throw Failure(wrong: "bytes that are no header are given as one") }
    if header.flags.contains(.chunked) { return }
    try compare(header, payload: row.extracting(RecordHeader.byteCount..<row.byteCount).bytes)
  }
}

extension Examination.Finding {
  /// The finding as one line.
  var line: String {
    switch self {
    case .sound(let size): "sound \(size)"
    case .refused(let text): "refused \(text.replacing("\n", with: " "))"
    case .wrong(let text): "wrong \(text.replacing("\n", with: " "))"
    case .died(let signal): "died \(signal)"
    }
  }

  init?(line: String) {
    let text = String(line.drop { $0 != " " }.dropFirst())
    switch line.prefix(while: { $0 != " " }) {
    case "sound":
      guard let size = UInt64(text) else { return nil }
      self = .sound(size)
    case "refused": self = .refused(text)
    case "wrong": self = .wrong(text)
    case "died":
      guard let signal = Int32(text) else { return nil }
      self = .died(signal)
    default: return nil
    }
  }
}
