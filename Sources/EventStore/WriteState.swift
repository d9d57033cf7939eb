import LMDB
import MerkleLog
import Primitives
import Rollup

/// What the writer knows about the log without reading it, and how it grows. A value: a commit works on a copy, which
/// takes the place of the original once the commit is durable, and is dropped if it fails.
struct WriteState: Sendable {
  private(set) var frontier: Frontier
  private(set) var lastLeafHash: Hash256
  private(set) var payloadBytes: UInt64
  private(set) var observations: UInt64

  /// Rows of table `blocks`.
  var blocks: UInt64

  /// The newest canonical L1 block.
  var block: OpenBlock?

  /// The last committed head.
  private(set) var head: Head

  /// Hashes of the subtrees that the present group completes.
  private var treeRow: [Hash256] = []

  /// The state after `head`.
  init(head: Head, frontier: Frontier, block: OpenBlock?) {
    self.head = head
    self.frontier = frontier
    self.block = block
    lastLeafHash = head.lastLeafHash
    payloadBytes = head.payloadBytes
    observations = head.observations
    blocks = head.blocks
  }

  var size: UInt64 { frontier.size }

  /// The head as it would be if the transaction ended here.
  var draftHead: Head {
    guard size != head.size else { return head }
    return Head(
      size: size, root: frontier.root, lastLeafHash: lastLeafHash, previousSize: head.size,
      payloadBytes: payloadBytes, observations: observations, blocks: blocks)
  }

  /// Writes the head row, if anything was appended. Ends the transaction's part of the work.
  mutating func finish(in transaction: inout WriteTransaction, tables: EventLog.Tables) throws(LMDBError) {
    guard size != head.size else { return }
    head = draftHead
    try transaction.put(head.row.rawSpan, for: 0, in: tables.head)
  }

  /// Appends one record: its value, its chunks, and the tree hashes it completes. Everything goes to the end of its
  /// table.
  ///
  /// Costs two SHA-256 (leaf and, on average, one node) and, for a payload that stands beside its header, one pass for the
  /// checksum; the payload's own hash, and a long one's part of the checksum, come from the caller.
  mutating func append(
    _ record: NewRecord, to transaction: inout WriteTransaction, tables: EventLog.Tables
  ) throws(LMDBError) {
    let position = size
    let layout = PayloadLayout(payloadLength: record.payload.count)
    var header = RecordHeader(
      kind: record.kind, position: Position(position), coordinates: record.coordinates,
      payloadLength: UInt32(record.payload.count), payloadHash: record.payloadHash,
      flags: layout.isChunked ? .chunked : [])
    let payloadBytes = record.payload
    let payload = payloadBytes.rawSpan
    let encoded = record.checksumPart.map { header.seal(payload: $0) } ?? header.seal(payload: payload)
    try transaction.append(for: position, byteCount: RecordHeader.byteCount + layout.inline, in: tables.records) {
      output in
      unsafe output.append(contentsOf: encoded.span.bytes)
      output.append(contentsOf: payload.extracting(0..<layout.inline))
    }
    if layout.isChunked { try appendChunks(of: payload, layout, at: position, to: &transaction, tables: tables) }
    if record.kind.isObservation {
      let key = ObservationKey(kind: record.kind, position: position).bytes
      try transaction.put(RawSpan(), for: key.rawSpan, in: tables.observations)
      observations += 1
    }
    try appendLeaf(header.leafHash, to: &transaction, tables: tables)
    self.payloadBytes += UInt64(payloadBytes.count)
  }

  private func appendChunks(
    of payload: RawSpan, _ layout: PayloadLayout, at position: UInt64, to transaction: inout WriteTransaction,
    tables: EventLog.Tables
  ) throws(LMDBError) {
    let middle = layout.inline + layout.paged
    if layout.paged > 0 {
      let key = ChunkKey(position: position, index: 0).bytes
      unsafe try transaction.append(
        payload.extracting(layout.inline..<middle), for: key.span.bytes, in: tables.chunks)
    }
    if layout.rest > 0 {
      let key = ChunkKey(position: position, index: 1).bytes
      unsafe try transaction.append(
        payload.extracting(middle..<payload.byteCount), for: key.span.bytes, in: tables.chunks)
    }
  }

  private mutating func appendLeaf(
    _ leafHash: Hash256, to transaction: inout WriteTransaction, tables: EventLog.Tables
  ) throws(LMDBError) {
    lastLeafHash = leafHash
    var row = treeRow
    treeRow = []
    frontier.append(leafHash: leafHash) { subtree in
      if subtree.level >= TreeRows.groupLevel { row.append(subtree.hash) }
    }
    if !row.isEmpty {
      let group = (size - 1) / TreeRows.groupSize
      try transaction.append(for: group, byteCount: row.count * Hash256.byteCount, in: tables.tree) { output in
        for hash in row { hash.withBytes { output.append(contentsOf: $0) } }
      }
      row.removeAll(keepingCapacity: true)
    }
    treeRow = row
  }
}
