import EventStore
import LMDB
package import Primitives
package import Projections
package import Rollup

extension Projector {
  /// Lends the rows as they were after an L1 block to `body`, and says which block that is.
  ///
  /// What L1 has left, and the projection has not taken back yet, is no hindrance to what it had before.
  ///
  /// - Throws: `pruned` where history is not kept, unless the projection stands right behind that block; `notFolded` when
  ///   it has not come as far, or the chain begins later; `reorganising` when it has come as far in a branch that L1 has left;
  ///   `noArchive` of one that is not canonical.
  package func read<R>(
    afterL1Block number: UInt64, _ body: (ProjectionView, BlockID) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    try readRows(afterL1Block: number) { version, rows, block throws(ProjectionError) in
      try Self.lend(rows, of: version) { view throws(FoldError) in try body(view, block) }
    }
  }

  /// The digest that the projection had after an L1 block, that block, and how many rows there were. O(rows now and then).
  package func digest(
    afterL1Block number: UInt64
  ) throws(ProjectionError) -> (digest: Hash256, block: BlockID, rowCounts: [DigestReport.RowCount]) {
    try readRows(afterL1Block: number) { version, rows, block throws(ProjectionError) in
      let (digest, counts) = try version.digest(of: rows, at: block)
      return (digest, block, counts)
    }
  }

  /// The L1 block after which the projection stood when it had folded the ledger up to and with the record at a position: the
  /// newest that the ledger then had whole. For `read(afterL1Block:)`. O(observations right before).
  ///
  /// - Throws: `noBlockAsOf` when L1 has left since what it had then, or had no block yet; `log` beyond the ledger's end.
  package func l1Block(asOf position: Position) throws(ProjectionError) -> UInt64 {
    let found: UInt64?
    do throws(ReadError) { found = try log.newestWholeBlock(asOf: position) } catch { throw .log(error) }
    guard let found else { throw .noBlockAsOf(position) }
    return found
  }

  func readRows<R>(
    afterL1Block number: UInt64,
    _ body: (ProjectionVersion, any TableReader, BlockID) throws(ProjectionError) -> R
  ) throws(ProjectionError) -> R {
    let version = try openLive(.readOnly)
    var block: BlockID?
    return try version.readPast({ _, cursor throws(ProjectionError) in
      block = try pastBlock(number, of: version, at: cursor)
      return .end(of: number)
    }) { rows throws(ProjectionError) in
      guard let block else { preconditionFailure("the block is found before its rows are lent") }
      return try body(version, rows, block)
    }
  }

  /// The canonical L1 block `number`, once it is known that the version can be read as it was after it.
  func pastBlock(
    _ number: UInt64, of version: ProjectionVersion, at cursor: ProjectionCursor
  ) throws(ProjectionError) -> BlockID {
    guard P.readMode == .canonical else { throw .noArchive(projection: P.name) }
    if let reason = try reasonToRebuild(cursor) { throw rebuildRequired(reason) }
    // What L1 has now, and had before the version's end, the version has folded, whatever else of it L1 has left.
    guard let block = try canonicalBlock(number), block.positions.upperBound.rawValue <= cursor.nextPosition else {
      throw try unknown(number, at: cursor)
    }
    guard version.keepsHistory || number == cursor.l1BlockNumber else {
      throw .pruned(projection: P.name, before: cursor.l1BlockNumber)
    }
    return block.id
  }

  private func canonicalBlock(
    _ number: UInt64
  ) throws(ProjectionError) -> (id: BlockID, positions: Range<Position>)? {
    do throws(ReadError) { return try log.block(number) } catch { throw .log(error) }
  }

  /// Why nothing is known of an L1 block that a version at `cursor` has not folded as L1 has it now.
  package func unknown(
    _ number: UInt64, at cursor: ProjectionCursor
  ) throws(ProjectionError) -> ProjectionError {
    if number <= cursor.l1BlockNumber, try isLeft(cursor) { return .reorganising(projection: P.name, l1Block: number) }
    return .notFolded(projection: P.name, l1Block: number, newest: cursor.l1BlockNumber)
  }

  /// Gives what `body` cannot read as damage of the version.
  static func lend<R>(
    _ rows: any TableReader, of version: ProjectionVersion, _ body: (ProjectionView) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    do throws(FoldError) {
      return try body(ProjectionView(batch: WriteBatch(), over: rows))
    } catch { throw .damaged(version.directory, "\(error)") }
  }
}

