import Hashing
import LMDB
import MerkleLog
import Primitives
import Rollup

/// Looks at consecutive records, each by itself: checksum, place, payload hash, event, leaf hash. What one record means for
/// others is `Verifier`'s business.
///
/// Payloads are brought together and hashed side by side, which takes a fraction of the time; copying them takes a small
/// part of what that spares.
struct RecordInspector {
  private let tables: EventLog.Tables
  private let options: EventLog.VerifyOptions
  private var found: RecordFindings
  private var batch = HashBatch()

  /// The facts of an L1 block, as long as they stand in one piece in the batch.
  private var facts: Facts?

  private struct Facts {
    let block: UInt64
    var bytes: Range<Int>
  }

  private init(first: UInt64, tables: EventLog.Tables, options: EventLog.VerifyOptions) {
    self.tables = tables
    self.options = options
    found = RecordFindings(first: first)
  }

  /// Looks at the records of `range`, which begins with a group of the tree, in a snapshot of its own.
  static func inspect(
    _ range: Range<UInt64>, of environment: Environment, tables: EventLog.Tables, options: EventLog.VerifyOptions
  ) -> RecordFindings {
    var inspector = RecordInspector(first: range.lowerBound, tables: tables, options: options)
    do throws(ReadError) {
      try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
        try inspector.read(range, in: transaction)
        try inspector.readGroups(in: transaction)
      }
    } catch { inspector.found.failure = error }
    inspector.flush()
    return inspector.found
  }

  private mutating func read(_ range: Range<UInt64>, in transaction: borrowing ReadTransaction) throws(ReadError) {
    var cursor: LMDB.Cursor
    do throws(LMDBError) { cursor = try transaction.cursor(in: tables.records) } catch { throw .store(error) }
    var entry: LMDB.Cursor.Entry?
    // The page of the record before.
    var page: UInt?
    do throws(LMDBError) {
      entry = range.lowerBound == 0 ? try cursor.first() : try cursor.seek(range.lowerBound)
      if range.lowerBound > 0 {
        // From behind the record before, so that a key which sorts in between is met too. Branch pages may lead astray, by
        // some records in either direction.
        if entry == nil { entry = try cursor.last() }
        while let found = entry, !found.key.isPosition(before: range.lowerBound) { entry = try cursor.previous() }
        if entry == nil { entry = try cursor.first() }
        while let found = entry, found.key.isPosition(before: range.lowerBound) {
          page = found.page
          entry = try cursor.next()
        }
      }
    } catch { throw .store(error) }
    var position = range.lowerBound
    while position < range.upperBound {
      if let stray = entry, stray.key.isStray(before: position) {
        noteStray(stray.key, before: position)
        do throws(LMDBError) { entry = try cursor.next() } catch { throw .store(error) }
        continue
      }
      if let stored = entry, stored.key.holds(position) {
        if stored.page != page {
          try lookUp(position, in: transaction)
          if position > range.lowerBound { try lookUp(position - 1, in: transaction) }
          page = stored.page
        }
        try look(at: stored.value, position, in: transaction)
        do throws(LMDBError) { entry = try cursor.next() } catch { throw .store(error) }
      } else {
        noteUnreadable(Damage(.missingRecord, position: Position(position)), position)
      }
      if batch.isFull { flush() }
      position += 1
    }
    if entry?.page != page { try lookUp(position - 1, in: transaction) }
  }

  /// Looks a record up as readers do: by the keys of branch pages, which a cursor does not see on its way. Those are right if
  /// the first and the last record of each page are found.
  private mutating func lookUp(
    _ position: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let isFound: Bool
    do throws(LMDBError) { isFound = try transaction.get(position, in: tables.records) != nil } catch {
      throw .store(error)
    }
    guard !isFound, found.damages[position] == nil else { return }
    found.damages[position] = [Damage(.unreachable, position: Position(position))]
  }

  private mutating func noteStray(_ key: RawSpan, before position: UInt64) {
    guard found.strays[position, default: []].count < options.damageLimit else { return }
    found.strays[position, default: []].append(Damage(.strayKey(table: tables.records.name, key.bytes)))
  }

  /// Looks at one stored value as the record at `position`.
  private mutating func look(
    at value: RawSpan, _ position: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    do throws(ReadError) {
      let view = try RecordView.checked(value, at: position, in: transaction, tables: tables)
      let header = try view.header
      found.records.append(RecordFindings.Record(header: header))
      takePayload(view, header)
      decode(view, header)
    } catch {
      guard case .damaged(let damage) = error else { throw error }
      noteUnreadable(damage, position)
    }
  }

  private mutating func noteUnreadable(_ damage: Damage, _ position: UInt64) {
    found.damages[position] = [damage]
    found.records.append(nil)
    facts = nil
  }

  /// Has the payload hashed, with those of other records if it is not a long one.
  private mutating func takePayload(_ view: borrowing RecordView, _ header: RecordHeader) {
    guard view.payloadLength <= HashBatch.longestMessage else {
      var hasher = Keccak256()
      view.forEachSegment { (segment: RawSpan) in hasher.update(segment) }
      check(hasher.finalize(), against: header)
      facts = nil
      return
    }
    let start = batch.bytes.count
    let counts = options.checksAccumulators && CanonicalAccumulator.counts(header.kind)
    if counts { CanonicalAccumulator.begin(header.kind, in: &batch.bytes) }
    let payload = batch.bytes.count
    view.forEachSegment { (segment: RawSpan) in batch.bytes.append(contentsOf: segment) }
    let message = payload..<batch.bytes.count
    batch.add(message, for: .payload(header.position.rawValue))
    guard counts, let block = facts else { return }
    // Where something else came in between, the facts are no longer in one piece.
    facts =
      block.bytes.upperBound == start
      ? Facts(block: block.block, bytes: block.bytes.lowerBound..<message.upperBound) : nil
  }

  /// Decodes the event, where that is asked for or what follows depends on it.
  private mutating func decode(_ view: borrowing RecordView, _ header: RecordHeader) {
    let isBlock = header.kind == .l1BlockAppended
    guard options.decodesEvents || header.kind == .l1Reorged || isBlock && options.checksAccumulators else { return }
    let position = header.position.rawValue
    let event: Event
    do throws(ReadError) { event = try view.event() } catch {
      guard case .damaged(let damage) = error else { return }
      found.damages[position, default: []].append(damage)
      if isBlock || header.kind == .l1Reorged { facts = nil }
      return
    }
    switch event {
    case .l1BlockAppended(let block):
      endFacts(at: position)
      found.blocks[position] = RecordFindings.Block(canonicalAccBefore: block.canonicalAccBefore)
      let start = batch.bytes.count
      batch.bytes += block.header
      batch.add(start..<batch.bytes.count, for: .block(position))
      if options.checksAccumulators { facts = Facts(block: position, bytes: batch.bytes.count..<batch.bytes.count) }
    case .l1Reorged(let reorganisation):
      facts = nil
      found.reorganisations[position] = reorganisation
    default: break
    }
  }

  /// Has the facts of the block before hashed, now that they are complete.
  private mutating func endFacts(at position: UInt64) {
    guard let block = facts else { return }
    batch.add(block.bytes, for: .facts(block: block.block, end: position))
  }

  /// Hashes what has been brought together, and holds it against what the records say.
  private mutating func flush() {
    for (hash, purpose) in batch.takeHashes() {
      switch purpose {
      case .payload(let position):
        if let record = found.records[Int(position - found.first)] { check(hash, against: record.header) }
      case .block(let position): found.blocks[position]?.hash = hash
      case .facts(let block, let end): found.blocks[block]?.facts = (hash, end)
      }
    }
    facts = nil
  }

  private mutating func check(_ payloadHash: Hash256, against header: RecordHeader) {
    guard payloadHash != header.payloadHash else { return }
    let damage = Damage(
      .payloadHash, position: header.position, kind: header.kind.rawValue, l1Block: header.coordinates.blockNumber)
    // Told before what is wrong with the event.
    found.damages[header.position.rawValue, default: []].insert(damage, at: 0)
  }

  /// Hashes the leaves, and the tree up to the groups; brings the stored rows of those.
  private mutating func readGroups(in transaction: borrowing ReadTransaction) throws(ReadError) {
    hashLeaves()
    let size = Int(TreeRows.groupSize)
    let whole = found.records.prefix(found.records.count / size * size)
    // Where a leaf is unknown, what is computed of its group is nothing.
    var hashes = whole.map { $0?.leafHash ?? .zero }
    for _ in 0..<TreeRows.groupLevel { hashes = MerkleHash.nodes(over: hashes) }
    for (group, hash) in hashes.enumerated() {
      let isKnown = whole[group * size..<(group + 1) * size].allSatisfy { $0 != nil }
      let number = found.first / TreeRows.groupSize + UInt64(group)
      found.groups.append(
        RecordFindings.Group(hash: isKnown ? hash : nil, row: try readRow(ofGroup: number, in: transaction)))
    }
  }

  private mutating func hashLeaves() {
    var entries: [UInt8] = []
    entries.reserveCapacity(found.records.count * RecordHeader.leafByteCount)
    for record in found.records {
      guard let leaf = record?.header.leafBytes else { continue }
      entries.append(contentsOf: unsafe leaf.span.bytes)
    }
    var hashes = MerkleHash.leaves(entries, length: RecordHeader.leafByteCount).makeIterator()
    for index in found.records.indices where found.records[index] != nil {
      if let hash = hashes.next() { found.records[index]?.leafHash = hash }
    }
  }

  private func readRow(
    ofGroup group: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> RecordFindings.Row {
    do throws(ReadError) { return .stored(try transaction.treeRow(group: group, in: tables)) } catch {
      guard case .damaged(let damage) = error else { throw error }
      return .damaged(damage)
    }
  }
}

