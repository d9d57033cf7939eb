package import Primitives

/// What code may ask about the transaction it runs in.
package struct TransactionEnvironment: Hashable, Sendable {
  /// Who signed the transaction.
  package var origin: Address

  /// Wei per gas that the sender pays: the effective price (EIP-1559).
  package var gasPrice: UInt256

  /// The versioned hashes of the transaction's blobs (EIP-4844).
  package var blobHashes: [Hash256]

  package init(origin: Address, gasPrice: UInt256, blobHashes: [Hash256] = []) {
    self.origin = origin
    self.gasPrice = gasPrice
    self.blobHashes = blobHashes
  }
}
