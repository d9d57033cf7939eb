package import EventStore
import Hashing
package import Primitives
import Roles
import Rollup
package import Testimony

/// What a node was told off L1, in a log of its own: every signed word once, conflicting ones above all, and the gaps
/// between.
///
/// Whoever sends may be hostile, and a key that counted once may be in anybody's hands. So what cannot be read is not
/// kept, of one key about one height few statements are, of one key few that are ahead of L1, and of strangers (keys
/// whose word does not count) few in all for each source, and for all sources. What contradicts itself comes
/// first: two orders are enough, nothing that repeats one of them takes the place of another, and two that nothing can
/// excuse are kept beyond the limits of a height and of what is ahead, once for each height, though the first one had been
/// passed over.
package final class TestimonyLog {
  package struct Limits: Hashable, Sendable {
    /// Statements of one key about one height.
    package var statements = StatementLimits()

    /// Messages of keys whose word does not count, for each source, and for all: who sends chooses what a source is
    /// called.
    package var strangersPerSource = 1024
    package var strangers = 1 << 14

    /// Statements of one key that are ahead of L1: with an origin that it does not have, or of a height that is far
    /// from what it has stored. As many again may be, in pairs that nothing can excuse.
    package var ahead = 4096

    /// By how many heights a statement is far ahead, and so many one message moves its source at most.
    package var heights: UInt64 = 1 << 16

    package init() {}
  }

  /// What became of messages.
  package struct Outcome: Hashable, Sendable {
    package var recorded = 0
    package var duplicates = 0

    /// Gaps that were recorded.
    package var gaps = 0

    /// Beyond a limit; one less for each that was passed over, now or before, and is kept after all, beside what it
    /// contradicts.
    package var overLimit = 0

    /// What shows nothing, by the reason.
    package var refused: [String: Int] = [:]

    package init() {}
  }

  private let log: EventLog
  private let ledger: EventLog
  private let reader: StatementReader
  private let limits: Limits

  /// Keys whose word counts, or once did on some branch of L1, those of other stacks' chains among them; and whose
  /// counts from which L1 origin on, as L1 is now.
  private var keys: Set<Address>
  private var intervals: KeyIntervals

  /// How far L1 has stored blocks: the end of the last batch that has its data and follows what was stored before; messages that
  /// were forced in while a batch had none, whose heights are not known before it has; batches that wait for their data;
  /// those that have it and wait for one before them; and how much of the ledger that and the keys are of.
  private var batchedHeight: UInt64
  private var forced: UInt64 = 0
  private var waiting: [UInt64: ClosedRange<UInt64>] = [:]
  private var beyond: [ClosedRange<UInt64>] = []
  private var followed = Position.zero

  /// Statements that are kept, with and without their blocks.
  private var known: Set<Hash256> = []
  private var kept: [Place: [Statement]] = [:]
  private var strangers: [String: Int] = [:]
  private var strangerCount = 0
  private var ahead: [Address: Int] = [:]

  /// What a limit has kept out.
  private var passed = PassedMessages()

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

  /// What the ledger says of a statement.
  private enum Standing {
    case counts
    /// L1 does not have its origin, or is far from its height.
    case ahead
    /// Its key's word never counted, or does not at its origin.
    case stranger
  }

  /// What was noted of one statement, and what there was before.
  private struct Note {
    var statement: Statement
    var identity: Hash256
    var isFirst: Bool
    var feed: Feed
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
    keys = signers
    let first: Event
    do throws(ReadError) { first = try ledger.record(at: .zero).event() } catch { throw .read(error) }
    guard case .chainConfigured(let configured) = first else { throw .view(.notARollup) }
    reader = StatementReader(configured.configuration)
    batchedHeight = configured.configuration.genesisHead?.number ?? 0
    intervals = KeyIntervals(configured.configuration.rollup.map { [.init(from: 0, key: $0.sequencer)] } ?? [])
    if let key = configured.configuration.rollup?.sequencer { keys.insert(key) }
    do throws(ReadError) {
      try follow(try ledger.head().size)
      try takeUp()
    } catch { throw .read(error) }
  }

  private func takeUp() throws(ReadError) {
    var events: [Event] = []
    try log.read(try log.head().positions) { (view: borrowing RecordView) throws(ReadError) in
      events.append(try view.event())
      guard events.count >= 4096 else { return }
      for event in events { try takeUp(event) }
      events.removeAll(keepingCapacity: true)
    }
    for event in events { try takeUp(event) }
  }

  private func takeUp(_ event: Event) throws(ReadError) {
    guard case .sequencerCommitmentObserved(let observed) = event, let signer = observed.signer,
      let statement = try? reader.statement(observed.raw.rawSpan, observed.format, by: signer)
    else { return }
    let source = String(decoding: observed.source, as: UTF8.self)
    note(statement, try standing(of: statement), hasBody: observed.block != nil, source: source)
  }

  @discardableResult
  private func note(_ statement: Statement, _ standing: Standing, hasBody: Bool, source: String) -> Note {
    let place = Place(statement)
    let feed = Feed(source: source, format: statement.format)
    let note = Note(
      statement: statement, identity: Self.identity(of: statement, hasBody: hasBody),
      isFirst: !(kept[place] ?? []).contains { $0.digest == statement.digest }, feed: feed, height: heights[feed])
    known.insert(note.identity)
    if note.isFirst { kept[place, default: []].append(statement) }
    if standing == .ahead { ahead[statement.signer, default: 0] += 1 }
    if standing == .stranger {
      countStranger(source)
    } else if statement.height <= reach(of: feed) || statement.format != .varve {
      heights[feed] = max(note.height ?? 0, min(statement.height, reach(of: feed)))
    }
    return note
  }

  /// Takes back what was noted last: it is not in the log.
  private func forget(_ note: Note) {
    known.remove(note.identity)
    if note.isFirst { kept[Place(note.statement)]?.removeLast() }
    heights[note.feed] = note.height
  }

  private func countStranger(_ source: String) {
    strangers[source, default: 0] += 1
    strangerCount += 1
  }

  /// What makes two messages the same: who signed what. The bytes can differ, by compression, or by the form of a signature.
  private static func identity(of statement: Statement, hasBody: Bool) -> Hash256 {
    Keccak256.hash(
      [UInt8(truncatingIfNeeded: statement.format.rawValue), hasBody ? 1 : 0] + statement.signer.bytes
        + statement.digest.bytes)
  }
}

