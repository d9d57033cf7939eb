package import Primitives
package import Rollup
import Settlement

/// Orders transactions into blocks, and posts the blocks in batches. It need not execute them.
package struct Sequencer: Sendable {
  /// Whose key signs.
  package var key: Address

  /// Signed blocks that L1 has not yet, oldest first.
  package private(set) var pending: [RollupBlock] = []

  /// Transactions that wait for a block, oldest first.
  package private(set) var mempool: [[UInt8]] = []

  package var signingGuard: SigningGuard

  /// Whether inbox messages are left out: what a dishonest sequencer does.
  package var isCensoring = false

  /// Blocks that are made at once at most, while L1's blocks are caught up with.
  private static let greatestBurst = 16

  /// Transactions of a block at most.
  private static let greatestBlock = 64

  package init(key: Address, signingGuard: SigningGuard = SigningGuard()) {
    self.key = key
    self.signingGuard = signingGuard
  }

  /// Takes a user's transaction. What cannot be carried out later has no effect.
  package mutating func submit(_ transaction: [UInt8]) {
    if !transaction.isEmpty { mempool.append(transaction) }
  }

  /// Drops what L1 has made obsolete: blocks that are stored, and blocks that no longer extend what is. The transactions
  /// of the latter wait again.
  package mutating func reconcile(with view: RollupView) {
    var head = view.derivation.head
    var kept: [RollupBlock] = []
    for block in pending where block.number > head.number {
      if block.parentOrder == head.order, view.isCanonical(block.l1Origin) {
        kept.append(block)
        head = OrderHead(block)
      } else {
        mempool.insert(contentsOf: block.transactions, at: 0)
      }
    }
    pending = kept
  }

  /// The next blocks to be signed: one for each L1 block that has not been an origin yet. They are not pending before
  /// they are signed.
  package func nextBlocks(_ view: RollupView) -> [RollupBlock] {
    guard let tip = view.l1Blocks.last else { return [] }
    var head = pending.last.map(OrderHead.init) ?? view.derivation.head
    var transactions = mempool[...]
    var blocks: [RollupBlock] = []
    while head.l1Origin.number < tip.id.number, blocks.count < Self.greatestBurst,
      let origin = view.l1Block(head.l1Origin.number + 1)
    {
      let block = block(after: head, origin: origin, Array(transactions.prefix(Self.greatestBlock)), view)
      transactions = transactions.dropFirst(Self.greatestBlock)
      blocks.append(block)
      head = OrderHead(block)
    }
    return blocks
  }

  private func block(
    after head: OrderHead, origin: L1Entry, _ transactions: [[UInt8]], _ view: RollupView
  ) -> RollupBlock {
    let limit = view.currentSettings.maxTransactionsPerBlock
    let available = UInt64(view.messages.prefix { $0.l1Block <= origin.id.number }.count)
    let consumed = isCensoring ? head.messagesConsumed : min(available, head.messagesConsumed + limit)
    let room = limit - (consumed - head.messagesConsumed)
    return RollupBlock(
      number: head.number + 1, parentOrder: head.order, timestamp: max(head.timestamp + 1, origin.timestamp),
      l1Origin: origin.id, messagesConsumed: consumed, transactions: Array(transactions.prefix(Int(clamping: room))))
  }

  /// Takes in a block that was signed.
  package mutating func note(_ permission: SigningGuard.Permission) {
    signingGuard.note(permission)
    pending.append(permission.block)
    for transaction in permission.block.transactions {
      if let index = mempool.firstIndex(of: transaction) { mempool.remove(at: index) }
    }
  }

  /// The signed blocks that come next after a restart.
  package mutating func restore(_ view: RollupView) {
    var head = view.derivation.head
    while let block = signingGuard.permissions[head.number + 1]?.block, block.parentOrder == head.order,
      view.isCanonical(block.l1Origin)
    {
      pending.append(block)
      head = OrderHead(block)
    }
  }

  /// What is to be done on L1 now.
  ///
  /// - Parameter sign: the signature over the last block's commitment.
  package func intents(
    _ view: RollupView, sign: (SequencerCommitment) -> SignedCommitment?
  ) -> [Intent] {
    let required = view.currentSettings.bonds.sequencer
    if view.sequencerBonds[key] ?? .zero < required {
      return [
        Intent(
          .fundSequencerKey, .depositSequencerBond(key: key), value: required,
          because: "nothing stands behind what the key \(key) signs yet")
      ]
    }
    guard let first = pending.first, let last = pending.last else { return [] }
    let commitment = SequencerCommitment(order: last.order, l2ChainID: view.configuration.chainID)
    guard let signed = sign(commitment) else { return [] }
    let batch = BatchSubmission(
      batchIndex: view.nextBatchIndex, firstBlock: first.number, lastOrder: last.order, signature: signed.signature,
      data: .event(pending))
    return [
      Intent(
        .postBatch, .postBatch(batch),
        because: "blocks \(first.number) to \(last.number) are signed and not on L1 yet")
    ]
  }
}
