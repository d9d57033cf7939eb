package import EventStore
import Hashing
package import Primitives
import Roles
import Rollup
package import Testimony

/// What a node was told off L1, in a log of its own: every signed word once, conflicting ones above all, and the gaps
/// between.
///
/// Whoever sends may be hostile. So what cannot be read is not kept, of one key about one height few statements are, and of
/// strangers (keys whose word never counted) few in all for each source. What contradicts what is kept comes first: two
/// orders are enough, and nothing that repeats one of them takes the place of another.
package final class TestimonyLog {
  package struct Limits: Hashable, Sendable {
    /// Statements of one key about one height.
    package var statements = StatementLimits()

    /// Messages of keys whose word never counted, for each source.
    package var strangersPerSource = 1024

    package init() {}
  }

  /// What became of messages.
  package struct Outcome: Hashable, Sendable {
    package var recorded = 0
    package var duplicates = 0

    /// Gaps that were recorded.
    package var gaps = 0

    /// Beyond a limit.
    package var overLimit = 0

    /// What shows nothing, by the reason.
    package var refused: [String: Int] = [:]
  }

  private let log: EventLog
  private let ledger: EventLog
  private let reader: StatementReader
  private let limits: Limits

  /// Keys whose word counts, or once did.
  private let keys: Set<Address>

  /// Statements that are kept, with and without their blocks.
  private var known: Set<Hash256> = []
  private var kept: [Place: [Statement]] = [:]
  private var strangers: [String: Int] = [:]

  /// The highest height of each source and format so far.
  private var heights: [Feed: UInt64] = [:]

  private struct Place: Hashable {
    var format: SequencerCommitmentObserved.Format
    var signer: Address
    var height: UInt64

    init(_ statement: Statement) {
      (format, signer, height) = (statement.format, statement.signer, statement.height)
    }
  }

  private struct Feed: Hashable {
    var source: String
    var format: SequencerCommitmentObserved.Format
  }

  /// What was noted of one statement, and what there was before.
  private struct Note {
    var statement: Statement
    var identity: Hash256
    var isFirst: Bool
    var source: String
    var height: UInt64?
  }

  /// Takes up the log beside a ledger. O(testimony): what is there is not taken again.
  ///
  /// - Parameter signers: keys of chains of other stacks, whose word counts by what the operator knows.
  package init(
    _ log: EventLog, ledger: EventLog, signers: Set<Address> = [], limits: Limits = Limits()
  ) throws(NodeError) {
    self.log = log
    self.ledger = ledger
    self.limits = limits
    var keys = signers
    let first: Event
    do throws(ReadError) { first = try ledger.record(at: .zero).event() } catch { throw .read(error) }
    guard case .chainConfigured(let configured) = first else { throw .view(.notARollup) }
    reader = StatementReader(configured.configuration)
    if let key = configured.configuration.rollup?.sequencer { keys.insert(key) }
    do throws(ReadError) {
      try ledger.read(try ledger.head().positions) { (view: borrowing RecordView) throws(ReadError) in
        guard view.kind == .configUpdated, case .configUpdated(let event) = try view.event(),
          case .sequencer(let key) = event.update
        else { return }
        keys.insert(key)
      }
    } catch { throw .read(error) }
    self.keys = keys
    try takeUp()
  }

  private func takeUp() throws(NodeError) {
    var events: [Event] = []
    do throws(ReadError) {
      try log.read(try log.head().positions) { (view: borrowing RecordView) throws(ReadError) in
        events.append(try view.event())
        guard events.count >= 4096 else { return }
        events.forEach(takeUp)
        events.removeAll(keepingCapacity: true)
      }
    } catch { throw .read(error) }
    events.forEach(takeUp)
  }

  private func takeUp(_ event: Event) {
    guard case .sequencerCommitmentObserved(let observed) = event, let signer = observed.signer,
      let statement = try? reader.statement(observed.raw.rawSpan, observed.format, by: signer)
    else { return }
    let source = String(decoding: observed.source, as: UTF8.self)
    note(statement, hasBody: observed.block != nil, source: source)
  }

  @discardableResult
  private func note(_ statement: Statement, hasBody: Bool, source: String) -> Note {
    let place = Place(statement)
    let feed = Feed(source: source, format: statement.format)
    let note = Note(
      statement: statement, identity: Self.identity(of: statement, hasBody: hasBody),
      isFirst: !(kept[place] ?? []).contains { $0.digest == statement.digest }, source: source, height: heights[feed])
    known.insert(note.identity)
    if note.isFirst { kept[place, default: []].append(statement) }
    if keys.contains(statement.signer) {
      heights[feed] = max(note.height ?? 0, statement.height)
    } else {
      strangers[source, default: 0] += 1
    }
    return note
  }

  /// Takes back what was noted last: it is not in the log.
  private func forget(_ note: Note) {
    let statement = note.statement
    known.remove(note.identity)
    if note.isFirst { kept[Place(statement)]?.removeLast() }
    if keys.contains(statement.signer) {
      heights[Feed(source: note.source, format: statement.format)] = note.height
    }
  }

  /// What makes two messages the same: who signed what. The bytes can differ, by compression, or by the form of a signature.
  private static func identity(of statement: Statement, hasBody: Bool) -> Hash256 {
    Keccak256.hash(
      [UInt8(truncatingIfNeeded: statement.format.rawValue), hasBody ? 1 : 0] + statement.signer.bytes
        + statement.digest.bytes)
  }
}

