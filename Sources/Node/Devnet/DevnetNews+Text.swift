import Primitives
import Projections
import Roles
import Rollup
import Settlement

extension DevnetNews {
  /// One line in plain words; nil for what only repeats another, and for what goes by without anything in it.
  package var line: DevnetLine? {
    switch self {
    case .recorded(let position, let event):
      event.sentence.map { DevnetLine($0, in: .record(position, event.kind)) }
    case .reorganised(let position, let old, let new, let ancestor):
      DevnetLine(
        "L1 left block \(old.number) \(old.hash.short) for \(new.number) \(new.hash.short); common is \(ancestor.number)",
        in: .record(position, .l1Reorged))
    case .rejected(let rejection):
      DevnetLine(
        "derivation drops batch \(rejection.batchIndex) from block \(rejection.indexInBatch) on: \(rejection.reason.name)",
        in: .row("rejections/\(rejection.batchIndex)"))
    case .recordedIdle: nil
    case .derived(let blocks, let isIdle):
      isIdle
        ? nil
        : DevnetLine(
          "the node derives and executes L2 block\(blocks.count == 1 ? "" : "s") \(blocks.text)",
          in: .row("results/\(blocks.text)"))
    case .signed(let block, let reason):
      block.transactions.isEmpty && reason == .first
        ? nil
        : DevnetLine(
          "the sequencer signs block \(block.number) with \(block.transactions.count) transactions (\(reason.rawValue))",
          in: .file("signer/permissions"))
    case .discarded(let blocks, let contradiction):
      DevnetLine(
        "what the sequencer signed for L2 block\(blocks.count == 1 ? "" : "s") "
          + "\((blocks[0].number...blocks[blocks.count - 1].number).text) is thrown away: \(contradiction.text)")
    case .standstill(let standstill):
      DevnetLine("projection \(standstill.projection) stands still: \(standstill.error)")
    case .goesOn(let projection): DevnetLine("projection \(projection) goes on")
    case .refusedToSign(let number):
      DevnetLine("the sequencer's guard refuses a second signature for block \(number)")
    case .intended(let intent, let account, let isRepeated):
      intent.rule.isToldByItsRecord || isRepeated
        ? nil
        : DevnetLine(
          (intent.rule.isByHand ? "by hand: \(account.partyName) sends " : "\(account.partyName) wants ")
            + "\(intent.rule.rawValue): \(intent.reason)",
          in: .file("devnet/outbox"))
    case .sentAgain(let rule, let account):
      DevnetLine(
        "\(rule.rawValue) of \(account.partyName) was on its way when the last run ended, and is sent again",
        in: .file("devnet/outbox"))
    }
  }
}

extension UnsafeProgress.Contradiction {
  fileprivate var text: String {
    switch self {
    case .otherBlock: "L1 has another block in its place"
    case .parentLeft: "the block before it is L1's no more"
    case .originLeft: "L1 has left the block that it was made of"
    }
  }
}

extension Intent.Rule {
  /// Whether the record that comes of it says all there is to say.
  fileprivate var isToldByItsRecord: Bool {
    switch self {
    case .postBatch, .claimCredit, .attackClaim, .defendClaim, .resolveClaim, .finalizeOutput: true
    default: false
    }
  }

  /// Whether no role asks for it: a person does.
  fileprivate var isByHand: Bool {
    switch self {
    case .forceMessages, .deliverData, .reportDoubleSign, .changeSettings: true
    default: false
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
      "messages \(event.firstMessage) to \(event.lastMessage) are forced into the order by \(event.caller.partyName)"
    case .outputProposed(let event):
      "output \(event.outputIndex) for block \(event.l2BlockNumber) by \(event.proposer.partyName), "
        + "state root \(event.stateRoot.short)"
    case .outputFinalized(let event): "output \(event.outputIndex) (block \(event.l2BlockNumber)) is final"
    case .outputsDeleted(let event):
      "outputs \(event.newNextOutputIndex) to \(event.prevNextOutputIndex - 1) are deleted"
    case .configUpdated(let event): "the configuration changes: \(event.update)"
    default: disputeSentence
    }
  }

  private var disputeSentence: String? {
    switch self {
    case .disputeGameCreated(let event):
      "game \(event.gameId) about output \(event.outputIndex) is opened by \(event.challenger.partyName)"
    case .move(let event):
      "claim \(event.claimIndex) of game \(event.gameId) at \(event.position): \(event.claimant.partyName) "
        + (event.isAttack ? "attacks" : "defends") + " claim \(event.parentIndex)"
    case .stepProven(let event):
      "one step is executed on L1: claim \(event.claimIndex) of game \(event.gameId) is wrong, "
        + "proven by \(event.prover.partyName)"
    case .resolved(let event): "game \(event.gameId) ends: \(event.status)"
    case .bondSlashed(let event):
      "\(event.account.partyName) loses \(event.amount.etherText) to \(event.beneficiary.partyName)"
    case .sequencerSlashed(let event):
      "the key of \(event.offender.partyName) is slashed: \(event.equivocation), \(event.burned.etherText) burned"
    case .creditClaimed(let event): "\(event.account.partyName) takes out \(event.amount.etherText)"
    default: nil
    }
  }
}

extension Address {
  /// The party with this address, or the address.
  var partyName: String {
    self == .zero ? "nobody" : DevnetParty(address: self)?.rawValue ?? "\(self)"
  }
}

extension UInt256 {
  /// An amount of wei, for a line that people read: in ether, or in wei when it is less than a thousand millions of them.
  var etherText: String {
    guard self >= 1_000_000_000 else { return "\(self) wei" }
    let (whole, rest) = quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
    guard !rest.isZero else { return "\(whole) ether" }
    let digits = "\(rest)"
    var fraction = String(repeating: "0", count: 18 - digits.count) + digits
    while fraction.last == "0" { fraction.removeLast() }
    return "\(whole).\(fraction) ether"
  }
}

extension Hash256 {
  /// The first four bytes, for a line that people read.
  var short: String { String("\(self)".prefix(10)) }
}

extension ClosedRange<UInt64> {
  fileprivate var text: String { count == 1 ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)" }
}
