import EventStore
import Foundation
import Node
import Primitives
import Projections
import Rollup
import SystemPackage
import Testimony

/// A played case in a store: ledger and testimony on disk, recorded by the product as they come, and the projection of both.
struct DrillStore {
  private let directory: String

  /// What the testimony log made of what was heard; and of all of it a second time.
  private var outcome = TestimonyLog.Outcome()
  private var repeated = TestimonyLog.Outcome()
  private var heardCount = 0

  /// What the testimony log has in the end.
  private var kept: [SequencerCommitmentObserved] = []

  /// So small that a few messages come to them.
  private static var limits: TestimonyLog.Limits {
    var limits = TestimonyLog.Limits()
    (limits.strangersPerSource, limits.strangers, limits.ahead) = (3, 8, 4)
    return limits
  }

  /// Makes a store of what there was to record, lends what is made of it, and removes the store.
  static func with<R>(
    _ logs: DrillLogs, _ body: (DrillStore, EquivocationAnswers, EvidenceMaker) throws -> R
  ) throws -> R {
    let directory = scratch.appendingPathComponent("varve-drill-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var drill = DrillStore(directory: directory)
    let store = try drill.record(logs)
    try store.bringUp()
    let result = try store.read { view, _ throws(NodeError) in
      Result { try body(drill, EquivocationAnswers(view), store.evidenceMaker(view)) }
    }
    return try result.get()
  }

  /// Nothing of a drill has to outlive a loss of power: memory will do.
  private static var scratch: URL {
    let shared = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
    let isThere = FileManager.default.isWritableFile(atPath: shared.path)
    return isThere ? shared : FileManager.default.temporaryDirectory
  }

  private init(directory: String) {
    self.directory = directory
  }

  private mutating func record(_ logs: DrillLogs) throws -> EquivocationStore {
    let configured = Event.chainConfigured(ChainConfigured(configuration: logs.configuration))
    let ledger = try EventLog.open(FilePath("\(directory)/ledger"), mode: .create)
    try ledger.append([NewRecord(configured, at: .block(0))])
    let log = try EventLog.open(FilePath("\(directory)/testimony"), mode: .create)
    let testimony = try TestimonyLog(log, ledger: ledger, limits: Self.limits)
    var (mined, heard, otherForms): ([NewBlock], [HeardMessage], OtherForms) = ([], [], OtherForms())
    func write() throws {
      if !mined.isEmpty { try ledger.appendBlocks(mined) }
      mined = []
      if !heard.isEmpty { outcome.add(try testimony.take(heard, map: SerialMap())) }
      if logs.bug == .recordedAgain {
        let again = try otherForms.records(of: heard, ledger, logs.reader)
        if !again.isEmpty { try log.append(again) }
      }
      heard = []
    }
    for step in logs.script {
      switch step {
      case .mined(let header, let number, let events):
        if !heard.isEmpty { try write() }
        mined.append(NewBlock(header: header, number: number, events))
      case .heard(let message):
        if !mined.isEmpty { try write() }
        heard.append(message)
      case .left(let oldTip, let ancestor):
        try write()
        let next = BlockID(number: ancestor.number + 1, hash: .zero)
        try ledger.appendReorg(oldTip: oldTip, newTip: next, commonAncestor: ancestor)
      case .finalized(let block, let head):
        try write()
        try ledger.append([NewRecord(.l1Finalized(L1Finalized(block: block)), at: .observed(at: head))])
      }
    }
    try write()
    let all = logs.heard
    heardCount = all.count
    repeated = try TestimonyLog(log, ledger: ledger, limits: Self.limits).take(all, map: SerialMap())
    try log.read(try log.head().positions) { (view: borrowing RecordView) throws(ReadError) in
      if case .sequencerCommitmentObserved(let event) = try view.event() { kept.append(event) }
    }
    return try EquivocationStore(
      dataDirectory: FilePath(directory), ledger: ledger, testimony: log, storeID: "drill")
  }

  /// Bytes that were written to a file in an empty directory, as they are read there.
  func passed(_ bytes: [UInt8]) throws -> [UInt8] {
    let elsewhere = "\(directory)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: false)
    let file = URL(fileURLWithPath: "\(elsewhere)/file")
    try Data(bytes).write(to: file)
    return [UInt8](try Data(contentsOf: file))
  }

  /// What the testimony log did otherwise than it must: it keeps what it reads once, passes over nothing but what is too
  /// much, and names the gaps.
  func fault(of kind: DrillCase, _ logs: DrillLogs) -> String? {
    let refused = outcome.refused.values.reduce(0, +)
    guard outcome.recorded + outcome.duplicates + outcome.overLimit + refused == heardCount else {
      return "of \(heardCount) messages the testimony log counts \(outcome)"
    }
    guard repeated.recorded == 0, repeated.gaps == 0 else { return "heard again, it is recorded again: \(repeated)" }
    let isCrowd = kind == .crowdOfStrangers || kind == .crowdAhead
    guard (outcome.overLimit > 0) == isCrowd else { return "\(outcome.overLimit) messages are beyond a limit" }
    guard refused == logs.refusedCount else {
      return "\(refused) messages are refused, and not \(logs.refusedCount)"
    }
    if let fault = faultOfWords(logs) { return fault }
    guard [.delays, .gaps, .duplicates, .resign].contains(kind), outcome.gaps != logs.gapCount else { return nil }
    return "\(outcome.gaps) gaps are recorded, and not \(logs.gapCount)"
  }

  /// What the testimony log has and nobody has said, or has twice; or has not, though no limit has kept it out.
  private func faultOfWords(_ logs: DrillLogs) -> String? {
    let said = Set(logs.heard.compactMap { Word($0.raw, $0.format, logs.reader) })
    var (bare, whole): (Set<Word>, Set<Word>) = ([], [])
    for event in kept {
      let word = Word(event.raw, event.format, logs.reader)
      guard let word, word.signer == event.signer, said.contains(word) else {
        return "the testimony log has a word of \(event.signer.map { "\($0)" } ?? "nobody") that was not said"
      }
      let isNew = event.block == nil ? bare.insert(word).inserted : whole.insert(word).inserted
      guard isNew else { return "the testimony log has a word of \(word.signer) twice, of digest \(word.digest)" }
    }
    let missing = said.count - bare.union(whole).count
    guard missing != outcome.overLimit else { return nil }
    return "of \(said.count) words the testimony log has not \(missing), and \(outcome.overLimit) are beyond a limit"
  }
}

/// Who signed what, whatever the bytes of the signature.
private struct Word: Hashable {
  var signer: Address
  var digest: Hash256

