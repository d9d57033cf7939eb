import Hashing
package import Primitives

/// Where the execution of one block stands between two steps: what a claim in the lower part of a dispute game is about.
package struct StepState: Hashable, Sendable {
  package var stateRoot: Hash256

  /// Gas used by the block so far.
  package var cumulativeGas: UInt64

  /// Blob gas used by the block so far.
  package var cumulativeBlobGas: UInt64

  /// How many transactions the executed block has so far. Less than `txIndex` when some could not be carried out: those
  /// have no place in it, and the next receipt's number is this one.
  package var executedCount: UInt64

  /// Root of the trie of the executed block's transactions so far. The order's own root holds the others too.
  package var transactionsTrieRoot: Hash256

  /// Root of the trie of the receipts so far.
  package var receiptsTrieRoot: Hash256

  /// Keccak-256 of the bloom over the logs so far.
  package var bloomHash: Hash256

  /// How many of the block's messages and transactions are done.
  package var txIndex: UInt64

  /// Keccak-256 of what stays the same over the block: its order and what the closing step needs.
  package var blockContextHash: Hash256

  package init(
    stateRoot: Hash256, cumulativeGas: UInt64, cumulativeBlobGas: UInt64, executedCount: UInt64,
    transactionsTrieRoot: Hash256, receiptsTrieRoot: Hash256, bloomHash: Hash256, txIndex: UInt64,
    blockContextHash: Hash256
  ) {
    self.stateRoot = stateRoot
    self.cumulativeGas = cumulativeGas
    self.cumulativeBlobGas = cumulativeBlobGas
    self.executedCount = executedCount
    self.transactionsTrieRoot = transactionsTrieRoot
    self.receiptsTrieRoot = receiptsTrieRoot
    self.bloomHash = bloomHash
    self.txIndex = txIndex
    self.blockContextHash = blockContextHash
  }

  /// `keccak(RLP[stateRoot, cumulativeGas, cumulativeBlobGas, executedCount, transactionsTrieRoot, receiptsTrieRoot,
  /// bloomHash, txIndex, blockContextHash])`.
  package var hash: Hash256 { Keccak256.hash(encode()) }

  /// The hash's preimage.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 192)
    append(to: &writer)
    return writer.bytes
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(stateRoot)
      fields.append(cumulativeGas)
      fields.append(cumulativeBlobGas)
      fields.append(executedCount)
      fields.append(transactionsTrieRoot)
      fields.append(receiptsTrieRoot)
      fields.append(bloomHash)
      fields.append(txIndex)
      fields.append(blockContextHash)
    }
  }

  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    stateRoot = try fields.readHash256()
    cumulativeGas = try fields.readUInt64()
    cumulativeBlobGas = try fields.readUInt64()
    executedCount = try fields.readUInt64()
    transactionsTrieRoot = try fields.readHash256()
    receiptsTrieRoot = try fields.readHash256()
    bloomHash = try fields.readHash256()
    txIndex = try fields.readUInt64()
    blockContextHash = try fields.readHash256()
    try fields.finish()
  }
}
