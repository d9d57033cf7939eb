// What an event says, field by field, under the names of Docs/Events.md.

import Hashing
import Primitives
import Rollup

extension Event {
  /// The decoded fields.
  var details: Details {
    switch self {
    case .chainConfigured(let event): event.configuration.details
    case .l1BlockAppended(let event): event.details
    case .sequencerBatchDelivered(let event): event.details
    case .blockSequenced(let event): event.details
    case .outputProposed(let event): event.details
    case .l1Finalized(let event): Details(facts: [("block", event.block.value)])
    case .l1Reorged(let event): event.details
    case .configUpdated, .messageDelivered, .forceIncluded, .batchDataDelivered, .disputeGameCreated, .move,
      .stepProven, .claimResolved, .resolved, .gameBlacklisted, .outputsDeleted, .outputFinalized, .withdrawalProven,
      .withdrawalFinalized, .bondDeposited, .bondLocked, .bondReleased, .bondSlashed, .rewardPaid, .creditClaimed,
      .sequencerSlashed, .paused, .unpaused, .sequencerCommitmentObserved, .feedGap, .espressoBlockObserved,
      .l1TransactionIncluded:
      Details(fieldsOf: payload)
    }
  }
}

extension Details {
  /// The stored properties of a payload, which bear the names of the format's fields.
  fileprivate init(fieldsOf payload: Any) {
    for field in Mirror(reflecting: payload).children {
      guard let name = field.label, let value = Details.value(field.value) else { continue }
      add(name, value)
    }
  }

  /// Nil for an optional field without a value.
  private static func value(_ field: Any) -> Value? {
    switch field {
    case let number as UInt64: return .number(number)
    case let flag as Bool: return .flag(flag)
    case let bytes as [UInt8]: return .text(Hex.encode(bytes))
    case let list as [[UInt8]]: return .list(list.map { .text(Hex.encode($0)) })
    case let block as BlockID: return block.value
    case let block as SequencedBlock: return .text("\(block.variant)")
    default:
      let mirror = Mirror(reflecting: field)
      guard mirror.displayStyle == .optional else { return .text("\(field)") }
      return mirror.children.first.flatMap { value($0.value) }
    }
  }
}

extension BlockID {
  fileprivate var value: Details.Value {
    .object(Details(facts: [("number", .number(number)), ("hash", .hash(hash))]))
  }
}

extension ChainConfiguration {
  fileprivate var details: Details {
    var details = Details()
    details.add("chainID", .text("\(chainID)"))
    details.add("configurationHash", .hash(hash))
    details.add("genesisHash", .hash(genesisHeader.hash))
    details.add("genesisStateRoot", .hash(genesisHeader.stateRoot))
    details.add("accounts", .number(UInt64(allocation.count)))
    let forks = forks.activations.map { activation in
      Details(facts: [("fork", .text(activation.fork.name)), ("start", .number(activation.start))])
    }
    details.add("forks", .list(forks.map { .object($0) }))
    return details
  }
}

extension L1BlockAppended {
  fileprivate var details: Details {
    var details = Details()
    if let header = try? BlockHeader(rlp: header.rawSpan) {
      details.add("number", .number(header.number))
      details.add("hash", .hash(header.hash))
      details.add("parentHash", .hash(header.parentHash))
      details.add("timestamp", .number(header.timestamp))
      details.add("stateRoot", .hash(header.stateRoot))
    }
    details.add("headerBytes", .number(UInt64(header.count)))
    details.add("canonicalAccBefore", .hash(canonicalAccBefore))
    details.add("completeness", .text("\(completeness)"))
    return details
  }
}

extension SequencerBatchDelivered {
  fileprivate var details: Details {
    var details = Details()
    details.add("batchIndex", .number(batchIndex))
    details.add("beforeAcc", .hash(beforeAcc))
    details.add("afterAcc", .hash(afterAcc))
    details.add("firstBlock", .number(firstBlock))
    details.add("lastBlock", .number(lastBlock))
    details.add("messagesConsumed", .number(messagesConsumed))
    details.add("poster", .text("\(poster)"))
    details.add("signedCommitment", .text(Hex.encode(signedCommitment)))
    details.add("dataHash", .hash(dataHash))
    details.add("dataLocation", .text("\(dataLocation)"))
    details.add("data", .text("\(data)"))
    return details
  }
}

extension BlockSequenced {
  fileprivate var details: Details {
    var details = Details()
    details.add("batchIndex", .number(batchIndex))
    details.add("indexInBatch", .number(indexInBatch))
    switch block {
    case .ethereum(let bytes): details.addBlock(bytes)
    case .rollup(let block): details.addBlock(block)
    }
    return details
  }
}

extension Details {
  fileprivate mutating func addBlock(_ block: RollupBlock) {
    add("number", .number(block.number))
    add("orderCommitment", .hash(block.order.commitment))
    add("parentOrder", .hash(block.parentOrder))
    add("timestamp", .number(block.timestamp))
    add("l1Origin", block.l1Origin.value)
    add("messagesConsumed", .number(block.messagesConsumed))
    add("transactions", .list(block.transactions.map { .hash(Keccak256.hash($0)) }))
  }

  fileprivate mutating func addBlock(_ bytes: [UInt8]) {
    add("blockBytes", .number(UInt64(bytes.count)))
    guard let block = try? EthereumBlock(rlp: bytes.rawSpan) else { return }
    add("number", .number(block.header.number))
    add("hash", .hash(block.header.hash))
    add("beneficiary", .text("\(block.header.beneficiary)"))
    add("gasUsed", .number(block.header.gasUsed))
    add("transactions", .list(block.transactions.map { .hash(Keccak256.hash($0)) }))
    add("uncles", .list(block.uncles.map { .hash($0.hash) }))
    if let withdrawals = block.withdrawals { add("withdrawals", .number(UInt64(withdrawals.count))) }
  }
}

extension OutputProposed {
  fileprivate var details: Details {
    var details = Details()
    details.add("outputIndex", .number(outputIndex))
    details.add("outputVersion", .number(outputVersion))
    details.add("outputRoot", .hash(outputRoot))
    details.add("claim", .hash(claim))
    details.add("stateRoot", .hash(stateRoot))
    details.add("blockHash", .hash(blockHash))
    details.add("l2BlockNumber", .number(l2BlockNumber))
    details.add("l1Head", l1Head.value)
    if let parentOutput { details.add("parentOutput", .number(parentOutput)) }
    details.add("proposer", .text("\(proposer)"))
    details.add("bond", .text("\(bond)"))
    return details
  }
}

extension L1Reorged {
  fileprivate var details: Details {
    var details = Details()
    details.add("oldTip", oldTip.value)
    details.add("newTip", newTip.value)
    details.add("commonAncestor", commonAncestor.value)
    details.add("revokedFrom", .number(revokedFrom.rawValue))
    details.add("revokedTo", .number(revokedTo.rawValue))
    return details
  }
}
