import Primitives
import Rollup
package import StateTransition
import StateTrie

// A rollup's blocks are those that derivation finds; an imported chain's stand in the log as they are.
extension ProposerState {
  var orderFold: OrderFold { OrderFold(tables: Self.order, configuration: configuration) }

  func foldRollup(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> OutputVerdict? {
    switch fact.event {
    case .chainConfigured(let event):
      try begin(event.configuration, in: view)
      try orderFold.begin(in: view)
      return nil
    case .configUpdated(let event): try announce(event.update, at: fact.coordinates, in: view)
    case .outputProposed(let event): return try judgeClaim(event, in: view)
    default: break
    }
    view.enter(.decode)
    let steps = try orderFold.apply(fact.event, in: view)
    for case .block(let block) in steps { try execute(block, in: view) }
    return nil
  }

  /// Executes the next block of the order and writes what it did.
  private func execute(_ derived: DerivedBlock, in view: ProjectionView) throws(FoldError) {
    view.beginVersion(derived.block.number)
    view.enter(.senders)
    let signers = try SenderIndex.signers(
      of: derived.block.transactions, commitment: derived.order, at: derived.cursor, in: view)
    try execute(derived.block, messages: derived.messages, signers: signers, at: derived.cursor, in: view)
  }

  /// Executes a block over the one before it and writes what it did.
  ///
  /// - Parameters:
  ///   - range: the messages that it consumes.
  ///   - signers: `Transaction.signer` of each transaction.
  ///   - place: in the data; nil for a block that L1 does not have yet, of which nothing can be claimed.
  @discardableResult
  func execute(
    _ block: RollupBlock, messages range: Range<UInt64>, signers: [Address?], at place: DerivationCursor?,
    in view: ProjectionView
  ) throws(FoldError) -> BlockResult {
    guard let parent = try Self.result(of: block.number - 1, withReceipts: false, in: view) else {
      throw .notNext(block: block.number, reason: "there is no block before it")
    }
    var messages: [InboxCall] = []
    for index in range {
      guard let message = try Self.order.message(index, in: view) else {
        throw .notNext(block: block.number, reason: "message \(index), which it consumes, is not there")
      }
      messages.append(InboxCall(message))
    }
    let data = place ?? .genesis
    let context = RollupBlockContext(
      block.order, messages: messages, parent: parent.header, parentHash: parent.computedHash,
      settings: try settings(atOrigin: block.l1Origin.number, in: view), batchIndex: data.batchIndex,
      indexInBatch: data.indexInBatch)
    view.enter(.execute)
    let before = StoredBefore(view)
    let outcome: RollupBlockOutcome
    do {
      outcome = try context.apply(
        messages: messages, transactions: block.transactions, signers: signers, to: before.state, on: machines)
    } catch { throw .block(error) }
    view.enter(.trie)
    let commitment: RollupBlockCommitment
    do { commitment = try outcome.commit(onto: parent.stateRoot, reader: before.nodes, trust: .trusted) } catch {
      throw .trie(block: block.number, error)
    }
    view.enter(.rows)
    try put(commitment.state, over: before, in: view)
    let header = commitment.header
    let hash = header.hash
    let result = BlockResult(
      header: header, batchIndex: data.batchIndex, indexInBatch: data.indexInBatch, stateRoot: header.stateRoot,
      computedHash: hash, differences: [], receipts: commitment.receipts.map { $0.encode(withBloom: false) },
      claim: place.map { _ in context.claim(of: header, hash: hash) }, invalid: Self.invalid(outcome.fates),
      deposited: Self.deposited(outcome.outcomes))
    put(result, hash: hash, in: view)
    return result
  }
}

extension ProposerState {
  private static func invalid(_ fates: [TransactionFate]) -> [InvalidTransaction] {
    fates.enumerated().compactMap { index, fate in
      guard case .invalid(let error) = fate else { return nil }
      return InvalidTransaction(index: UInt64(index), reason: error.name)
    }
  }

  private static func deposited(_ outcomes: [TransactionOutcome]) -> [DepositedContract] {
    outcomes.enumerated().compactMap { index, outcome in
      guard outcome.type == InboxCall.depositType, outcome.succeeded, let address = outcome.contractAddress else {
        return nil
      }
      return DepositedContract(receipt: UInt64(index), address: address)
    }
  }
}

// Settings as they stand at a block's L1 origin.
extension ProposerState {
  private func announce(
    _ update: ConfigUpdate, at coordinates: L1Coordinates, in view: ProjectionView
  ) throws(FoldError) {
    let count = UInt64(try updates(in: view).count)
    var writer = RLPWriter()
    writer.list { fields in
      fields.append(coordinates.blockNumber)
      fields.append(bytes: ConfigUpdated(update: update).encodePayload())
    }
    view.put(Self.updates, Self.key(count), writer.bytes)
  }

  private func updates(in view: ProjectionView) throws(FoldError) -> [(l1Block: UInt64, update: ConfigUpdate)] {
    var found: [(l1Block: UInt64, update: ConfigUpdate)] = []
    while let next = try update(UInt64(found.count), in: view) { found.append(next) }
    return found
  }

  private func update(
    _ index: UInt64, in view: ProjectionView
  ) throws(FoldError) -> (l1Block: UInt64, update: ConfigUpdate)? {
    try Self.rows { () throws(TableReadError) in
      try view.row(Self.updates, Self.key(index).rawSpan) { row throws(RLPError) in
        var reader = RLPReader(row)
        var fields = try reader.readList()
        let l1Block = try fields.readUInt64()
        let offset = fields.offset
        guard let event = try? ConfigUpdated(payload: try fields.readBytes()) else {
          throw RLPError(offset: offset, reason: .invalidValue("an update is a payload of ConfigUpdated"))
        }
        return (l1Block, event.update)
      }
    }
  }

  /// Whose signature a block with this L1 origin has to have; zero when nobody may sign. O(updates).
  func sequencer(atOrigin number: UInt64, in view: ProjectionView) throws(FoldError) -> Address {
    var key = configuration.rollup?.sequencer ?? .zero
    for entry in try updates(in: view) where entry.l1Block <= number {
      if case .sequencer(let new) = entry.update { key = new }
    }
    return key
  }

  /// What execution takes from the configuration and from all updates up to an L1 block. O(updates), of which there are
  /// few.
  package func settings(atOrigin number: UInt64, in view: ProjectionView) throws(FoldError) -> RollupSettings {
    guard var settings = RollupSettings(configuration) else { throw .derivation(.notARollup) }
    for entry in try updates(in: view) where entry.l1Block <= number { settings.apply(entry.update) }
    return settings
  }
}