/// Messages that are brought together to be hashed side by side.
private struct HashBatch {
  /// What a hash is for.
  enum Purpose {
    /// The payload of the record at a position.
    case payload(UInt64)
    /// The header of the L1 block whose record is at a position.
    case block(UInt64)
    /// The facts of that block; the next one's record is at `end`.
    case facts(block: UInt64, end: UInt64)
  }

  /// A longer message gains nothing from company, and is not worth the room.
  static let longestMessage = 1 << 20

  /// So many bytes are enough to keep all lanes busy, and stay in the processor's cache.
  private static let enough = 1 << 19

  /// The greatest number of lanes of a permutation.
  private static let lanes = 8

  var bytes: [UInt8] = []
  private var parts: [Range<Int>] = []
  private var purposes: [Purpose] = []

  init() {
    bytes.reserveCapacity(1 << 16)
  }

  mutating func add(_ part: Range<Int>, for purpose: Purpose) {
    parts.append(part)
    purposes.append(purpose)
  }

  /// Whether it is time to hash: with no lane idle if it can be helped.
  var isFull: Bool {
    bytes.count >= Self.enough && (parts.count.isMultiple(of: Self.lanes) || bytes.count >= 8 * Self.longestMessage)
  }

  /// The hash of each message and what it is for, in the order in which they came. Nothing is left.
  mutating func takeHashes() -> Zip2Sequence<[Hash256], [Purpose]> {
    let hashes = zip(Keccak256.hashEach(in: bytes, at: parts), purposes)
    bytes.removeAll(keepingCapacity: true)
    parts.removeAll(keepingCapacity: true)
    purposes = []
    return hashes
  }
}

extension RawSpan {
  /// Whether a key is a position before this one.
  func isPosition(before position: UInt64) -> Bool {
    byteCount == 8 && bigEndian(at: 0, as: UInt64.self) < position
  }

  /// Whether a key of table `records`, met where the record at `position` is looked for, is none that stands behind it.
  fileprivate func isStray(before position: UInt64) -> Bool {
    byteCount != 8 || bigEndian(at: 0, as: UInt64.self) < position
  }
}
