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

  package var count: UInt64 { UInt64(messages.count) }

  /// The message at `index`; nil when there is none.
  package subscript(index: UInt64) -> Message? { messages[checked: index] }

  /// After the last message; zero before the first.
  package var accumulator: Hash256 { messages.last?.accumulator ?? .zero }

  package var last: Message? { messages.last }

  mutating func append(_ message: Message) {
    messages.append(message)
  }

  /// How many messages came up to and with an L1 block. O(log n).
  package func count(throughL1Block number: UInt64) -> UInt64 {
    UInt64(messages.partitionPoint { $0.l1Block <= number })
  }

  /// How many messages may be forced in at an L1 block, by both of their deadlines. O(log n).
  package func overdueCount(atL1Block number: UInt64, timestamp: UInt64) -> UInt64 {
    UInt64(messages.partitionPoint { $0.deadlineBlock <= number && $0.deadlineTime <= timestamp })
  }
}
