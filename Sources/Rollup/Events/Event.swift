import Primitives

/// One fact of the ledger, or one testimony, decoded. `Docs/Events.md` has every field of every kind.
package enum Event: Equatable, Sendable {
  case chainConfigured(ChainConfigured)
  case l1BlockAppended(L1BlockAppended)
  case configUpdated(ConfigUpdated)
  case messageDelivered(MessageDelivered)
  case sequencerBatchDelivered(SequencerBatchDelivered)
  case blockSequenced(BlockSequenced)
  case forceIncluded(ForceIncluded)
  case outputProposed(OutputProposed)
  case disputeGameCreated(DisputeGameCreated)
  case move(Move)
  case stepProven(StepProven)
  case claimResolved(ClaimResolved)
  case resolved(Resolved)
  case outputsDeleted(OutputsDeleted)
  case bondDeposited(BondDeposited)
  case bondLocked(BondLocked)
  case bondSlashed(BondSlashed)
  case rewardPaid(RewardPaid)
  case creditClaimed(CreditClaimed)
  case sequencerSlashed(SequencerSlashed)
  case outputFinalized(OutputFinalized)
  case withdrawalProven(WithdrawalProven)
  case withdrawalFinalized(WithdrawalFinalized)
  case paused(Paused)
  case unpaused(Unpaused)
  case gameBlacklisted(GameBlacklisted)
  case bondReleased(BondReleased)
  case batchDataDelivered(BatchDataDelivered)
  case l1Finalized(L1Finalized)
  case l1Reorged(L1Reorged)
  case sequencerCommitmentObserved(SequencerCommitmentObserved)
  case feedGap(FeedGap)
  case espressoBlockObserved(EspressoBlockObserved)
  case l1TransactionIncluded(L1TransactionIncluded)

  package var kind: EventKind {
    switch self {
    case .chainConfigured: .chainConfigured
    case .l1BlockAppended: .l1BlockAppended
    case .configUpdated: .configUpdated
    case .messageDelivered: .messageDelivered
    case .sequencerBatchDelivered: .sequencerBatchDelivered
    case .blockSequenced: .blockSequenced
    case .forceIncluded: .forceIncluded
    case .outputProposed: .outputProposed
    case .disputeGameCreated: .disputeGameCreated
    case .move: .move
    case .stepProven: .stepProven
    case .claimResolved: .claimResolved
    case .resolved: .resolved
    case .outputsDeleted: .outputsDeleted
    case .bondDeposited: .bondDeposited
    case .bondLocked: .bondLocked
    case .bondSlashed: .bondSlashed
    case .rewardPaid: .rewardPaid
    case .creditClaimed: .creditClaimed
    case .sequencerSlashed: .sequencerSlashed
    case .outputFinalized: .outputFinalized
    case .withdrawalProven: .withdrawalProven
    case .withdrawalFinalized: .withdrawalFinalized
    case .paused: .paused
    case .unpaused: .unpaused
    case .gameBlacklisted: .gameBlacklisted
    case .bondReleased: .bondReleased
    case .batchDataDelivered: .batchDataDelivered
    case .l1Finalized: .l1Finalized
    case .l1Reorged: .l1Reorged
    case .sequencerCommitmentObserved: .sequencerCommitmentObserved
    case .feedGap: .feedGap
    case .espressoBlockObserved: .espressoBlockObserved
    case .l1TransactionIncluded: .l1TransactionIncluded
    }
  }

  /// The canonical payload. O(size of the event).
  package func encode() -> [UInt8] { payload.encodePayload() }

  /// What the case holds.
  package var payload: any EventPayload {
    switch self {
    case .chainConfigured(let event): event
    case .l1BlockAppended(let event): event
    case .configUpdated(let event): event
    case .messageDelivered(let event): event
    case .sequencerBatchDelivered(let event): event
    case .blockSequenced(let event): event
    case .forceIncluded(let event): event
    case .outputProposed(let event): event
    case .disputeGameCreated(let event): event
    case .move(let event): event
    case .stepProven(let event): event
    case .claimResolved(let event): event
    case .resolved(let event): event
    case .outputsDeleted(let event): event
    case .bondDeposited(let event): event
    case .bondLocked(let event): event
    case .bondSlashed(let event): event
    case .rewardPaid(let event): event
    case .creditClaimed(let event): event
    case .sequencerSlashed(let event): event
    case .outputFinalized(let event): event
    case .withdrawalProven(let event): event
    case .withdrawalFinalized(let event): event
    case .paused(let event): event
    case .unpaused(let event): event
    case .gameBlacklisted(let event): event
    case .bondReleased(let event): event
    case .batchDataDelivered(let event): event
    case .l1Finalized(let event): event
    case .l1Reorged(let event): event
    case .sequencerCommitmentObserved(let event): event
    case .feedGap(let event): event
    case .espressoBlockObserved(let event): event
    case .l1TransactionIncluded(let event): event
    }
  }
}