extension TestimonyLog {
  /// Takes messages, and returns when those that are kept are durable. Signatures are recovered on all processors; nothing
  /// else is made of a stranger's message whose source has had its share.
  ///
  /// - Throws: when the log or the ledger cannot be read, or the log takes nothing; then nothing was taken.
  package func take(_ messages: [HeardMessage], map: some OrderedMap = ParallelMap()) throws(NodeError) -> Outcome {
    let (reader, keys) = (reader, keys)
    let exhausted = Set(strangers.filter { $0.value >= limits.strangersPerSource }.keys)
    let statements = map.map(messages.count) { index -> (Result<Statement, StatementError>, isTrusted: Bool) in
      let message = messages[index]
      var isTrusted = false
      do throws(StatementError) {
        let statement = try reader.statement(message.raw.rawSpan, message.format) { signer in
          isTrusted = keys.contains(signer)
          return isTrusted || !exhausted.contains(message.source)
        }
        return (.success(statement), isTrusted)
      } catch { return (.failure(error), isTrusted) }
    }
    var outcome = Outcome()
    let arrival = try arrival()
    var records: [NewRecord] = []
    var notes: [Note] = []
    let strangersBefore = strangers
    do throws(NodeError) {
      for (message, (result, isTrusted)) in zip(messages, statements) {
        switch result {
        case .failure(.unwelcome): outcome.overLimit += 1
        case .failure(let error):
          // What cannot be read has been work as well.
          if case .payload = error, !isTrusted { strangers[message.source, default: 0] += 1 }
          outcome.refused["\(error)", default: 0] += 1
        case .success(let statement):
          if let note = try take(message, statement, arrival, &records, &outcome) { notes.append(note) }
        }
      }
      guard !records.isEmpty else { return outcome }
      do throws(AppendError) { try log.append(records) } catch { throw NodeError.append(error) }
    } catch {
      for note in notes.reversed() { forget(note) }
      strangers = strangersBefore
      throw error
    }
    return outcome
  }

  /// Where the ledger is: what fixes one order over both logs.
  private func arrival() throws(NodeError) -> Arrival {
    do {
      let head = try ledger.head()
      return Arrival(
        ledgerPosition: head.size, ledgerLeaf: head.lastLeafHash, l1Head: try ledger.newestBlock()?.id.number ?? 0)
    } catch { throw .read(error) }
  }

  private struct Arrival {
    var ledgerPosition: UInt64
    var ledgerLeaf: Hash256
    var l1Head: UInt64
  }

  /// Notes the statement and makes its record, if it is to be kept.
  private func take(
    _ message: HeardMessage, _ statement: Statement, _ arrival: Arrival, _ records: inout [NewRecord],
    _ outcome: inout Outcome
  ) throws(NodeError) -> Note? {
    // A body that is not the order's shows nothing.
    let block = message.block.flatMap { $0.order.commitment == statement.order ? $0 : nil }
    let isKnown = known.contains(Self.identity(of: statement, hasBody: false))
    let hasBody = known.contains(Self.identity(of: statement, hasBody: true))
    guard !hasBody, block != nil || !isKnown else {
      outcome.duplicates += 1
      return nil
    }
    let isStranger = !keys.contains(statement.signer)
    var isKept = !isStranger || strangers[message.source] ?? 0 < limits.strangersPerSource
    if isKept, !isKnown {
      isKept = try isWanted(statement, isOwn: block.map { statement.isOwn(of: $0.order) } ?? false)
    }
    guard isKept else {
      outcome.overLimit += 1
      return nil
    }
    let feed = Feed(source: message.source, format: statement.format)
    if !isStranger, let highest = heights[feed], statement.height > highest, statement.height - highest > 1 {
      outcome.gaps += 1
      let gap = FeedGap(
        source: [UInt8](message.source.utf8), from: highest + 1, to: statement.height - 1,
        receivedAt: message.receivedAt, ledgerPosition: arrival.ledgerPosition, ledgerLeaf: arrival.ledgerLeaf)
      records.append(NewRecord(.feedGap(gap), at: .observed(at: arrival.l1Head)))
    }
    outcome.recorded += 1
    let event = SequencerCommitmentObserved(
      raw: message.raw, format: message.format, signer: statement.signer, block: block.map { .rollup($0) },
      source: [UInt8](message.source.utf8), receivedAt: message.receivedAt, ledgerPosition: arrival.ledgerPosition,
      ledgerLeaf: arrival.ledgerLeaf)
    records.append(NewRecord(.sequencerCommitmentObserved(event), at: .observed(at: arrival.l1Head)))
    return note(statement, hasBody: block != nil, source: message.source)
  }

  /// Whether a statement says something that those which are kept do not.
  private func isWanted(_ statement: Statement, isOwn: Bool) throws(NodeError) -> Bool {
    guard let kept = kept[Place(statement)] else { return true }
    do throws(ReadError) {
      return try limits.statements.keeps(statement, isOwn: isOwn, beside: kept) { origin throws(ReadError) in
        // Of other stacks' chains this ledger knows no L1.
        guard statement.format == .varve else { return nil }
        return try ledger.block(origin.number).map { $0.id == origin }
      }
    } catch { throw .read(error) }
  }
}
