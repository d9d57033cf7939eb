package import Primitives
package import Rollup

/// What a transaction did, as the receipts trie holds it (yellow paper, section 4.4.1; EIP-658, EIP-2718).
package struct Receipt: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    /// Before Byzantium: the state root after the transaction.
    case stateRoot(Hash256)
    /// Since Byzantium (EIP-658): whether the transaction succeeded.
    case succeeded(Bool)
  }

  /// The transaction's type (EIP-2718); 0 for a legacy one.
  package let type: UInt8

  package let outcome: Outcome

  /// Gas used by the block up to and with this transaction.
  package let cumulativeGasUsed: UInt64

  /// The filter of the logs.
  package let bloom: LogsBloom

  /// In the order in which they were made; none when the transaction failed.
  package let logs: [Log]

  /// A receipt; the bloom filter is computed.
  package init(type: UInt8 = 0, outcome: Outcome, cumulativeGasUsed: UInt64, logs: [Log] = []) {
    self.type = type
    self.outcome = outcome
    self.cumulativeGasUsed = cumulativeGasUsed
    self.logs = logs
    bloom = LogsBloom(of: logs)
  }

  /// The value in the receipts trie: RLP of outcome, cumulative gas, bloom, logs, after the type when that is not 0.
  ///
  /// - Parameter withBloom: else the bloom is left out, which is nearly all of most receipts.
  package func encode(withBloom: Bool = true) -> [UInt8] {
    var writer = RLPWriter(capacity: withBloom ? 320 : 64)
    writer.list { list in
      switch outcome {
      case .stateRoot(let root): list.append(root)
      case .succeeded(let succeeded): list.append(succeeded ? 1 as UInt64 : 0)
      }
      list.append(cumulativeGasUsed)
      if withBloom { list.append(bytes: bloom.bytes) }
      list.list { items in
        for log in logs { log.append(to: &items) }
      }
    }
    return type == 0 ? writer.bytes : [type] + writer.bytes
  }
}