// What the ledger says.
extension TestimonyLog {
  /// Reads the ledger on, up to a size of it. O(new records).
  private func follow(_ size: UInt64) throws(ReadError) {
    guard followed.rawValue < size else { return }
    try ledger.read(followed..<Position(size)) { (view: borrowing RecordView) throws(ReadError) in
      switch view.kind {
      case .configUpdated, .sequencerBatchDelivered, .batchDataDelivered, .forceIncluded, .l1Reorged:
        try take(view.event(), try view.header.coordinates)
      default: break
      }
    }
    followed = Position(size)
  }

  private func take(_ event: Event, _ coordinates: L1Coordinates) {
    switch event {
    case .configUpdated(let change):
      guard case .sequencer(let key) = change.update else { return }
      keys.insert(key)
      intervals.change(to: key, atL1Block: coordinates.blockNumber)
    case .sequencerBatchDelivered(let batch):
      guard batch.firstBlock <= batch.lastBlock else { return }
      let heights = batch.firstBlock...batch.lastBlock
      waiting[batch.batchIndex] = batch.data == .present ? nil : heights
      if batch.data == .present { store(heights) }
    case .batchDataDelivered(let data): if let heights = waiting.removeValue(forKey: data.batchIndex) { store(heights) }
    case .forceIncluded: if waiting.isEmpty { batchedHeight = batchedHeight.next } else { forced += 1 }
    case .l1Reorged(let reorg): intervals.leave(to: reorg.commonAncestor.number)
    default: break
    }
  }

