import Primitives
package import Rollup
package import StateTransition

/// A block of the embedded L1, whole.
package struct EmbeddedBlock: Equatable, Sendable {
  package let header: BlockHeader
  package let rawHeader: [UInt8]
  package let id: BlockID
  package let transactions: [L1Transaction]

  /// One for each transaction.
  package let receipts: [L1Receipt]

  /// What the rollup contract said, in order.
  package let facts: [L1Fact]

  init(header: BlockHeader, transactions: [L1Transaction], receipts: [L1Receipt], contract: Address) {
    self.header = header
    rawHeader = header.encode()
    id = header.id
    self.transactions = transactions
    self.receipts = receipts
    facts = EmbeddedBlock.facts(of: receipts, number: header.number, contract: contract)
  }

  /// The block as a node follows it.
  package var block: L1Block {
    L1Block(header: header, rawHeader: rawHeader, id: id, facts: facts, completeness: .embedded)
  }

  /// The contract's logs as events. Blocks of a batch share the coordinates of the record that they follow.
  private static func facts(of receipts: [L1Receipt], number: UInt64, contract: Address) -> [L1Fact] {
    var facts: [L1Fact] = []
    var logIndex: UInt32 = 0
    for (transactionIndex, receipt) in receipts.enumerated() {
      for log in receipt.logs {
        defer { logIndex += 1 }
        guard log.address == contract, let event = Event(log: log) else { continue }
        var coordinates = L1Coordinates(
          blockNumber: number, transactionIndex: UInt32(transactionIndex), logIndex: logIndex)
        if event.kind == .blockSequenced, let last = facts.last { coordinates = last.coordinates }
        facts.append(L1Fact(coordinates: coordinates, event: event))
      }
    }
    return facts
  }
}

extension Event {
  /// The event that a log of the rollup contract is; nil for what is none.
  package init?(log: Log) {
    guard log.topics.count == 1, let number = UInt64(exactly: UInt256(log.topics[0])),
      let rawKind = UInt16(exactly: number), let event = try? Event(rawKind: rawKind, payload: log.data.rawSpan)
    else { return nil }
    self = event
  }
}
