package import Primitives
package import Projections
package import Roles
package import Rollup

/// Something that happened, for whoever watches.
package enum DevnetNews: Sendable {
  case recorded(Position, Event)
  /// A batch that carries nothing but the time; an output of a proposer whose first one was told.
  case recordedIdle(Position, Event)
  case reorganised(Position, oldTip: BlockID, newTip: BlockID, ancestor: BlockID)
  case rejected(BatchRejected)
  /// Blocks of L2, all of them without messages and transactions when `isIdle`.
  case derived(ClosedRange<UInt64>, isIdle: Bool)
  case signed(RollupBlock, SigningGuard.Reason)
  case refusedToSign(UInt64)
  /// A role or a person wants something done on L1, and it is sent; the same as before, for what comes after it, when
  /// `isRepeated`.
  case intended(Intent, Address, isRepeated: Bool)
  /// What the sequencer had signed is thrown away, because of L1.
  case discarded([BlockID], UnsafeProgress.Contradiction)
  /// A projection cannot go on, or can again.
  case standstill(LiveProjections.Standstill)
  case goesOn(projection: String)
  /// What an earlier process was about to send, or had sent and saw nothing come of.
  case sentAgain(Intent.Rule, Address)
}
