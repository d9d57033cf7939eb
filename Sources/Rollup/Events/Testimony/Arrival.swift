package import Primitives

/// Where the ledger stood when a testimony arrived: what fixes one order over both logs.
package struct Arrival: Hashable, Sendable {
  /// Size of the ledger. The testimony stands behind all records before this position, and before the one there.
  package let ledgerPosition: UInt64

  /// Hash of the ledger's last leaf; zero for an empty one.
  package let ledgerLeaf: Hash256

  package init(ledgerPosition: UInt64, ledgerLeaf: Hash256) {
    self.ledgerPosition = ledgerPosition
    self.ledgerLeaf = ledgerLeaf
  }
}

extension Event {
  /// Where the ledger stood when it arrived; nil for what is no testimony.
  package var arrival: Arrival? {
    switch self {
    case .sequencerCommitmentObserved(let event):
      Arrival(ledgerPosition: event.ledgerPosition, ledgerLeaf: event.ledgerLeaf)
    case .feedGap(let event): Arrival(ledgerPosition: event.ledgerPosition, ledgerLeaf: event.ledgerLeaf)
    case .espressoBlockObserved(let event):
      Arrival(ledgerPosition: event.ledgerPosition, ledgerLeaf: event.ledgerLeaf)
    default: nil
    }
  }
}
