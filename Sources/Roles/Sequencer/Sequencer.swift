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
    // Whether L1 still has room for it, `reconcile` tells.
    pending = signingGuard.newest
  }

  /// Takes a user's transaction. What cannot be carried out later has no effect.
  package mutating func submit(_ transaction: [UInt8]) {
    if !transaction.isEmpty { mempool.append(transaction) }
  }

  /// Goes back to what is signed and extends L1's order as it is now: blocks that are stored are done with, those that a
  /// reorganisation took back from L1 are to be posted again. The transactions of blocks that fit no longer wait again.
  /// Also what a restart begins with.
  package mutating func reconcile(with view: RollupView) {
    let chain = signingGuard.chain(after: view.derivation.head, view)
    let kept = Set(chain)
    let ordered = Set(chain.flatMap(\.transactions))
    let returning = pending.filter { $0.number > view.derivation.head.number && !kept.contains($0) }
      .flatMap(\.transactions).filter { !ordered.contains($0) }
    mempool.insert(contentsOf: returning, at: 0)
    pending = chain
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
    let available = view.messageCount(throughL1Block: origin.id.number)
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
    // As long as data is missing on L1, what is posted could only repeat what waits for it.
    guard view.derivation.awaitedBatch == nil, let first = pending.first, let last = pending.last else { return [] }
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
