package import Primitives

/// What a shared sequencer says the order is: a rollup's part of one block of Espresso's HotShot, as it was heard. It decides
/// nothing: L1 does.
package struct EspressoBlockObserved: EventPayload {
  /// How far the node could check it.
  package enum ProofStatus: UInt64, CaseIterable, Sendable {
    /// A namespace proof against `headerCommitment` was checked.
    case proven = 0
    /// Most of the queried nodes said the same.
    case majority = 1
    /// One node's word.
    case unproven = 2
  }

  package static var kind: EventKind { .espressoBlockObserved }

  /// HotShot's block number.
  package var hotShotHeight: UInt64

  /// Commitment to the HotShot header.
  package var headerCommitment: Hash256

  /// Which part of the block is the rollup's.
  package var namespace: UInt64

  /// The namespace's transactions in order, byte for byte as received.
  package var transactions: [[UInt8]]

  package var proofStatus: ProofStatus

  /// Where it came from, as UTF-8.
  package var source: [UInt8]

  /// In milliseconds since 1970, by this node's clock.
  package var receivedAt: UInt64

  /// Size of the ledger at arrival, which fixes one order over both logs.
  package var ledgerPosition: UInt64

  /// Hash of the ledger's last leaf at arrival; zero for an empty one.
  package var ledgerLeaf: Hash256

  package init(
    hotShotHeight: UInt64, headerCommitment: Hash256, namespace: UInt64, transactions: [[UInt8]],
    proofStatus: ProofStatus, source: [UInt8], receivedAt: UInt64, ledgerPosition: UInt64, ledgerLeaf: Hash256
  ) {
    self.hotShotHeight = hotShotHeight
    self.headerCommitment = headerCommitment
    self.namespace = namespace
    self.transactions = transactions
    self.proofStatus = proofStatus
    self.source = source
    self.receivedAt = receivedAt
    self.ledgerPosition = ledgerPosition
    self.ledgerLeaf = ledgerLeaf
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    hotShotHeight = try fields.readUInt64()
    headerCommitment = try fields.readHash256()
    namespace = try fields.readUInt64()
    transactions = try fields.readAll { (items) throws(RLPError) in try items.readBytes().bytes }
    proofStatus = try fields.readChoice("a proof's status is a number from 0 to 2")
    source = try fields.readBytes().bytes
    receivedAt = try fields.readUInt64()
    ledgerPosition = try fields.readUInt64()
    ledgerLeaf = try fields.readHash256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(hotShotHeight)
    fields.append(headerCommitment)
    fields.append(namespace)
    fields.list { items in
      for transaction in transactions { items.append(bytes: transaction) }
    }
    fields.append(proofStatus.rawValue)
    fields.append(bytes: source)
    fields.append(receivedAt)
    fields.append(ledgerPosition)
    fields.append(ledgerLeaf)
  }
}