extension Event {
  /// Decodes a record's payload. Only the canonical encoding is accepted: encoding the event gives `payload` again.
  package init(kind: EventKind, payload: RawSpan) throws(EventError) {
    self =
      switch kind {
      case .chainConfigured: .chainConfigured(try ChainConfigured(payload: payload))
      case .l1BlockAppended: .l1BlockAppended(try L1BlockAppended(payload: payload))
      case .configUpdated: .configUpdated(try ConfigUpdated(payload: payload))
      case .messageDelivered: .messageDelivered(try MessageDelivered(payload: payload))
      case .sequencerBatchDelivered: .sequencerBatchDelivered(try SequencerBatchDelivered(payload: payload))
      case .blockSequenced: .blockSequenced(try BlockSequenced(payload: payload))
      case .forceIncluded: .forceIncluded(try ForceIncluded(payload: payload))
      case .outputProposed: .outputProposed(try OutputProposed(payload: payload))
      case .disputeGameCreated: .disputeGameCreated(try DisputeGameCreated(payload: payload))
      case .move: .move(try Move(payload: payload))
      case .stepProven: .stepProven(try StepProven(payload: payload))
      case .claimResolved: .claimResolved(try ClaimResolved(payload: payload))
      case .resolved: .resolved(try Resolved(payload: payload))
      case .outputsDeleted: .outputsDeleted(try OutputsDeleted(payload: payload))
      case .bondDeposited: .bondDeposited(try BondDeposited(payload: payload))
      case .bondLocked: .bondLocked(try BondLocked(payload: payload))
      case .bondSlashed: .bondSlashed(try BondSlashed(payload: payload))
      case .rewardPaid: .rewardPaid(try RewardPaid(payload: payload))
      case .creditClaimed: .creditClaimed(try CreditClaimed(payload: payload))
      case .sequencerSlashed: .sequencerSlashed(try SequencerSlashed(payload: payload))
      case .outputFinalized: .outputFinalized(try OutputFinalized(payload: payload))
      case .withdrawalProven: .withdrawalProven(try WithdrawalProven(payload: payload))
      case .withdrawalFinalized: .withdrawalFinalized(try WithdrawalFinalized(payload: payload))
      case .paused: .paused(try Paused(payload: payload))
      case .unpaused: .unpaused(try Unpaused(payload: payload))
      case .gameBlacklisted: .gameBlacklisted(try GameBlacklisted(payload: payload))
      case .bondReleased: .bondReleased(try BondReleased(payload: payload))
      case .batchDataDelivered: .batchDataDelivered(try BatchDataDelivered(payload: payload))
      case .l1Finalized: .l1Finalized(try L1Finalized(payload: payload))
      case .l1Reorged: .l1Reorged(try L1Reorged(payload: payload))
      case .sequencerCommitmentObserved: .sequencerCommitmentObserved(try SequencerCommitmentObserved(payload: payload))
      case .feedGap: .feedGap(try FeedGap(payload: payload))
      case .espressoBlockObserved: .espressoBlockObserved(try EspressoBlockObserved(payload: payload))
      case .l1TransactionIncluded: .l1TransactionIncluded(try L1TransactionIncluded(payload: payload))
      }
  }

  /// Decodes a payload of any kind. A kind that this program does not know is an error, never skipped.
  package init(rawKind: UInt16, payload: RawSpan) throws(EventError) {
    guard let kind = EventKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
    try self.init(kind: kind, payload: payload)
  }
}

extension Event {
  /// Decodes a record's payload; see `init(kind:payload:)`.
  package init(kind: EventKind, payload: [UInt8]) throws(EventError) {
    try self.init(kind: kind, payload: payload.rawSpan)
  }
}
