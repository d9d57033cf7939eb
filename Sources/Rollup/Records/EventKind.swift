/// What a record tells. The numbers are part of the format (`Docs/Events.md`) and never change their meaning.
///
/// The high byte is the class: 0x00 facts that L1 fixed, 0x01 what this node observed about L1, 0x02 testimony: what this
/// node was told by others, in a log of its own, 0x03 what an embedded L1 keeps of itself, in a log of its own.
@frozen
public enum EventKind: UInt16, CaseIterable, Sendable {
  case chainConfigured = 0x0001
  case l1BlockAppended = 0x0002
  case configUpdated = 0x0003
  case messageDelivered = 0x0004
  case sequencerBatchDelivered = 0x0005
  case blockSequenced = 0x0006
  case forceIncluded = 0x0007
  case outputProposed = 0x0008
  case disputeGameCreated = 0x0009
  case move = 0x000a
  case stepProven = 0x000b
  case claimResolved = 0x000c
  case resolved = 0x000d
  case outputsDeleted = 0x000e
  case bondDeposited = 0x000f
  case bondLocked = 0x0010
  case bondSlashed = 0x0011
  case rewardPaid = 0x0012
  case creditClaimed = 0x0013
  case sequencerSlashed = 0x0014
  case outputFinalized = 0x0015
  case withdrawalProven = 0x0016
  case withdrawalFinalized = 0x0017
  case paused = 0x0018
  case unpaused = 0x0019
  case gameBlacklisted = 0x001a
  case bondReleased = 0x001b
  case batchDataDelivered = 0x001c
  case l1Finalized = 0x0101
  case l1Reorged = 0x0102
  case sequencerCommitmentObserved = 0x0201
  case feedGap = 0x0202
  case espressoBlockObserved = 0x0203
  case l1TransactionIncluded = 0x0301

  /// Whether it tells what this node saw or was told rather than what L1 says; testimony is the part that was told.
  /// Observations stand outside the canonical view and are never revoked.
  @inlinable public var isObservation: Bool { (0x0100..<0x0300).contains(rawValue) }

  /// Whether it tells what somebody said, which L1 knows nothing of. It belongs to the testimony, never to the ledger.
  @inlinable public var isTestimony: Bool { rawValue & 0xff00 == 0x0200 }

  /// Whether it belongs to the log of an embedded L1 (class 0x03), which no ledger holds.
  @inlinable public var isEmbeddedL1: Bool { rawValue & 0xff00 == 0x0300 }

  /// The name as `Docs/Events.md` and the tool print it.
  public var name: String {
    switch self {
    case .chainConfigured: "ChainConfigured"
    case .l1BlockAppended: "L1BlockAppended"
    case .configUpdated: "ConfigUpdated"
    case .messageDelivered: "MessageDelivered"
    case .sequencerBatchDelivered: "SequencerBatchDelivered"
    case .blockSequenced: "BlockSequenced"
    case .forceIncluded: "ForceIncluded"
    case .outputProposed: "OutputProposed"
    case .disputeGameCreated: "DisputeGameCreated"
    case .move: "Move"
    case .stepProven: "StepProven"
    case .claimResolved: "ClaimResolved"
    case .resolved: "Resolved"
    case .outputsDeleted: "OutputsDeleted"
    case .bondDeposited: "BondDeposited"
    case .bondLocked: "BondLocked"
    case .bondSlashed: "BondSlashed"
    case .rewardPaid: "RewardPaid"
    case .creditClaimed: "CreditClaimed"
    case .sequencerSlashed: "SequencerSlashed"
    case .outputFinalized: "OutputFinalized"
    case .withdrawalProven: "WithdrawalProven"
    case .withdrawalFinalized: "WithdrawalFinalized"
    case .paused: "Paused"
    case .unpaused: "Unpaused"
    case .gameBlacklisted: "GameBlacklisted"
    case .bondReleased: "BondReleased"
    case .batchDataDelivered: "BatchDataDelivered"
    case .l1Finalized: "L1Finalized"
    case .l1Reorged: "L1Reorged"
    case .sequencerCommitmentObserved: "SequencerCommitmentObserved"
    case .feedGap: "FeedGap"
    case .espressoBlockObserved: "EspressoBlockObserved"
    case .l1TransactionIncluded: "L1TransactionIncluded"
    }
  }
}

extension EventKind: CustomStringConvertible {
  public var description: String { name }
}