  /// No lower than the highest height that L1 ever stored, and higher by no more than messages were forced in while a batch was
  /// without data.
  private var storedHeight: UInt64 { batchedHeight.saturatingSum(forced) }

  /// Blocks that L1 has whole. Of others, and of those that stand beyond what is stored, a batch may name any number: it counts
  /// once what it follows is stored.
  private func store(_ heights: ClosedRange<UInt64>) {
    beyond.append(heights)
    while let next = beyond.firstIndex(where: { $0.lowerBound <= storedHeight.next }) {
      batchedHeight = max(batchedHeight, beyond.remove(at: next).upperBound)
      beyond.removeAll { $0.lowerBound <= batchedHeight }
      guard waiting.isEmpty else { continue }
      (batchedHeight, forced) = (storedHeight, 0)
    }
  }

  /// Whether L1 has a block, as far as the ledger was followed; nil when that is not known.
  private func isCanonical(_ block: BlockID) throws(ReadError) -> Bool? {
    guard let found = try ledger.block(block.number), found.positions.upperBound <= followed else { return nil }
    return found.id == block
  }

  /// Of other stacks' chains this ledger knows no L1.
  private func standing(of statement: Statement) throws(ReadError) -> Standing {
    guard keys.contains(statement.signer) else { return .stranger }
    guard statement.format == .varve, let origin = statement.origin else { return .counts }
    guard try isCanonical(origin) == true else { return .ahead }
    // Where L1 has an origin, it has what was said of the key before it, on every branch.
    guard intervals.key(atL1Origin: origin.number) == statement.signer else { return .stranger }
    return statement.height > storedHeight.saturatingSum(limits.heights) ? .ahead : .counts
  }

  /// How far one message moves a feed: the next ones are ahead of where it was, or of what L1 has stored.
  private func reach(of feed: Feed) -> UInt64 {
    guard let base = feed.format == .varve ? storedHeight : heights[feed] else { return .max }
    return base.saturatingSum(limits.heights)
  }
}

extension TestimonyLog {
  /// Takes messages, and returns when those that are kept are durable. Signatures are recovered on all processors; nothing
  /// else is made of a stranger's message whose source has had its share.
  ///
  /// - Throws: when the log or the ledger cannot be read, or the log takes nothing; then nothing was taken.
  package func take(_ messages: [HeardMessage], map: some OrderedMap = ParallelMap()) throws(NodeError) -> Outcome {
    let arrival = try arrival()
    let (reader, keys) = (reader, keys)
    let exhausted = Set(strangers.keys.filter { !hasRoomForStrangers($0) })
    let isFull = strangerCount >= limits.strangers
    let statements = map.map(messages.count) { index -> (Result<Statement, StatementError>, isTrusted: Bool) in
      let message = messages[index]
      var isTrusted = false
      do throws(StatementError) {
        let statement = try reader.statement(message.raw.rawSpan, message.format) { signer in
          isTrusted = keys.contains(signer)
          return isTrusted || !isFull && !exhausted.contains(message.source)
        }
        return (.success(statement), isTrusted)
      } catch { return (.failure(error), isTrusted) }
    }
    var outcome = Outcome()
    var records: [NewRecord] = []
    var notes: [Note] = []
    let before = (strangers, strangerCount, ahead)
    do throws(NodeError) {
      for (message, (result, isTrusted)) in zip(messages, statements) {
        switch result {
        case .failure(.unwelcome): outcome.overLimit += 1
        case .failure(let error):
          // What cannot be read has been work as well.
          if case .payload = error, !isTrusted { countStranger(message.source) }
          outcome.refused["\(error)", default: 0] += 1
        case .success(let statement):
          try take(message, statement, arrival, &records, &notes, &outcome)
        }
      }
      guard !records.isEmpty else { return outcome }
      do throws(AppendError) { try log.append(records) } catch { throw NodeError.append(error) }
    } catch {
      for note in notes.reversed() { forget(note) }
      (strangers, strangerCount, ahead) = before
      throw error
    }
    return outcome
  }

