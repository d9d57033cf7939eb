package import Primitives
package import Rollup
package import Settlement
package import StateTransition

/// A canonical L1 block.
package struct L1Entry: Hashable, Sendable {
  package var id: BlockID

  /// In seconds.
  package var timestamp: UInt64

  /// Number of the newest L2 block that data up to and with this L1 block gives: what was derivable here.
  package var safeHead: UInt64
}

/// An L2 block of the order, carried out.
package struct ExecutedBlock: Sendable {
  package struct Result: Sendable {
    package let header: BlockHeader

    /// The header's.
    package let hash: Hash256

    package let claim: OutputClaim
    package let fates: [TransactionFate]

    /// What an output about the block has to claim.
    package let claimHash: Hash256

    init(header: BlockHeader, hash: Hash256, claim: OutputClaim, fates: [TransactionFate]) {
      self.header = header
      self.hash = hash
      self.claim = claim
      self.fates = fates
      claimHash = claim.hash
    }
  }

  package var derived: DerivedBlock
  package var context: RollupBlockContext
  package var messages: [InboxCall]
  package var result: Result
}

/// A block that forced messages made.
package struct ForcedBlock: Hashable, Sendable {
  package var number: UInt64

  /// The L1 block of the forced inclusion, whose parent is the block's origin.
  package var l1Block: UInt64
}

/// Settings and the L1 block since which they hold.
package struct SettingsEntry: Sendable {
  package var from: UInt64
  package var settings: RollupConfiguration

  /// What executing a block takes of them, forks included.
  package var execution: RollupSettings
}

/// A batch, or a forced inclusion, as L1 has it.
package struct BatchEntry: Sendable {
  package enum Content: Sendable {
    /// `dataL1Block` is where the data came, nil as long as it has not; from `dataDeadline` on it cannot come any more.
    case blocks(count: UInt64, dataHash: Hash256, dataL1Block: UInt64?, dataDeadline: UInt64)
    case forced(lastMessage: UInt64)
  }

  package var content: Content
  package var l1Block: UInt64

  /// Messages that the contract counts as consumed.
  package var messagesConsumed: UInt64

  /// The blocks that came, in order; none for a forced inclusion.
  package var data: [RollupBlock] = []
}

/// An inbox message, and the L1 block that it came with.
package struct MessageEntry: Sendable {
  package var message: MessageDelivered
  package var l1Block: UInt64
}

/// A posted output.
package struct OutputEntry: Sendable {
  package enum Status: Hashable, Sendable {
    case open, final, deleted
  }

  package var output: OutputProposed

  /// What the output stands on; see `Lineage`.
  package var lineage: Hash256

  /// L1 time from which on it cannot be disputed.
  package var challengeEnd: UInt64

  package var status: Status = .open

  /// The game in progress.
  package var game: UInt64?
}

/// A dispute about an output.
package struct GameEntry: Sendable {
  package var id: UInt64
  package var outputIndex: UInt64

  /// Of the settings when it began.
  package var rules: GameRules

  package var startBlock: UInt64
  package var endBlock: UInt64
  package var l1Head: BlockID
  package var status: GameStatus = .inProgress

  /// Claim 0 is the root.
  package var claims: [ClaimEntry]
}

/// A claim of a game.
package struct ClaimEntry: Sendable {
  package var parentIndex: UInt64?
  package var position: GamePosition
  package var claim: Hash256

  /// What the claim stands on; see `Lineage`.
  package var lineage: Hash256

  package var claimant: Address
  package var isResolved = false

  /// Whether a step has shown it wrong.
  package var isRefuted = false

  /// What the claimant's side had used of its time, and when the claim was made.
  package var clockDuration: UInt64
  package var clockStart: UInt64
}

extension GameEntry {
  /// Time that the side which has to answer a claim has used by `time`.
  package func timeUsed(against index: Int, at time: UInt64) -> UInt64 {
    let claim = claims[index]
    let before = claim.parentIndex.map { claims[Int($0)].clockDuration } ?? 0
    return min(before.saturatingSum(time.saturatingDifference(claim.clockStart)), rules.maxClockDuration)
  }
}
