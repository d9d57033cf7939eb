package import Primitives
package import Rollup
import StateTrie
import Testimony

/// A sequencer's promise about one transaction: a signed commitment, and the transaction's path to it. One to two
/// kilobytes, and what has become of the promise when somebody adds that.
package struct InclusionReceipt: Equatable, Sendable {
  /// EIP-155, of the L2 chain.
  package var l2ChainID: UInt64
  package var domain: CommitmentDomain

  package var signed: SignedCommitment

  /// What the commitment commits to.
  package var order: BlockOrder

  /// The transaction's place in the block, and its EIP-2718 bytes.
  package var index: UInt64
  package var transaction: [UInt8]

  /// Nodes of the block's trie of transactions on the way to it, root first.
  package var path: [[UInt8]]

  /// What L1 stored, if anything.
  package var fate: Fate?

  /// What a batch stored at the receipt's height, and what shows it.
  package struct Fate: Equatable, Sendable {
    /// What the sequencer signed of the batch's last block.
    package var batchCommitment: SignedCommitment

    /// The stored orders from the last block's parent down to the receipt's height; none when the last block has it.
    package var orders: [BlockOrder]

    package var l1: L1Segment?
    package var log: LogExcerpt?

    /// On what it rests: what has to be trusted for all of it to count.
    package var hashes: Set<Hash256> { FileFacts.hashes(l1, log) }

    package init(
      batchCommitment: SignedCommitment, orders: [BlockOrder], l1: L1Segment? = nil, log: LogExcerpt? = nil
    ) {
      self.batchCommitment = batchCommitment
      self.orders = orders
      self.l1 = l1
      self.log = log
    }
  }

  /// Makes the receipt of a block's transaction; nil when the commitment is not the block's, or there is no such
  /// transaction. O(transactions).
  package init?(
    _ signed: SignedCommitment, block: RollupBlock, index: Int, l2ChainID: UInt64, domain: CommitmentDomain
  ) {
    let order = block.order
    guard block.transactions.indices.contains(index),
      SequencerCommitment(order: order, l2ChainID: l2ChainID) == signed.commitment
    else { return nil }
    self.l2ChainID = l2ChainID
    self.domain = domain
    self.signed = signed
    self.order = order
    self.index = UInt64(index)
    transaction = block.transactions[index]
    path = Trie.orderedProof(of: index, in: block.transactions)
  }

  /// What has become of the promise.
  package enum Status: String, CaseIterable, Sendable {
    /// L1 has the block: a trusted log has recorded the batch, in an L1 block that the trusted headers have, and its
    /// data; and L1 has the block's origin.
    case kept
    /// The sequencer has signed another block for the height, or one that this one does not lead to, and nothing excuses it.
    case broken
    /// L1 has stored another block, for which it gave a reason; or it has left the branch that the block was made on.
    case excused
    /// The file shows none of these.
    case notYet
    /// The key's word does not count at that origin: the sequencer has promised nothing.
    case refused
  }

  package struct Finding: Equatable, Sendable {
    package let status: Status

    /// Whose promise it is.
    package let signer: Address

    /// The batch that stored the block, according to a log that is trusted.
    package let batch: UInt64?

    /// What a promise comes to that was broken, or excused by what the sequencer itself signed.
    package let equivocation: EquivocationFinding?

    /// Why, in words.
    package let explanation: String

    /// What would show it to be wrong.
    package var refutations: [String] = []
  }

  /// Checks the promise, and says what has become of it as far as the file and the trusted hashes show.
  ///
  /// - Parameter signers: keys that the reader knows to be the sequencer's. Nobody else's word breaks a promise.
  package func verify(
    trusting trusted: Set<Hash256>, signers: Set<Address> = []
  ) throws(EvidenceError) -> Finding {
    let reader = StatementReader(l2ChainID: l2ChainID, domain: domain)
    let statement: Statement
    do throws(StatementError) { statement = try reader.statement(of: signed) } catch { throw .badMessage(error) }
    guard SequencerCommitment(order: order, l2ChainID: l2ChainID) == signed.commitment else {
      throw .badPath("the order is not the one that was signed")
    }
    let found: [UInt8]?
    do throws(TrieProofError) {
      found = try TrieProof.verify(
        root: order.transactionsRoot, key: Trie.indexKey(Int(clamping: index)), proof: path)
    } catch { throw .badPath("\(error)") }
    guard found == transaction else { throw .badPath("another transaction stands there") }
    guard let fate else {
      return Finding(
        status: .notYet, signer: statement.signer, batch: nil, equivocation: nil,
        explanation: "the file says nothing of what L1 stored")
    }
    return try judge(fate, against: statement, trusting: trusted, signers)
  }

  private func judge(
    _ fate: Fate, against statement: Statement, trusting trusted: Set<Hash256>, _ signers: Set<Address>
  ) throws(EvidenceError) -> Finding {
    let facts = try FileFacts(domain: domain, l1: fate.l1, log: fate.log, trusting: trusted)
    let batch = facts.batch(carrying: fate.batchCommitment.encode())
    let authority = statement.origin.flatMap { facts.authorityBasis(atL1Origin: $0.number) }
    if let authority, authority.key != statement.signer {
      return Finding(
        status: .refused, signer: statement.signer, batch: batch?.index, equivocation: nil,
        explanation: "at its L1 origin the word of another key counts, "
          + (authority.key == .zero ? "nobody's" : "\(authority.key)")
          + (authority.basis == .l1 ? "" : "; as the records say that whoever made the file chose"))
    }
    let stored = fate.orders.last?.commitment ?? fate.batchCommitment.commitment.orderCommitment
    if stored == statement.order {
      try requireChain(fate)
      return stands(statement, in: batch, facts)
    }
    let other: Statement
    do throws(StatementError) {
      other = try StatementReader(l2ChainID: l2ChainID, domain: domain).statement(of: fate.batchCommitment)
    } catch { throw .badMessage(error) }
    guard other.signer == statement.signer else {
      // The contract takes a batch of the key alone whose word counts at its origin: so the key was changed between.
      try requireChain(fate)
      let isStored = batch?.isWhole == true && authority != nil
      return Finding(
        status: isStored ? .excused : .notYet, signer: statement.signer, batch: batch?.index, equivocation: nil,
        explanation: isStored
          ? "another key's word counts since, \(other.signer), and L1 has stored what that one signed"
          : "another key, \(other.signer), has signed otherwise; \(Self.explanation(of: batch))",
        refutations: isStored ? [Self.droppedBlock] : [])
    }
    let finding = try equivocation(fate, against: statement).verify(trusting: trusted)
    let isSequencer = finding.judgement.isAuthorityKnown || signers.contains(statement.signer)
    let status: Status =
      switch finding.judgement.verdict {
      case .proven, .historical: isSequencer ? .broken : .notYet
      case .excused: .excused
      case .undetermined, .refused: .notYet
      }
    return Finding(
      status: status, signer: statement.signer, batch: batch?.index, equivocation: finding,
      explanation: "\(finding.summary); \(finding.judgement.reason)"
        + (isSequencer ? "" : "; that this key's word counts there, nothing shows"),
      refutations: status == .broken ? finding.refutations : [])
  }

  private static let droppedBlock = "that derivation dropped the block, for what L1 has before its batch"

  /// What has become of a promise whose block a batch has: derivation takes it only if L1 has its origin.
  private func stands(_ statement: Statement, in batch: FileFacts.StoredBatch?, _ facts: FileFacts) -> Finding {
    var (status, explanation) = (Status.notYet, Self.explanation(of: batch))
    if let origin = statement.origin {
      let isWhole = batch?.isWhole == true
      switch facts.isCanonical(origin) {
      case true?: if isWhole { status = .kept }
      case false?: (status, explanation) = (.excused, "\(Judgement.Reason.originOrphaned(origin))")
      case nil: if isWhole { explanation += "; \(Judgement.Reason.originUnknown(origin))" }
      }
    }
    return Finding(
      status: status, signer: statement.signer, batch: batch?.index, equivocation: nil, explanation: explanation,
      refutations: status == .kept ? [Self.droppedBlock] : [])
  }

  private static func explanation(of batch: FileFacts.StoredBatch?) -> String {
    guard let batch else { return "no trusted log is shown to have recorded the batch" }
    return switch batch.isOnL1 {
    case true? where !batch.hasData: "of batch \(batch.index), which would store it, no data is shown on L1"
    case true?: "L1 has the batch \(batch.index) that stores it"
    case false?: "L1 has left the block in which batch \(batch.index) stored it"
    case nil: "whether L1 still has the block in which batch \(batch.index) stored it, no trusted header shows"
    }
  }

  private func equivocation(_ fate: Fate, against statement: Statement) -> EquivocationEvidence {
    var messages = [SignedMessage.varve(signed), .varve(fate.batchCommitment)]
    if fate.batchCommitment.commitment.blockNumber == statement.height,
      fate.batchCommitment.commitment.orderCommitment < statement.order
    {
      messages.swapAt(0, 1)
    }
    return EquivocationEvidence(
      l2ChainID: l2ChainID, domain: domain, messages: messages, orders: [BlockOrder](fate.orders.dropLast()),
      l1: fate.l1, log: fate.log)
  }

  /// The stored orders lead from the batch's last block to the receipt's height.
  private func requireChain(_ fate: Fate) throws(EvidenceError) {
    var (expected, number) = (fate.batchCommitment.commitment.parentOrder, fate.batchCommitment.commitment.blockNumber)
    for order in fate.orders {
      guard order.commitment == expected, number > 0, order.number == number - 1 else { throw .noContradiction }
      (expected, number) = (order.parentOrder, order.number)
    }
    guard number == signed.commitment.blockNumber else { throw .noContradiction }
  }
}
