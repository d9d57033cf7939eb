package import Primitives

/// A feed skipped numbers: what was said in between was not heard.
package struct FeedGap: EventPayload {
  package static var kind: EventKind { .feedGap }

  /// Where the feed comes from, as UTF-8.
  package var source: [UInt8]

  /// First block number missed.
  package var from: UInt64

  /// Last block number missed.
  package var to: UInt64

  /// When the gap was seen, in milliseconds since 1970, by this node's clock.
  package var receivedAt: UInt64

  /// Size of the ledger at that moment.
  package var ledgerPosition: UInt64

  /// Hash of the ledger's last leaf at that moment; zero for an empty one.
  package var ledgerLeaf: Hash256

  package init(
    source: [UInt8], from: UInt64, to: UInt64, receivedAt: UInt64, ledgerPosition: UInt64, ledgerLeaf: Hash256
  ) {
    self.source = source
    self.from = from
    self.to = to
    self.receivedAt = receivedAt
    self.ledgerPosition = ledgerPosition
    self.ledgerLeaf = ledgerLeaf
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    source = try fields.readBytes().bytes
    from = try fields.readUInt64()
    to = try fields.readUInt64()
    receivedAt = try fields.readUInt64()
    ledgerPosition = try fields.readUInt64()
    ledgerLeaf = try fields.readHash256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(bytes: source)
    fields.append(from)
    fields.append(to)
    fields.append(receivedAt)
    fields.append(ledgerPosition)
    fields.append(ledgerLeaf)
  }
}
