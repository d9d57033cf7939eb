import Primitives
package import Rollup
import Signatures
import StateTransition

/// What the sequencer has signed and L1 does not have yet, carried out in memory over the rows of `ProposerState`: what
/// the tag `latest` means.
///
/// Each block is a layer of rows over those before it. Once L1 has the block, its layer goes, as its rows are stored then.
/// Where L1 has another block in its place, or leaves what it was made of, it goes with all that stand on it. Nothing of
/// this is ever stored, no projection reads it, and nobody stakes anything on it: it is the sequencer's word, executed.
package struct UnsafeView {
  private let fold: ProposerState
  let domain: CommitmentDomain

  /// The oldest first, each the next one after the one before it.
  package private(set) var blocks: [UnsafeBlock] = []

  /// How many blocks are held at most, and about how many bytes of them: a sequencer that L1 hears nothing of cannot fill the
  /// memory. The last block that is taken may be beyond, by what a block's gas can write.
  private let greatestCount, greatestByteCount: Int

  /// Nil for an imported chain, which has no sequencer.
  package init?(configuration: ChainConfiguration, greatestCount: Int = 1024, greatestByteCount: Int = 256 << 20) {
    guard let domain = configuration.commitmentDomain else { return nil }
    self.domain = domain
    self.greatestCount = greatestCount
    self.greatestByteCount = greatestByteCount
    fold = ProposerState(configuration: configuration)
  }

  /// About how many bytes the blocks take.
  package var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }

  /// The newest block; nil when L1 has all that is known.
  package var head: BlockID? { blocks.last?.id }

  /// The rows of `ProposerState` as they are after the newest block. Tables of derivation and of outputs are L1's, as they
  /// were.
  package func latest(over safe: ProjectionView) -> ProjectionView {
    ProjectionView(batch: WriteBatch(), over: LayeredRows(base: safe.store, layers: blocks.map(\.rows)))
  }

  /// Holds the blocks against what L1 has now, and takes those that follow.
  ///
  /// - Parameters:
  ///   - safe: the rows of `ProposerState`. Whatever they were the last time, L1 may have left it.
  ///   - candidates: blocks with their signatures, in order. Known ones, and ones that L1 has, are passed over.
  /// - Throws: only what makes the rows unreadable.
  package mutating func follow(
    _ safe: ProjectionView, taking candidates: [(block: RollupBlock, signed: SignedCommitment)] = []
  ) throws(FoldError) -> UnsafeProgress {
    let order = try fold.orderFold.state(in: safe)
    var progress = UnsafeProgress()
    try authenticate(order, safe, &progress)
    for (block, signed) in candidates where block.number > order.head.number {
      if blocks.contains(where: { $0.block == block }) { continue }
      do throws(UnsafeBlockError) {
        progress.taken.append(try take(block, signed, order, safe))
      } catch { progress.refused.append((block.number, error)) }
    }
    return progress
  }

  private mutating func authenticate(
    _ order: Derivation, _ safe: ProjectionView, _ progress: inout UnsafeProgress
  ) throws(FoldError) {
    guard let first = blocks.first else { return }
    guard try ProposerState.hash(of: first.id.number - 1, in: safe) == first.header.parentHash else {
      return discard(from: 0, .parentLeft, &progress)
    }
    while let block = blocks.first, block.id.number <= order.head.number {
      guard try ProposerState.hash(of: block.id.number, in: safe) == block.id.hash else {
        return discard(from: 0, .otherBlock, &progress)
      }
      progress.authenticated.append(block.id)
      blocks.removeFirst()
    }
    for (index, block) in blocks.enumerated() {
      let origin: DerivationL1Block? = try safe.row(
        ProposerState.order.l1Blocks, ProposerState.key(block.block.l1Origin.number))
      guard origin?.hash == block.block.l1Origin.hash else { return discard(from: index, .originLeft, &progress) }
    }
  }

  private mutating func discard(
    from index: Int, _ contradiction: UnsafeProgress.Contradiction, _ progress: inout UnsafeProgress
  ) {
    progress.discarded = (blocks[index...].map(\.id), contradiction)
    blocks.removeSubrange(index...)
  }

  private mutating func take(
    _ block: RollupBlock, _ signed: SignedCommitment, _ order: Derivation, _ safe: ProjectionView
  ) throws(UnsafeBlockError) -> BlockID {
    let head = blocks.last.map { OrderHead($0.block) } ?? order.head
    if block.number <= head.number { throw .otherBlock(number: block.number) }
    guard block.number == head.number + 1 else { throw .gap(expected: head.number + 1) }
    guard blocks.count < greatestCount, byteCount < greatestByteCount else {
      throw .tooMany(blocks.count, byteCount: byteCount)
    }
    guard block.l1Origin.number <= order.l1Block.number else {
      throw .originAhead(block.l1Origin, l1Head: order.l1Block.number)
    }
    try check(signed, of: block, safe)
    let batch = WriteBatch()
    let view = ProjectionView(batch: batch, over: latest(over: safe).store)
    let reason: RejectionReason?
    do throws(FoldError) { reason = try fold.orderFold.violation(by: block, after: head, in: safe) } catch {
      throw .execution(error)
    }
    if let reason { throw .rule(reason) }
    let result: BlockResult
    do throws(FoldError) {
      result = try fold.execute(
        block, messages: head.messagesConsumed..<block.messagesConsumed,
        signers: Transaction.signers(of: block.transactions, by: view.map), at: nil, in: view)
    } catch { throw .execution(error) }
    let taken = UnsafeBlock(block: block, signed: signed, result: result, rows: batch)
    blocks.append(taken)
    return taken.id
  }

  /// Holds that the sequencer has signed this block and no other.
  private func check(
    _ signed: SignedCommitment, of block: RollupBlock, _ safe: ProjectionView
  ) throws(UnsafeBlockError) {
    guard signed.commitment == SequencerCommitment(order: block.order, l2ChainID: fold.configuration.chainID) else {
      throw .otherCommitment
    }
    guard let signer = signed.signer(in: domain) else { throw .malformedSignature }
    let sequencer: Address
    do throws(FoldError) { sequencer = try fold.sequencer(atOrigin: block.l1Origin.number, in: safe) } catch {
      throw .execution(error)
    }
    guard sequencer != .zero, signer == sequencer else {
      throw .foreignSignature(signer: signer, sequencer: sequencer)
    }
  }
}

