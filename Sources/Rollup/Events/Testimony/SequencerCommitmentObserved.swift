package import Primitives

/// A signed word about the order, as it was heard. It decides nothing: L1 does. Conflicting ones are kept above all.
package struct SequencerCommitmentObserved: EventPayload {
  /// How `raw` is to be read.
  package enum Format: UInt64, CaseIterable, Sendable {
    /// `SignedCommitment`.
    case varve = 0
    /// A block of the OP Stack's gossip.
    case op = 1
    /// A message of Arbitrum Nitro's feed.
    case nitro = 2
  }

  package static var kind: EventKind { .sequencerCommitmentObserved }

  /// What was signed, with the signature, byte for byte as received.
  package var raw: [UInt8]

  package var format: Format

  /// Recovered from the signature; nil when it names nobody.
  package var signer: Address?

  /// The block that was committed to; nil when its body did not come.
  package var block: SequencedBlock?

  /// Where it came from, as UTF-8.
  package var source: [UInt8]

  /// In milliseconds since 1970, by this node's clock.
  package var receivedAt: UInt64

  /// Size of the ledger at arrival, which fixes one order over both logs.
  package var ledgerPosition: UInt64

  /// Hash of the ledger's last leaf at arrival; zero for an empty one.
  package var ledgerLeaf: Hash256

  package init(
    raw: [UInt8], format: Format, signer: Address?, block: SequencedBlock?, source: [UInt8], receivedAt: UInt64,
    ledgerPosition: UInt64, ledgerLeaf: Hash256
  ) {
    self.raw = raw
    self.format = format
    self.signer = signer
    self.block = block
    self.source = source
    self.receivedAt = receivedAt
    self.ledgerPosition = ledgerPosition
    self.ledgerLeaf = ledgerLeaf
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    raw = try fields.readBytes().bytes
    format = try fields.readChoice("format is a number from 0 to 2")
    signer = try fields.readOptional { (item) throws(RLPError) in try item.readAddress() }
    block = try fields.readOptional { (item) throws(RLPError) in try SequencedBlock(&item) }
    source = try fields.readBytes().bytes
    receivedAt = try fields.readUInt64()
    ledgerPosition = try fields.readUInt64()
    ledgerLeaf = try fields.readHash256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(bytes: raw)
    fields.append(format.rawValue)
    fields.appendOptional(signer) { (item, value) in item.append(value) }
    fields.appendOptional(block) { (item, value) in value.append(to: &item) }
    fields.append(bytes: source)
    fields.append(receivedAt)
    fields.append(ledgerPosition)
    fields.append(ledgerLeaf)
  }
}
