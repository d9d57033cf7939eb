import Primitives
package import Rollup
package import StateTransition

/// What the rollup contract knows of the order, as far as one opening step asks for it; what it does not know, too. With it
/// the step can be executed where there is neither contract nor ledger.
package struct OrderFacts: Equatable, Sendable {
  package var configuration: ChainConfiguration

  /// By ascending index or L1 block number, each once.
  package var batches: [Answer<DisputedBatch?>] = []
  package var messages: [Answer<DisputedMessage?>] = []
  package var messageCounts: [Answer<UInt64>] = []
  package var settings: [Answer<RollupSettings>] = []

  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
  }

  /// What was said when this was asked for.
  package struct Answer<Value: Equatable & Sendable>: Equatable, Sendable {
    package var key: UInt64
    package var value: Value
  }
}

/// Passes questions about the order on, and remembers the answers. Belongs to one execution.
package final class OrderFactsRecorder<Order: DisputedOrder>: DisputedOrder {
  private let order: Order
  private let configuration: ChainConfiguration
  private var batches: [UInt64: DisputedBatch?] = [:]
  private var messages: [UInt64: DisputedMessage?] = [:]
  private var messageCounts: [UInt64: UInt64] = [:]
  private var settings: [UInt64: RollupSettings] = [:]

  package init(over order: Order, configuration: ChainConfiguration) {
    self.order = order
    self.configuration = configuration
  }

  package var l1Head: BlockID { order.l1Head }

  package func disputedBatch(_ index: UInt64) -> DisputedBatch? {
    let answer = order.disputedBatch(index)
    batches[index] = .some(answer)
    return answer
  }

  package func disputedMessage(_ index: UInt64) -> DisputedMessage? {
    let answer = order.disputedMessage(index)
    messages[index] = .some(answer)
    return answer
  }

  package func messageCount(throughL1Block number: UInt64) -> UInt64 {
    let answer = order.messageCount(throughL1Block: number)
    messageCounts[number] = answer
    return answer
  }

  package func settings(atL1Block number: UInt64) -> RollupSettings {
    let answer = order.settings(atL1Block: number)
    settings[number] = answer
    return answer
  }

  /// All that was asked.
  package var facts: OrderFacts {
    var facts = OrderFacts(configuration: configuration)
    facts.batches = batches.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }
    facts.messages = messages.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }
    facts.messageCounts = messageCounts.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }
    facts.settings = settings.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }
    return facts
  }
}

/// Answers from recorded facts, and knows afterwards whether they were exactly those that were needed. Belongs to one
/// execution.
final class OrderFactsReader: DisputedOrder {
  let l1Head: BlockID
  private let facts: OrderFacts
  private let recorder: OrderFactsRecorder<Lookup>

  init(_ facts: OrderFacts, l1Head: BlockID) {
    self.facts = facts
    self.l1Head = l1Head
    recorder = OrderFactsRecorder(over: Lookup(l1Head: l1Head, facts: facts), configuration: facts.configuration)
  }

  func disputedBatch(_ index: UInt64) -> DisputedBatch? { recorder.disputedBatch(index) }

  func disputedMessage(_ index: UInt64) -> DisputedMessage? { recorder.disputedMessage(index) }

  func messageCount(throughL1Block number: UInt64) -> UInt64 { recorder.messageCount(throughL1Block: number) }

  func settings(atL1Block number: UInt64) -> RollupSettings { recorder.settings(atL1Block: number) }

  /// Whether every question had its answer in the facts, and every answer its question.
  var isExact: Bool { recorder.facts == facts }

  /// What is not in the facts gets an answer all the same, which `isExact` then finds to be none of theirs.
  private struct Lookup: DisputedOrder {
    let l1Head: BlockID
    let facts: OrderFacts

    func disputedBatch(_ index: UInt64) -> DisputedBatch? {
      facts.batches.first { $0.key == index }.flatMap(\.value)
    }

    func disputedMessage(_ index: UInt64) -> DisputedMessage? {
      facts.messages.first { $0.key == index }.flatMap(\.value)
    }

    func messageCount(throughL1Block number: UInt64) -> UInt64 {
      facts.messageCounts.first { $0.key == number }?.value ?? 0
    }

    func settings(atL1Block number: UInt64) -> RollupSettings {
      if let entry = facts.settings.first(where: { $0.key == number }) { return entry.value }
      guard let settings = RollupSettings(facts.configuration) else {
        preconditionFailure("only a rollup's steps are proven")
      }
      return settings
    }
  }
}
