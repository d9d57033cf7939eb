package import Primitives

/// The messages that users put into the contract, as far as the contract keeps them: by hash.
package struct Inbox: Equatable, Sendable {
  package struct Message: Hashable, Sendable {
    /// `MessageDelivered.afterInboxAcc`: commits to this message and all before it.
    package var accumulator: Hash256

    /// When it may be forced; never earlier than the message before it.
    package var deadlineBlock, deadlineTime: UInt64

    /// The L1 block that it came with.
    package var l1Block: UInt64
  }

  private var messages = AppendList<Message>()

  /// L2 gas that the messages of the last one's L1 block are charged with.
  private var chargedGas: UInt64 = 0

  package var count: UInt64 { UInt64(messages.count) }

  /// The message at `index`; nil when there is none.
  package subscript(index: UInt64) -> Message? { messages[checked: index] }

  /// After the last message; zero before the first.
  package var accumulator: Hash256 { messages.last?.accumulator ?? .zero }

  package var last: Message? { messages.last }

  /// - Parameter gas: the L2 gas that the message is charged with.
  mutating func append(_ message: Message, chargedGas gas: UInt64) {
    chargedGas = chargedGas(inL1Block: message.l1Block).saturatingSum(gas)
    messages.append(message)
  }

  /// The L2 gas that the messages of an L1 block are charged with, which is that of the next message.
  func chargedGas(inL1Block number: UInt64) -> UInt64 { last?.l1Block == number ? chargedGas : 0 }

  /// How many messages came up to and with an L1 block. O(log n).
  package func count(throughL1Block number: UInt64) -> UInt64 {
    UInt64(messages.partitionPoint { $0.l1Block <= number })
  }

  /// How many messages may be forced in at an L1 block, by both of their deadlines. O(log n).
  package func overdueCount(atL1Block number: UInt64, timestamp: UInt64) -> UInt64 {
    UInt64(messages.partitionPoint { $0.deadlineBlock <= number && $0.deadlineTime <= timestamp })
  }
}
