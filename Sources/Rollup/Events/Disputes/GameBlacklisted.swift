package import Primitives

/// A game that the guardian took out: whatever comes of it counts for nothing.
package struct GameBlacklisted: EventPayload {
  package static var kind: EventKind { .gameBlacklisted }

  package var gameId: UInt64

  package init(gameId: UInt64) {
    self.gameId = gameId
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(gameId)
  }
}
