import Hashing
import Primitives
import Rollup

/// Records what another log has recorded, by the same verbs, so that the indexes come out the same: L1 blocks with what
/// belongs to them, reorganisations, and what stands by itself.
struct Rerecorder {
  private let log: EventLog
  private var plain: [NewRecord] = []
  private var blocks: [NewBlock] = []
  private var open: (number: UInt64, hash: Hash256, records: [NewRecord])?
  private var byteCount = 0

  init(_ log: EventLog) {
    self.log = log
  }

  /// Whether what waits should be committed.
  var isLarge: Bool { byteCount > 16 << 20 }

  /// Takes the next record.
  mutating func take(_ record: StoredRecord) throws(TilesError) {
    let header = record.header
    let new = NewRecord(
      kind: header.kind, coordinates: header.coordinates, payload: record.payload, payloadHash: header.payloadHash)
    byteCount += record.payload.count + RecordHeader.byteCount
    switch header.kind {
    case .l1Reorged:
      try flush()
      guard case .l1Reorged(let reorg) = try event(record) else { throw .recordedOtherwise(header.position) }
      do throws(AppendError) {
        try log.appendReorg(oldTip: reorg.oldTip, newTip: reorg.newTip, commonAncestor: reorg.commonAncestor)
      } catch { throw .append(error) }
    case .l1BlockAppended:
      close()
      try flushPlain()
      guard case .l1BlockAppended(let block) = try event(record) else { throw .recordedOtherwise(header.position) }
      open = (header.coordinates.blockNumber, Keccak256.hash(block.header), [new])
    default:
      if open?.number == header.coordinates.blockNumber, !header.kind.isObservation {
        open?.records.append(new)
      } else {
        try flushBlocks()
        plain.append(new)
      }
    }
  }

  private func event(_ record: StoredRecord) throws(TilesError) -> Event {
    do throws(ReadError) { return try record.event() } catch { throw .unreadable(error) }
  }

  /// Commits what waits.
  mutating func flush() throws(TilesError) {
    try flushPlain()
    try flushBlocks()
    byteCount = 0
  }

  /// Throws unless the log has this size and root.
  func require(size: UInt64, root: Hash256) throws(TilesError) {
    let head: Head
    do throws(ReadError) { head = try log.head() } catch { throw .unreadable(error) }
    guard head.size == size, head.root == root else {
      throw .recordedOtherwise(Position(min(size, head.size) - 1))
    }
  }

  private mutating func close() {
    guard let open else { return }
    blocks.append(NewBlock(number: open.number, hash: open.hash, records: open.records))
    self.open = nil
  }

  private mutating func flushBlocks() throws(TilesError) {
    close()
    guard !blocks.isEmpty else { return }
    do throws(AppendError) { try log.appendBlocks(blocks) } catch { throw .append(error) }
    blocks = []
  }

  private mutating func flushPlain() throws(TilesError) {
    guard !plain.isEmpty else { return }
    do throws(AppendError) { try log.append(plain) } catch { throw .append(error) }
    plain = []
  }
}
