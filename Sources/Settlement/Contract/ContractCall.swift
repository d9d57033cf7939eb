package import Primitives
package import Rollup

/// Everything that anybody can ask of the rollup contract.
package enum ContractCall: Hashable, Sendable {
  // Inbox and order.

  /// Puts a message into the inbox. Value that comes with a deposit is minted on L2 for the sender.
  case deliverMessage(MessageRequest)
  /// The batch poster's: appends blocks to the order.
  case postBatch(BatchSubmission)
  /// Brings the data of a batch that came without.
  case deliverBatchData(batchIndex: UInt64, blocks: [RollupBlock])
  /// Puts overdue messages, up to and with this one, into the order.
  case forceInclude(lastMessage: UInt64)

  // Outputs.

  /// Claims a state. The output's bond comes with it.
  case proposeOutput(OutputSubmission)
  /// Makes an output final whose time for disputes is over.
  case finalizeOutput(outputIndex: UInt64)

  // Disputes.

  /// Opens a game about an output and attacks its claim. The move's bond comes with it. `disputed` is the output's lineage.
  case createGame(outputIndex: UInt64, disputed: Hash256, claim: Hash256)
  /// Answers a claim. The move's bond comes with it.
  case move(MoveRequest)
  /// Proves that a claim at full depth is wrong.
  case step(StepProof)
  /// Settles one claim whose time is over; claim 0 settles the game.
  case resolveClaim(gameId: UInt64, claimIndex: UInt64)
  /// Takes out what the caller is owed.
  case claimCredit(beneficiary: Address)

  // The sequencer's key.

  /// Adds what comes with the call to what stands behind a key.
  case depositSequencerBond(key: Address)
  /// Gives the bond of a key that is past its slashing window back to the key's account.
  case releaseSequencerBond(key: Address)
  /// Shows two orders that one key signed for one height.
  case reportDoubleSign(first: SignedCommitment, second: SignedCommitment)

  // The guardian's.

  case updateConfiguration(ConfigUpdate)
  case pause
  case unpause
  /// Takes out a game, and the output that it is about, whose lineage is `disputed`.
  case blacklistGame(gameId: UInt64, disputed: Hash256)
}

/// A message for the inbox.
package struct MessageRequest: Hashable, Sendable {
  package var kind: MessageKind

  /// Whom a deposit calls; nil creates a contract. Nil for a transaction, whose bytes say it.
  package var to: Address?

  /// What a deposit's call carries on L2, in wei. Zero for a transaction.
  package var value: UInt256

  /// Of a deposit's call. Zero for a transaction.
  package var gasLimit: UInt64

  /// A deposit's input, or a transaction's EIP-2718 bytes.
  package var data: [UInt8]

  package init(kind: MessageKind, to: Address? = nil, value: UInt256 = .zero, gasLimit: UInt64 = 0, data: [UInt8]) {
    self.kind = kind
    self.to = to
    self.value = value
    self.gasLimit = gasLimit
    self.data = data
  }
}

/// A batch for the order.
package struct BatchSubmission: Hashable, Sendable {
  /// Where the blocks are.
  package enum Data: Hashable, Sendable {
    /// In the call, and from there in the log.
    case event([RollupBlock])
    /// Elsewhere; only the root over their commitments is here.
    case elsewhere(SequencerBatchDelivered.DataLocation, dataHash: Hash256)
  }

  package var batchIndex: UInt64

  /// Number of the first block; the last one's is in `lastOrder`.
  package var firstBlock: UInt64

  /// What was signed of the last block, whole.
  package var lastOrder: BlockOrder

  /// r ‖ s ‖ v over the last block's commitment.
  package var signature: [UInt8]

  package var data: Data

  package init(batchIndex: UInt64, firstBlock: UInt64, lastOrder: BlockOrder, signature: [UInt8], data: Data) {
    self.batchIndex = batchIndex
    self.firstBlock = firstBlock
    self.lastOrder = lastOrder
    self.signature = signature
    self.data = data
  }
}

/// A claim about the state after a block, in its parts.
package struct OutputSubmission: Hashable, Sendable {
  package var stateRoot: Hash256

  /// Root of the storage of the account that keeps withdrawals; the empty trie's when there is none.
  package var messagePasserStorageRoot: Hash256

  package var blockHash: Hash256
  package var l2BlockNumber: UInt64

  // The block's place in the data; see `OutputClaim`.
  package var parentOrder: Hash256
  package var l1OriginHash: Hash256
  package var batchIndex: UInt64
  package var indexInBatch: UInt64
  package var messagesConsumed: UInt64

  /// The L1 block up to which data was used. If L1 is reorganised below it, the call reverts.
  package var l1Head: BlockID

  /// The output that this one extends; nil for genesis.
  package var parentOutput: UInt64?

  /// What that stands on, so that an output does not extend another one after a reorganisation of L1.
  package var parentLineage: Hash256

  package init(
    stateRoot: Hash256, messagePasserStorageRoot: Hash256, blockHash: Hash256, l2BlockNumber: UInt64,
    parentOrder: Hash256, l1OriginHash: Hash256, batchIndex: UInt64, indexInBatch: UInt64, messagesConsumed: UInt64,
    l1Head: BlockID, parentOutput: UInt64?, parentLineage: Hash256
  ) {
    self.stateRoot = stateRoot
    self.messagePasserStorageRoot = messagePasserStorageRoot
    self.blockHash = blockHash
    self.l2BlockNumber = l2BlockNumber
    self.parentOrder = parentOrder
    self.l1OriginHash = l1OriginHash
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
    self.messagesConsumed = messagesConsumed
    self.l1Head = l1Head
    self.parentOutput = parentOutput
    self.parentLineage = parentLineage
  }
}

/// An answer to a claim.
package struct MoveRequest: Hashable, Sendable {
  package var gameId: UInt64

  /// The claim that is answered.
  package var parentIndex: UInt64

  /// The lineage of that claim, so that a move does not hit another one after a reorganisation of L1.
  package var disputed: Hash256

  package var claim: Hash256

  /// An attack says that the parent is wrong; a defence, that it is right and what comes after is wrong.
  package var isAttack: Bool

  package init(gameId: UInt64, parentIndex: UInt64, disputed: Hash256, claim: Hash256, isAttack: Bool) {
    self.gameId = gameId
    self.parentIndex = parentIndex
    self.disputed = disputed
    self.claim = claim
    self.isAttack = isAttack
  }
}

/// The last move against a claim at full depth.
package struct StepProof: Hashable, Sendable {
  package var gameId: UInt64
  package var claimIndex: UInt64

  /// The claim's lineage.
  package var disputed: Hash256

  /// An attack executes the step up to the claim's state, a defence the step after it.
  package var isAttack: Bool

  /// For the step verifier; empty when the step is past the output's block, where nothing is executed.
  package var proof: [UInt8]

  package init(gameId: UInt64, claimIndex: UInt64, disputed: Hash256, isAttack: Bool, proof: [UInt8]) {
    self.gameId = gameId
    self.claimIndex = claimIndex
    self.disputed = disputed
    self.isAttack = isAttack
    self.proof = proof
  }
}
