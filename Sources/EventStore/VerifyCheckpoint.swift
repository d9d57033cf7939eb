import MerkleLog
import Primitives
import Rollup

/// How far a verification has come: enough to go on later, in another process, without reading the records again.
package struct VerifyCheckpoint: Equatable, Sendable {
  /// Records before this position have been verified. A multiple of eight: where groups of the tree end.
  package internal(set) var position: UInt64 = 0

  /// Right edge of the tree over groups of eight leaves.
  var groups = Frontier()

  /// Rows that the records so far account for.
  var chunkRows: UInt64 = 0

  /// Bytes of the payloads so far.
  var payloadBytes: UInt64 = 0

  /// Records that could not be read, and so account for nothing.
  var unreadable: UInt64 = 0

  /// What has been found to be damaged among the records so far, and was reported then.
  package internal(set) var findings: UInt64 = 0

  var observationRows: UInt64 = 0

  /// Lowest and newest L1 block so far, reorganisations applied.
  var firstBlock: UInt64?
  var newestBlock: UInt64?

  /// Rows of the index of L1 blocks that the records so far account for; all there can be if they contradict themselves.
  var blockRows: UInt64 {
    guard let firstBlock, let newestBlock, firstBlock <= newestBlock else { return 0 }
    let (rows, isBeyond) = (newestBlock - firstBlock).addingReportingOverflow(1)
    return isBeyond ? .max : rows
  }

  /// The block that the next record may still belong to.
  var openBlock: OpenBlock?

  /// Before the first L1 block there is nothing.
  var accumulator = AccumulatorProgress.known(.zero)

  /// Nothing verified yet.
  package init() {}
}

extension VerifyCheckpoint {
  /// The checkpoint as bytes (an RLP list), to be kept until verification goes on.
  package var encoded: [UInt8] {
    var writer = RLPWriter()
    writer.list { fields in
      for number in [3, position, chunkRows, payloadBytes, unreadable, findings, observationRows] {
        fields.append(number)
      }
      fields.list { hashes in
        for hash in groups.hashes { hashes.append(hash) }
      }
      fields.list { blocks in
        if let firstBlock, let newestBlock {
          blocks.append(firstBlock)
          blocks.append(newestBlock)
        }
      }
      fields.list { block in
        if let openBlock {
          block.append(openBlock.number)
          block.append(openBlock.row.first)
          block.append(openBlock.row.end)
          block.append(openBlock.row.hash)
        }
      }
      fields.list { accumulator.append(to: &$0) }
    }
    return writer.bytes
  }

  /// Nil for anything but what `encoded` gives: begin anew then.
  package init?(encoded: [UInt8]) {
    do throws(RLPError) {
      let bytes = encoded
      var reader = RLPReader(bytes.rawSpan)
      var fields = try reader.readList()
      try reader.finish()
      guard try fields.readUInt64() == 3 else { return nil }
      position = try fields.readUInt64()
      guard position.isMultiple(of: TreeRows.groupSize) else { return nil }
      chunkRows = try fields.readUInt64()
      payloadBytes = try fields.readUInt64()
      unreadable = try fields.readUInt64()
      findings = try fields.readUInt64()
      observationRows = try fields.readUInt64()
      var list = try fields.readList()
      var hashes: [Hash256] = []
      while !list.isAtEnd { hashes.append(try list.readHash256()) }
      guard let groups = Frontier(size: position / TreeRows.groupSize, hashes: hashes) else { return nil }
      self.groups = groups
      var blocks = try fields.readList()
      if !blocks.isAtEnd {
        firstBlock = try blocks.readUInt64()
        newestBlock = try blocks.readUInt64()
      }
      var block = try fields.readList()
      if !block.isAtEnd {
        let number = try block.readUInt64()
        let row = BlockRow(
          first: try block.readUInt64(), end: try block.readUInt64(), hash: try block.readHash256())
        guard row.first < row.end else { return nil }
        openBlock = OpenBlock(number: number, row: row)
      }
      var progress = try fields.readList()
      accumulator = try AccumulatorProgress(&progress)
      guard accumulator.isWithin(position) else { return nil }
      try fields.finish()
    } catch { return nil }
  }
}

extension AccumulatorProgress {
  fileprivate func append(to fields: inout RLPWriter) {
    switch self {
    case .unknown: break
    case .known(let value): fields.append(value)
    case .reading(let before, let hash, let first):
      fields.append(before)
      fields.append(hash)
      fields.append(first)
    }
  }

  fileprivate init(_ fields: inout RLPReader) throws(RLPError) {
    if fields.isAtEnd {
      self = .unknown
      return
    }
    let value = try fields.readHash256()
    self =
      fields.isAtEnd
      ? .known(value) : .reading(before: value, hash: try fields.readHash256(), first: try fields.readUInt64())
    try fields.finish()
  }

  /// Whether a block that is being read begins before `position`.
  fileprivate func isWithin(_ position: UInt64) -> Bool {
    if case .reading(_, _, let first) = self { first < position } else { true }
  }
}

/// What a verification found.
package struct VerifyReport: Equatable, Sendable {
  /// The head against which everything was held; nil when the head row itself is damaged.
  package internal(set) var head: Head?

  /// The damage found by this run, in the order in which it was met, up to the limit that was asked for.
  package internal(set) var damages: [Damage] = []

  /// Records that have been verified, from the first one on.
  package internal(set) var verified: UInt64

  /// Where a later verification can go on.
  package internal(set) var checkpoint: VerifyCheckpoint

  /// Whether all there is has been verified and is what was written: by this run and by those that it went on from.
  /// Damage that was mended since is forgotten only by a verification from the beginning.
  package var isSound: Bool { damages.isEmpty && checkpoint.findings == 0 && head?.size == verified }
}
