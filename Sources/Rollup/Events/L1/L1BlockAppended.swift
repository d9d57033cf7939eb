import Hashing
package import Primitives

/// One L1 block; there is one of these for every L1 block, empty ones too.
package struct L1BlockAppended: EventPayload {
  /// How it is known that the block's other events are all there are.
  package enum Completeness: UInt64, CaseIterable, Sendable {
    /// The chain is the L1 itself: an embedded chain, or an imported one.
    case embedded = 0
    /// The block's logs bloom excludes the rollup contract.
    case bloomExcludes = 1
    /// The receipts root was recomputed from all receipts.
    case receiptsRootRecomputed = 2
    /// Somebody's word.
    case trustedEndpoint = 3
  }

  package static var kind: EventKind { .l1BlockAppended }

  /// RLP of the block's header, as it was hashed.
  package var header: [UInt8]

  /// `CanonicalAccumulator` over all L1 blocks before this one.
  package var canonicalAccBefore: Hash256

  package var completeness: Completeness

  package init(header: [UInt8], canonicalAccBefore: Hash256, completeness: Completeness) {
    self.header = header
    self.canonicalAccBefore = canonicalAccBefore
    self.completeness = completeness
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    header = try fields.readBytes().bytes
    canonicalAccBefore = try fields.readHash256()
    completeness = try fields.readChoice("completeness is a number from 0 to 3")
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(bytes: header)
    fields.append(canonicalAccBefore)
    fields.append(completeness.rawValue)
  }
}

extension L1BlockAppended {
  /// The block's hash: Keccak-256 of the header.
  package var headerHash: Hash256 { Keccak256.hash(header) }
}
