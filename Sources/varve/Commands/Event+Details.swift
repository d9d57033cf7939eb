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
    details.add("sequencerSignature", .text(Hex.encode(sequencerSignature)))
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
    guard case .ethereum(let bytes) = block else { return details }
    details.add("blockBytes", .number(UInt64(bytes.count)))
    guard let block = try? EthereumBlock(rlp: bytes.rawSpan) else { return details }
    details.add("number", .number(block.header.number))
    details.add("hash", .hash(block.header.hash))
    details.add("beneficiary", .text("\(block.header.beneficiary)"))
    details.add("gasUsed", .number(block.header.gasUsed))
    details.add("transactions", .list(block.transactions.map { .hash(Keccak256.hash($0)) }))
    details.add("uncles", .list(block.uncles.map { .hash($0.hash) }))
    if let withdrawals = block.withdrawals { details.add("withdrawals", .number(UInt64(withdrawals.count))) }
    return details
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
