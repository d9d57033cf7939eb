package import Primitives

/// A game is over.
package struct Resolved: EventPayload {
  package static var kind: EventKind { .resolved }

  package var gameId: UInt64

  package var status: GameStatus

  package init(gameId: UInt64, status: GameStatus) {
    self.gameId = gameId
    self.status = status
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    status = try fields.readChoice("status is a number from 0 to 2")
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(status.rawValue)
  }
}
