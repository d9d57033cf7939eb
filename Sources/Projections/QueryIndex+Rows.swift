package import Primitives
package import Rollup

/// Where and when L1 has something.
package struct L1Moment: Hashable, Sendable {
  package let coordinates: L1Coordinates

  /// Of the L1 block.
  package let blockHash: Hash256

  /// Of the L1 block, in seconds.
  package let timestamp: UInt64
}

/// A block of L2, and where L1 has it.
package struct IndexedBlock: Hashable, Sendable {
  package let hash: Hash256

  /// In seconds.
  package let timestamp: UInt64

  /// What made it the next block: L1 fixed it there.
  package let stored: L1Moment

  package let place: DerivationCursor

  /// Whether rule made it rather than the sequencer.
  package let isForced: Bool

  /// Inbox messages and transactions of the order.
  package let messageCount, transactionCount: UInt64
}

/// A transaction at its place in the order.
package struct IndexedTransaction: Hashable, Sendable {
  /// The inbox message that it came by; nil for one of the sequencer's.
  package let messageIndex: UInt64?

  /// EIP-2718; 0x7e for a deposit. Nil for what is no transaction.
  package let type: UInt8?

  /// Nil where nobody can have signed it.
  package let sender: Address?

  /// Nil for one that makes a contract.
  package let to: Address?

  /// The contract that it made, if it succeeded.
  package let contract: Address?

  /// In wei.
  package let value: UInt256

  /// Nil for a deposit, and for what is no transaction.
  package let nonce: UInt64?

  package let outcome: Outcome

  package enum Outcome: Hashable, Sendable {
    /// Number of the receipt; what it says of success, which is nothing before Byzantium; gas; how many logs.
    case executed(receipt: UInt64, success: Bool?, gasUsed: UInt64, logCount: UInt64)

    /// It changed nothing, for a reason of `TransactionError.name`.
    case invalid(reason: String)
  }
}

/// What of a transaction an address was.
package struct AddressRoles: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let sender = AddressRoles(rawValue: 1)
  package static let recipient = AddressRoles(rawValue: 2)
  package static let created = AddressRoles(rawValue: 4)
}

/// An inbox message, and what became of it.
package struct IndexedMessage: Equatable, Sendable {
  package let message: MessageDelivered
  package let delivered: L1Moment

  /// The block that consumed it, and its index there; nil while none has.
  package var consumed: Consumption?

  package struct Consumption: Hashable, Sendable {
    package let block, index: UInt64
    package let isForced: Bool
    package let at: L1Moment
  }
}

/// An output about a block, and all that happened to it.
package struct IndexedOutput: Hashable, Sendable {
  package let outputRoot: Hash256
  package let proposer: Address

  /// In seconds of L1 time: from then on it cannot be disputed.
  package let challengeEnd: UInt64

  package var changes: [Change]

  package struct Change: Hashable, Sendable {
    package let kind: Kind

    /// Of a dispute.
    package let game: UInt64?
    package let at: L1Moment
  }

  package enum Kind: UInt64, CaseIterable, Sendable {
    case proposed = 0
    case disputed = 1
    /// A dispute that the output's proposer won.
    case defended = 2
    /// A dispute that the challenger won.
    case defeated = 3
    case deleted = 4
    case final = 5
    /// A dispute that ended undecided, because the output went with one that it extends.
    case cancelled = 6
    /// A dispute that the guardian took out, and the output with it.
    case blacklisted = 7
  }

  package var isFinal: Bool { changes.contains { $0.kind == .final } }
  package var isDeleted: Bool { changes.contains { $0.kind == .deleted } }

  /// The dispute that goes on.
  package var openGame: UInt64? {
    guard let last = changes.last(where: { $0.game != nil }), last.kind == .disputed else { return nil }
    return last.game
  }
}

/// A dispute, as far as it decides about its output.
struct IndexedGame: Hashable {
  let output: UInt64

  /// Whether the output's claim was settled against its proposer. A game that ends for the challenger without that has
  /// decided nothing: its output went for another reason.
  var isDefeated = false

  /// Whether the guardian took it out.
  var isBlacklisted = false
}
