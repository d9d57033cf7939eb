package import Primitives
import Rollup

/// What a transaction did, as the receipts trie holds it (yellow paper, section 4.4.1).
///
/// A plain transfer logs nothing, so the list of logs is empty, and the bloom filter over them is zero.
package struct Receipt: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    /// Before Byzantium: the state root after the transaction.
    case stateRoot(Hash256)
    /// Since Byzantium (EIP-658): whether the transaction succeeded.
    case succeeded(Bool)
  }

  package let outcome: Outcome

  /// Gas used by the block up to and with this transaction.
  package let cumulativeGasUsed: UInt64

  package init(outcome: Outcome, cumulativeGasUsed: UInt64) {
    self.outcome = outcome
    self.cumulativeGasUsed = cumulativeGasUsed
  }

  /// The value in the receipts trie: RLP of outcome, cumulative gas, bloom, logs.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 320)
    writer.list { list in
      switch outcome {
      case .stateRoot(let root): list.append(root)
      case .succeeded(let succeeded): list.append(succeeded ? 1 as UInt64 : 0)
      }
      list.append(cumulativeGasUsed)
      list.append(bytes: LogsBloom.empty.bytes)
      list.list { _ in }
    }
    return writer.bytes
  }
}
