import EventStore
import Hashing
import Projections
import Rollup

/// What a batch has folded so far.
struct BatchPart {
  let before: ProjectionCursor
  var next: UInt64
  var foldedRecords: UInt64 = 0

  /// How far it has come in the testimony; nil where it is not folded from it.
  var testimony: TestimonyCursor?

  /// The newest L1 block that began.
  private var l1Block: BlockID

  /// L1 blocks that can be revoked, or whose history is kept: each is a section of the batch, or several.
  private(set) var sections: [JournalSection] = []

  /// Where the commit before ended.
  private let newestPoint: HistoryPoint?

  /// Notes a section of the batch for an L1 block, or for what the commit before has left of it.
  mutating func beginSection(of l1Block: UInt64, isJournaled: Bool) {
    let version = newestPoint.map { $0.l1Block == l1Block ? $0.version : 0 } ?? 0
    sections.append(
      JournalSection(point: HistoryPoint(l1Block: l1Block, version: version), isJournaled: isJournaled))
  }

  /// Notes a section of the batch for a record of the ledger that a testimony may still turn out to have come before. In
  /// place of an L1 block stands the record's position.
  mutating func beginSection(of record: RecordHeader) {
    let point = HistoryPoint(l1Block: record.position.rawValue, version: 0)
    sections.append(
      JournalSection(
        point: point, isJournaled: true, header: JournalHeader(hash: record.leafHash, before: l1Block)))
  }

  /// Notes the sections that the fold has begun within the L1 block.
  mutating func beginVersions(_ versions: [UInt64]) {
    guard let section = sections.last else { return }
    for version in versions {
      sections.append(
        JournalSection(
          point: HistoryPoint(l1Block: section.l1Block, version: version), isJournaled: section.isJournaled))
    }
  }

  /// Notes the beginning of an L1 block.
  mutating func begin(_ number: UInt64, _ block: L1BlockAppended) {
    let id = BlockID(number: number, hash: Keccak256.hash(block.header))
    if let section = sections.last, section.header == nil, section.l1Block == number {
      sections[sections.count - 1].header = JournalHeader(hash: id.hash, before: l1Block)
    }
    l1Block = id
  }

  init(from cursor: ProjectionCursor, _ newestPoint: HistoryPoint?) {
    self.newestPoint = newestPoint
    before = cursor
    next = cursor.nextPosition
    testimony = cursor.testimony
    l1Block = cursor.l1Block
  }

  /// How much of both logs has been folded when the batch is committed.
  var extent: LogExtent { LogExtent(ledger: next, testimony: testimony?.nextPosition ?? 0) }

  /// Where the projection stands when the batch is committed. One lookup.
  func cursor(in log: EventLog) throws(ProjectionError) -> ProjectionCursor {
    var cursor = before
    cursor.nextPosition = next
    cursor.testimony = testimony
    if next > before.nextPosition {
      do { cursor.lastLeafHash = try log.leafHash(at: Position(next - 1)) } catch { throw .log(error) }
    }
    cursor.l1BlockNumber = l1Block.number
    cursor.l1BlockHash = l1Block.hash
    cursor.skippedRecords += (next - before.nextPosition) - foldedRecords
    return cursor
  }
}