extension SignedCommitment {
  /// Who signed; nil for what is no signature in the one form allowed.
  fileprivate func signer(in domain: CommitmentDomain) -> Address? {
    guard let signature = try? Signature(walletBytes: signature) else { return nil }
    return try? Secp256k1.recoverAddress(hash: commitment.digest(in: domain), signature: signature)
  }
}

/// A block that the sequencer has signed, carried out.
package struct UnsafeBlock {
  package let block: RollupBlock
  package let signed: SignedCommitment

  /// What executing it gave; without a claim, as the data has no place for it yet.
  package let result: BlockResult

  /// What it wrote.
  let rows: WriteBatch

  /// About how many bytes it takes: the order, what it gave, and the rows that it wrote.
  let byteCount: Int

  init(block: RollupBlock, signed: SignedCommitment, result: BlockResult, rows: WriteBatch) {
    self.block = block
    self.signed = signed
    self.result = result
    self.rows = rows
    byteCount =
      rows.memory + result.receipts.reduce(0) { $0 + $1.count } + block.transactions.reduce(0) { $0 + $1.count }
  }

  package var header: BlockHeader { result.header }
  package var id: BlockID { BlockID(number: block.number, hash: result.computedHash) }
}

/// What `UnsafeView.follow` did.
package struct UnsafeProgress {
  package enum Contradiction: String, Sendable {
    /// L1 has another block in the place of the oldest.
    case otherBlock
    /// The block below the oldest is L1's no more.
    case parentLeft
    /// L1 has left the block's origin.
    case originLeft
  }

  /// Blocks that L1 has now, just as they were carried out here.
  package internal(set) var authenticated: [BlockID] = []

  /// Blocks that were thrown away, and why the oldest was.
  package internal(set) var discarded: (blocks: [BlockID], because: Contradiction)?

  package internal(set) var taken: [BlockID] = []
  package internal(set) var refused: [(number: UInt64, because: UnsafeBlockError)] = []

  package init() {}
}