  /// Nil of what is nobody's.
  init?(_ raw: [UInt8], _ format: SequencerCommitmentObserved.Format, _ reader: StatementReader) {
    guard let statement = try? reader.statement(raw.rawSpan, format) else { return nil }
    (signer, digest) = (statement.signer, statement.digest)
  }
}

/// The error of who takes bytes for words.
private struct OtherForms {
  private var forms: [Word: Set<[UInt8]>] = [:]

  /// Records of what comes again in other bytes than it was heard in before.
  mutating func records(
    of heard: [HeardMessage], _ ledger: EventLog, _ reader: StatementReader
  ) throws -> [NewRecord] {
    let (head, newest) = (try ledger.head(), try ledger.newestBlock()?.id.number ?? 0)
    var records: [NewRecord] = []
    for message in heard {
      guard let word = Word(message.raw, message.format, reader) else { continue }
      let isKnown = forms[word] != nil
      guard forms[word, default: []].insert(message.raw).inserted, isKnown else { continue }
      let event = SequencerCommitmentObserved(
        raw: message.raw, format: message.format, signer: word.signer, block: nil,
        source: [UInt8](message.source.utf8), receivedAt: 0, ledgerPosition: head.size, ledgerLeaf: head.lastLeafHash)
      records.append(NewRecord(.sequencerCommitmentObserved(event), at: .observed(at: newest)))
    }
    return records
  }
}

extension DrillLogs {
  /// All messages, as they came.
  fileprivate var heard: [HeardMessage] {
    script.compactMap { step in if case .heard(let message) = step { message } else { nil } }
  }

  /// How many messages the reader makes nothing of.
  fileprivate var refusedCount: Int {
    heard.count { (try? reader.statement($0.raw.rawSpan, $0.format)) == nil }
  }

  /// How often a source goes on more than one height further, where all that is heard is the sequencer's.
  fileprivate var gapCount: Int {
    var (highest, count): ([String: UInt64], Int) = ([:], 0)
    for message in heard {
      guard let height = (try? reader.statement(message.raw.rawSpan, message.format))?.height else { continue }
      if let last = highest[message.source], height > last + 1 { count += 1 }
      highest[message.source] = max(highest[message.source] ?? 0, height)
    }
    return count
  }
}

extension NewBlock {
  fileprivate init(
    header: [UInt8], number: UInt64, _ events: [(coordinates: L1Coordinates, event: Event)]
  ) {
    let appended = L1BlockAppended(header: header, canonicalAccBefore: .zero, completeness: .embedded)
    self.init(
      number: number, hash: appended.headerHash,
      records: [NewRecord(.l1BlockAppended(appended), at: .block(number))]
        + events.map { NewRecord($0.event, at: $0.coordinates) })
  }
}

extension TestimonyLog.Outcome {
  fileprivate mutating func add(_ other: Self) {
    recorded += other.recorded
    duplicates += other.duplicates
    gaps += other.gaps
    overLimit += other.overLimit
    refused.merge(other.refused, uniquingKeysWith: +)
  }
}
