import LMDB
import Primitives
package import Rollup

/// What a caller asks of the writer.
enum AppendRequest: Sendable {
  case records([NewRecord], expecting: Head?)
  case blocks([NewBlock])
  case reorg(oldTip: BlockID, newTip: BlockID, commonAncestor: BlockID)

  /// Bytes that it adds to a transaction, about.
  var byteCount: Int {
    switch self {
    case .records(let records, _): Self.byteCount(of: records)
    case .blocks(let blocks): blocks.reduce(0) { $0 + Self.byteCount(of: $1.records) }
    case .reorg: 1024
    }
  }

  private static func byteCount(of records: [NewRecord]) -> Int {
    records.indices.reduce(0) { $0 + records[$1].payload.count + 128 }
  }
}

/// What became of a request.
package struct Appended: Equatable, Sendable {
  /// Where the records are: one range for each block of `appendBlocks`, one in all for the other verbs.
  package let positions: [Range<Position>]

  /// How many of the ranges are new; the others were there before.
  package let newCount: Int

  /// The head of the commit that made the request durable. Records of other callers may stand between, if several
  /// shared the commit.
  package let head: Head
}

extension WriteState {
  /// The outcome of one request inside a transaction: positions, or why it is refused. A refusal changes nothing.
  typealias Outcome = Result<(positions: [Range<Position>], newCount: Int), AppendError>

  /// Carries out one request.
  ///
  /// - Throws: what makes the whole transaction fail.
  mutating func apply(
    _ request: AppendRequest, in transaction: inout WriteTransaction, tables: EventLog.Tables
  ) throws(LMDBError) -> Outcome {
    switch request {
    case .records(let records, let expected):
      if let expected, expected.size != size || expected.root != draftHead.root {
        return .failure(.conflict(expected: expected, actual: draftHead))
      }
      return .success(([try append(records, in: &transaction, tables: tables)], 1))
    case .blocks(let blocks):
      return try append(blocks, in: &transaction, tables: tables)
    case .reorg(let oldTip, let newTip, let commonAncestor):
      return try reorg(from: oldTip, to: newTip, over: commonAncestor, in: &transaction, tables: tables)
    }
  }

  private mutating func append(
    _ records: [NewRecord], in transaction: inout WriteTransaction, tables: EventLog.Tables
  ) throws(LMDBError) -> Range<Position> {
    let first = size
    let openEnd = block?.row.end
    for index in records.indices {
      let position = size
      block?.take(records[index].kind, ofBlock: records[index].coordinates.blockNumber, at: position)
      try append(records[index], to: &transaction, tables: tables)
    }
    if let block, block.row.end != openEnd {
      try transaction.put(block.row.bytes.rawSpan, for: block.number, in: tables.blocks)
    }
    return Position(first)..<Position(size)
  }

  /// All of `blocks`, or none: whether each one fits is known before the first is written.
  private mutating func append(
    _ blocks: [NewBlock], in transaction: inout WriteTransaction, tables: EventLog.Tables
  ) throws(LMDBError) -> Outcome {
    var positions: [Range<Position>] = []
    var fresh: [NewBlock] = []
    var tip = block?.number
    for block in blocks {
      if let number = tip, block.number <= number, fresh.isEmpty {
        guard let row = try transaction.blockRow(block.number, in: tables) else {
          return .failure(.blockGap(expected: number &+ 1, given: block.number))
        }
        guard row.hash == block.hash else {
          return .failure(.blockConflict(number: block.number, stored: row.hash, given: block.hash))
        }
        positions.append(Position(row.first)..<Position(row.end))
      } else if let number = tip, block.number != number &+ 1 || block.number == 0 {
        return .failure(.blockGap(expected: number &+ 1, given: block.number))
      } else {
        fresh.append(block)
        tip = block.number
      }
    }
    for block in fresh { positions.append(try append(block, in: &transaction, tables: tables)) }
    return .success((positions, fresh.count))
  }

  private mutating func append(
    _ new: NewBlock, in transaction: inout WriteTransaction, tables: EventLog.Tables
  ) throws(LMDBError) -> Range<Position> {
    let first = size
    for record in new.records { try append(record, to: &transaction, tables: tables) }
    let row = BlockRow(first: first, end: size, hash: new.hash)
    block = OpenBlock(number: new.number, row: row)
    try transaction.append(row.bytes.rawSpan, for: new.number, in: tables.blocks)
    blocks += 1
    return Position(first)..<Position(size)
  }
}