  private func hasRoomForStrangers(_ source: String) -> Bool {
    strangerCount < limits.strangers && strangers[source] ?? 0 < limits.strangersPerSource
  }

  /// Where the ledger is, which is read on to there: what fixes one order over both logs.
  private func arrival() throws(NodeError) -> Arrival {
    do {
      let head = try ledger.head()
      try follow(head.size)
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
    _ notes: inout [Note], _ outcome: inout Outcome
  ) throws(NodeError) {
    // A body that is not the order's shows nothing.
    let block = message.block.flatMap { $0.order.commitment == statement.order ? $0 : nil }
    let isKnown = known.contains(Self.identity(of: statement, hasBody: false))
    let hasBody = known.contains(Self.identity(of: statement, hasBody: true))
    guard !hasBody, block != nil || !isKnown else {
      outcome.duplicates += 1
      return
    }
    let standing: Standing
    do throws(ReadError) { standing = try self.standing(of: statement) } catch { throw .read(error) }
    var isKept =
      switch standing {
      case .counts: true
      case .ahead: ahead[statement.signer] ?? 0 < limits.ahead
      case .stranger: hasRoomForStrangers(message.source)
      }
    if isKept, !isKnown {
      isKept = try isWanted(statement, isOwn: block.map { statement.isOwn(of: $0.order) } ?? false)
    }
    if !isKnown, standing != .stranger, hasRoomForPair(of: statement, standing) {
      let kept = kept[Place(statement)] ?? []
      if StatementLimits.isFirstInexcusable(statement, beside: kept) {
        isKept = true
      } else if let other = passed.order(beside: statement), !StatementLimits.hasInexcusable(kept) {
        // Whether there is room for this one or not, the first half is not there: it had none when it came.
        isKept = true
        outcome.overLimit -= 1
        keep(other.message, other.statement, other.message.block, standing, arrival, &records, &notes, &outcome)
      }
    }
    if !isKept, !isKnown, standing != .stranger {
      var message = message
      message.block = block
      passed.insert(message, statement)
    }
    guard isKept else {
      outcome.overLimit += 1
      return
    }
    keep(message, statement, block, standing, arrival, &records, &notes, &outcome)
  }

  /// Whether a statement may be kept beyond the limits, as the half of a pair that nothing can excuse: of what is ahead
  /// of L1 as many again as else are kept.
  private func hasRoomForPair(of statement: Statement, _ standing: Standing) -> Bool {
    standing == .counts || ahead[statement.signer] ?? 0 < 2 * limits.ahead
  }

  /// Notes the statement, and makes its record and that of the gap before it.
  private func keep(
    _ message: HeardMessage, _ statement: Statement, _ block: RollupBlock?, _ standing: Standing, _ arrival: Arrival,
    _ records: inout [NewRecord], _ notes: inout [Note], _ outcome: inout Outcome
  ) {
    let feed = Feed(source: message.source, format: statement.format)
    if standing != .stranger, let highest = heights[feed], statement.height > highest.next,
      statement.height <= reach(of: feed)
    {
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
    notes.append(note(statement, standing, hasBody: block != nil, source: message.source))
  }

  /// Whether a statement says something that those which are kept do not.
  private func isWanted(_ statement: Statement, isOwn: Bool) throws(NodeError) -> Bool {
    guard let kept = kept[Place(statement)] else { return true }
    do throws(ReadError) {
      return try limits.statements.keeps(statement, isOwn: isOwn, beside: kept) { origin throws(ReadError) in
        guard statement.format == .varve else { return nil }
        return try isCanonical(origin)
      }
    } catch { throw .read(error) }
  }
}
