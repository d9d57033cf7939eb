package import Primitives

/// What became of one claim.
package struct ClaimResolved: EventPayload {
  package static var kind: EventKind { .claimResolved }

  package var gameId: UInt64

  package var claimIndex: UInt64

  /// Who proved it wrong, and has its bond; zero when nobody did.
  package var counteredBy: Address

  package init(gameId: UInt64, claimIndex: UInt64, counteredBy: Address) {
    self.gameId = gameId
    self.claimIndex = claimIndex
    self.counteredBy = counteredBy
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    claimIndex = try fields.readUInt64()
    counteredBy = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(claimIndex)
    fields.append(counteredBy)
  }
}