extension EventLog {
  /// The newest L1 block that the log had whole when the record at `position` was its last; nil when it had none, or when L1
  /// has left that block since, or the one that the record is part of.
  fileprivate func newestWholeBlock(asOf position: Position) throws(ReadError) -> UInt64? {
    // What the log saw of L1 stands behind what L1 had said until then.
    var last = try record(at: position)
    while last.kind.isObservation, last.position > .zero {
      if case .l1Reorged(let reorg) = try last.event() {
        return try end(of: reorg.commonAncestor).map { _ in reorg.commonAncestor.number }
      }
      last = try record(at: Position(last.position.rawValue - 1))
    }
    let number = last.header.coordinates.blockNumber
    guard let block = try block(number), block.positions.contains(last.position) else { return nil }
    if block.positions.upperBound == last.position.next { return number }
    return number > 0 ? try self.block(number - 1)?.id.number : nil
  }
}

/// A block of L2 and the state after it.
package struct StatePlace: Equatable, Sendable {
  package let block: BlockID

  /// Of the state after the block, as computed.
  package let stateRoot: Hash256

  /// The L1 block in which it was executed.
  package let l1Block: BlockID
}

extension Projector<ProposerState> {
  /// Lends the rows as they were right after an L2 block to `body`, and says where that is.
  ///
  /// - Parameter number: nil for the newest block.
  /// - Throws: `prunedBlocks` where history is not kept, unless it is the newest block; `notExecuted` when there is no such block;
  ///   `reorganising` when L1 has left the L1 block in which it was executed.
  package func read<R>(
    afterBlock number: UInt64?, _ body: (ProjectionView, StatePlace) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    let version = try openLive(.readOnly)
    return try readState(afterBlock: number, of: version) { rows, place throws(ProjectionError) in
      try Self.lend(rows, of: version) { view throws(FoldError) in try body(view, place) }
    }
  }

  /// The same for two blocks at once.
  package func readBoth<R>(
    afterBlock first: UInt64, and second: UInt64,
    _ body: (ProjectionView, StatePlace, ProjectionView, StatePlace) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    let version = try openLive(.readOnly)
    return try readState(afterBlock: first, of: version) { before, firstPlace throws(ProjectionError) in
      try readState(afterBlock: second, of: version) { after, secondPlace throws(ProjectionError) in
        try Self.lend(after, of: version) { after throws(FoldError) in
          try body(ProjectionView(batch: WriteBatch(), over: before), firstPlace, after, secondPlace)
        }
      }
    }
  }

  /// Number of the L2 block that was the newest as of an L1 block, for `read(afterBlock:)`.
  ///
  /// - Throws: as `read(afterL1Block:)`.
  package func newestBlock(afterL1Block number: UInt64) throws(ProjectionError) -> UInt64 {
    try read(afterL1Block: number) { view, block throws(FoldError) in
      try ProposerState.place(ofBlock: nil, in: view, through: block.number)?.block.number ?? 0
    }
  }

  private func readState<R>(
    afterBlock number: UInt64?, of version: ProjectionVersion,
    _ body: (any TableReader, StatePlace) throws(ProjectionError) -> R
  ) throws(ProjectionError) -> R {
    var place: StatePlace?
    return try version.readPast({ rows, cursor throws(ProjectionError) in
      let found = try Self.lend(rows, of: version) { view throws(FoldError) in
        try ProposerState.place(ofBlock: number, in: view, through: cursor.l1BlockNumber)
      }
      guard let found else { throw .notExecuted(block: number ?? 0, l1Block: cursor.l1BlockNumber) }
      if let reason = try reasonToRebuild(cursor) { throw rebuildRequired(reason) }
      place = try statePlace(found, at: cursor)
      if found.isNewest { return nil }
      guard version.keepsHistory else {
        throw .prunedBlocks(before: found.newest, l1Block: cursor.l1BlockNumber)
      }
      return HistoryPoint(l1Block: found.l1Block, version: found.version)
    }) { rows throws(ProjectionError) in
      guard let place else { preconditionFailure("the block is found before its rows are lent") }
      return try body(rows, place)
    }
  }

  private func statePlace(
    _ found: ExecutedBlock, at cursor: ProjectionCursor
  ) throws(ProjectionError) -> StatePlace {
    // A part of it may be folded. One that L1 has in its place begins behind the version's end.
    guard let l1Block = try canonicalBlock(found.l1Block), l1Block.positions.lowerBound.rawValue < cursor.nextPosition
    else { throw try unknown(found.l1Block, at: cursor) }
    return StatePlace(block: found.block, stateRoot: found.stateRoot, l1Block: l1Block.id)
  }
}
