package import Primitives
package import Rollup
package import Settlement
package import StateTransition

/// An L1 block with all that a rollup's node wants of it.
package struct L1Block: Equatable, Sendable {
  package let header: BlockHeader

  /// RLP of the header, as it was hashed.
  package let rawHeader: [UInt8]

  package let id: BlockID

  /// What the rollup contract said, in order, where L1 has it: the records of the ledger for this block.
  package let facts: [L1Fact]

  /// How it is known that `facts` are all.
  package let completeness: L1BlockAppended.Completeness

  package var number: UInt64 { id.number }
  package var hash: Hash256 { id.hash }
  package var timestamp: UInt64 { header.timestamp }

  package init(
    header: BlockHeader, rawHeader: [UInt8], id: BlockID, facts: [L1Fact], completeness: L1BlockAppended.Completeness
  ) {
    self.header = header
    self.rawHeader = rawHeader
    self.id = id
    self.facts = facts
    self.completeness = completeness
  }
}

/// An event of the rollup contract, and where L1 has it.
package struct L1Fact: Equatable, Sendable {
  package let coordinates: L1Coordinates
  package let event: Event

  package init(coordinates: L1Coordinates, event: Event) {
    self.coordinates = coordinates
    self.event = event
  }
}

/// What became of a transaction.
package struct L1Receipt: Equatable, Sendable {
  package let transactionHash: Hash256

  /// The block that holds it.
  package let block: BlockID

  /// In the block.
  package let transactionIndex: UInt32

  /// Nil when it was carried out.
  package let failure: L1Failure?

  package let logs: [Log]
}

/// Why a transaction changed nothing but its block.
package enum L1Failure: Error, Hashable, Sendable {
  /// The sender has less than the transaction carries.
  case insufficientFunds(balance: UInt256, value: UInt256)
  /// The input is no call of the rollup contract.
  case malformedCall
  case reverted(Revert)
}

extension L1Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .insufficientFunds(let balance, let value): "the sender has \(balance) wei, the transaction carries \(value)"
    case .malformedCall: "the input is no call of the rollup contract"
    case .reverted(let revert): "reverted: \(revert)"
    }
  }
}

extension Event {
  /// The event as a log of the rollup contract: the kind's number is the only topic, the payload is the data.
  package func log(of contract: Address) -> Log {
    Log(address: contract, topics: [kind.logTopic], data: encode())
  }
}
