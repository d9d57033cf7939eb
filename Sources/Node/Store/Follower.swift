package import EventStore
package import L1
package import Primitives
package import Roles
package import Rollup
package import StateTransition

/// Follows the rollup contract on L1: blocks into the ledger, reorganisations and finality too, and the view of them that
/// roles decide by.
package struct Follower {
  package let ledger: EventLog
  package let configuration: ChainConfiguration

  /// As of the ledger's newest canonical L1 block.
  package private(set) var view: RollupView

  /// States of all blocks ever derived, orphaned ones too.
  package private(set) var archive = StateArchive()

  /// Views after the finalized block and after each one above it, to come back to.
  private var checkpoints: [(id: BlockID, view: RollupView, acc: Hash256)] = []

  /// `CanonicalAccumulator` after the newest block.
  package private(set) var canonicalAcc = Hash256.zero

  package private(set) var finalized: BlockID?

  /// The last thing that following did.
  package struct Progress: Sendable {
    /// New L1 facts and where they are, `L1BlockAppended` among them.
    package var appended: [(position: Position, event: Event)] = []
    package var reorg: (position: Position, oldTip: BlockID, newTip: BlockID, ancestor: BlockID)?
  }

  /// Takes up a ledger where it is; an empty one begins with the configuration.
  package init(ledger: EventLog, configuration: ChainConfiguration) throws(NodeError) {
    self.ledger = ledger
    self.configuration = configuration
    do { view = try RollupView(configuration, archive: &archive) } catch { throw .view(error) }
    try Self.requireChain(configuration, of: ledger)
    do {
      if try ledger.head().size == 0 {
        try ledger.append([
          NewRecord(.chainConfigured(ChainConfigured(configuration: configuration)), at: .block(0))
        ])
      }
      finalized = try ledger.finalizedBlock()
    } catch let error as AppendError { throw .append(error) } catch let error as ReadError {
      throw .read(error)
    } catch { preconditionFailure("no other error is thrown above") }
    try replay()
  }

  /// Throws `otherChain` unless a ledger is empty or begins with this configuration.
  static func requireChain(_ configuration: ChainConfiguration, of ledger: EventLog) throws(NodeError) {
    let event: Event
    do throws(ReadError) {
      guard try ledger.head().size > 0 else { return }
      event = try ledger.record(at: .zero).event()
    } catch { throw .read(error) }
    guard case .chainConfigured(let configured) = event, configured.configuration == configuration else {
      throw .otherChain(path: "\(ledger.directory)")
    }
  }

  /// Reads the canonical records of the ledger, block by block.
  private mutating func replay() throws(NodeError) {
    do {
      guard let newest = try ledger.newestBlock() else { return }
      var number: UInt64 = 0
      while number <= newest.id.number, let block = try ledger.block(number) {
        var facts: [(Position, Event, [UInt8])] = number == 0 ? [try stored(.zero)] : []
        var position = block.positions.lowerBound
        while position < block.positions.upperBound {
          let record = try stored(position)
          if !record.1.kind.isObservation { facts.append(record) }
          position = position.next
        }
        try take(facts, block.id)
        number += 1
      }
    } catch let error as ReadError { throw .read(error) } catch let error as NodeError {
      throw error
    } catch { preconditionFailure("no other error is thrown above") }
  }

  private func stored(_ position: Position) throws -> (Position, Event, [UInt8]) {
    let record = try ledger.record(at: position)
    let event = try record.event()
    return (position, event, event.encode())
  }

  /// Folds the facts of one L1 block.
  private mutating func take(_ facts: [(Position, Event, [UInt8])], _ id: BlockID) throws(NodeError) {
    var accumulator = CanonicalAccumulator(before: canonicalAcc)
    for (_, event, payload) in facts {
      accumulator.add(event.kind, payload.rawSpan)
      do { try view.apply(event, archive: &archive) } catch { throw .view(error) }
    }
    canonicalAcc = accumulator.value(blockHash: id.hash)
    checkpoints.append((id, view, canonicalAcc))
    prune()
  }

  /// Forgets what is below the finalized block.
  private mutating func prune() {
    guard let finalized else { return }
    while checkpoints.count > 1, checkpoints[0].id.number < finalized.number { checkpoints.removeFirst() }
  }
}

extension Follower {
  /// Brings the ledger to the head of L1.
  package mutating func follow(_ l1: some L1Chain) async throws(NodeError) -> Progress {
    var progress = Progress()
    do {
      try await leaveOrphans(l1, &progress)
      let head = try await l1.head()
      var number = view.l1Head.map { $0.number + 1 } ?? 0
      while number <= head.number, let block = try await l1.block(number: number) {
        try append(block, &progress)
        number += 1
      }
      try noteFinality(try await l1.finalized(), &progress)
    } catch let error as L1Error { throw .l1(error) } catch let error as NodeError {
      throw error
    } catch { preconditionFailure("no other error is thrown above") }
    return progress
  }

  /// Records that L1 has left a branch, and goes back to the common ancestor.
  private mutating func leaveOrphans(_ l1: some L1Chain, _ progress: inout Progress) async throws {
    guard let tip = view.l1Head, try await l1.block(number: tip.number)?.hash != tip.hash else { return }
    let head = try await l1.head()
    var index = checkpoints.count - 1
    while index >= 0, try await l1.block(number: checkpoints[index].id.number)?.hash != checkpoints[index].id.hash {
      index -= 1
    }
    guard index >= 0 else { throw NodeError.belowFinality(number: finalized?.number ?? 0) }
    let ancestor = checkpoints[index]
    do throws(AppendError) {
      let appended = try ledger.appendReorg(oldTip: tip, newTip: head, commonAncestor: ancestor.id)
      progress.reorg = (appended.positions[0].lowerBound, tip, head, ancestor.id)
    } catch { throw NodeError.append(error) }
    checkpoints.removeLast(checkpoints.count - index - 1)
    view = ancestor.view
    canonicalAcc = ancestor.acc
  }

  private mutating func append(_ block: L1Block, _ progress: inout Progress) throws(NodeError) {
    let appended = L1BlockAppended(
      header: block.rawHeader, canonicalAccBefore: canonicalAcc, completeness: block.completeness)
    var records = [NewRecord(.l1BlockAppended(appended), at: .block(block.number))]
    records += block.facts.map { NewRecord($0.event, at: $0.coordinates) }
    let result: Appended
    do {
      result = try ledger.appendBlock(number: block.number, hash: block.hash, records: records)
    } catch { throw .append(error) }
    var facts: [(Position, Event, [UInt8])] = []
    if block.number == 0 {
      let event = Event.chainConfigured(ChainConfigured(configuration: configuration))
      facts.append((.zero, event, event.encode()))
    }
    var position = result.positions[0].lowerBound
    for (event, record) in zip([.l1BlockAppended(appended)] + block.facts.map(\.event), records) {
      facts.append((position, event, record.payload))
      progress.appended.append((position, event))
      position = position.next
    }
    try take(facts, block.id)
  }

  private mutating func noteFinality(_ block: BlockID, _ progress: inout Progress) throws(NodeError) {
    guard block.number > finalized?.number ?? 0, view.isCanonical(block), let tip = view.l1Head else { return }
    let place = L1Coordinates(blockNumber: tip.number, transactionIndex: .max, logIndex: .max)
    do {
      let event = Event.l1Finalized(L1Finalized(block: block))
      try ledger.append([NewRecord(event, at: place)])
    } catch { throw .append(error) }
    finalized = block
    prune()
  }
}
