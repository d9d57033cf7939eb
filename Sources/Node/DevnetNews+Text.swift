import L1
import Primitives
import Roles
import Rollup

extension DevnetNews {
  /// One line in plain words; nil for what only repeats another. Records are named by their position in the ledger.
  package var line: (position: UInt64?, text: String)? {
    switch self {
    case .recorded(let position, let event):
      event.sentence.map { (position.rawValue, $0) }
    case .reorganised(let position, let old, let new, let ancestor):
      (
        position.rawValue,
        "L1 left block \(old.number) \(short(old.hash)) for \(new.number) \(short(new.hash)); common is \(ancestor.number)"
      )
    case .rejected(let rejection):
      (
        nil,
        "derivation drops batch \(rejection.batchIndex) from block \(rejection.indexInBatch) on: \(rejection.reason.name)"
      )
    case .derived(let blocks):
      (
        nil,
        "the node derives and executes L2 block\(blocks.count == 1 ? " \(blocks.lowerBound)" : "s \(blocks.lowerBound) to \(blocks.upperBound)")"
      )
    case .signed(let block, let reason):
      block.transactions.isEmpty && reason == .first
        ? nil
        : (
          nil,
          "the sequencer signs block \(block.number) with \(block.transactions.count) transactions (\(reason.rawValue))"
        )
    case .refusedToSign(let number): (nil, "the sequencer's guard refuses a second signature for block \(number)")
    case .intended(let intent, let account):
      intent.rule == .postBatch || intent.rule == .claimCredit
        ? nil : (nil, "\(name(of: account)) wants \(intent.rule.rawValue): \(intent.reason)")
    }
  }
}

extension Event {
  /// What the record says; nil where the record after it says it better.
  fileprivate var sentence: String? {
    switch self {
    case .messageDelivered(let event):
      "message \(event.messageIndex) (\(event.messageKind)) is in the inbox, to be consumed by L1 block \(event.deadlineBlock)"
    case .sequencerBatchDelivered(let event):
      "batch \(event.batchIndex) with blocks \(event.firstBlock) to \(event.lastBlock), data \(event.data)"
    case .batchDataDelivered(let event): "the data of batch \(event.batchIndex) comes"
    case .forceIncluded(let event):
      "messages \(event.firstMessage) to \(event.lastMessage) are forced into the order by \(name(of: event.caller))"
    case .outputProposed(let event):
      "output \(event.outputIndex) for block \(event.l2BlockNumber) by \(name(of: event.proposer)), state root \(short(event.stateRoot))"
    case .disputeGameCreated(let event):
      "game \(event.gameId) about output \(event.outputIndex) is opened by \(name(of: event.challenger))"
    case .move(let event):
      "claim \(event.claimIndex) of game \(event.gameId) at \(event.position): \(name(of: event.claimant)) "
        + (event.isAttack ? "attacks" : "defends") + " claim \(event.parentIndex)"
    case .stepProven(let event):
      "one step is executed on L1: claim \(event.claimIndex) of game \(event.gameId) is wrong, proven by \(name(of: event.prover))"
    case .resolved(let event): "game \(event.gameId) ends: \(event.status)"
    case .outputsDeleted(let event):
      "outputs \(event.newNextOutputIndex) to \(event.prevNextOutputIndex - 1) are deleted"
    case .bondSlashed(let event):
      "\(name(of: event.account)) loses \(event.amount) wei to \(name(of: event.beneficiary))"
    case .sequencerSlashed(let event):
      "the key of \(name(of: event.offender)) is slashed: \(event.equivocation), \(event.burned) wei burned"
    case .configUpdated(let event): "the configuration changes: \(event.update)"
    case .outputFinalized(let event): "output \(event.outputIndex) (block \(event.l2BlockNumber)) is final"
    case .creditClaimed(let event): "\(name(of: event.account)) takes out \(event.amount) wei"
    default: nil
    }
  }
}

/// The party with this address, or the address.
private func name(of address: Address) -> String {
  if address == .zero { return "nobody" }
  return DevnetParty.allCases.first { $0.address == address }?.rawValue ?? "\(address)"
}

private func short(_ hash: Hash256) -> String { String("\(hash)".prefix(10)) }
