package import Primitives

/// An output is disputed.
package struct DisputeGameCreated: EventPayload {
  package static var kind: EventKind { .disputeGameCreated }

  /// Counted from 0, over all games.
  package var gameId: UInt64

  package var outputIndex: UInt64

  /// The output's claim: claim 0 of the game, at the root of the tree, by the proposer.
  package var rootClaim: Hash256

  /// Whose first move follows.
  package var challenger: Address

  /// What stands behind the root claim: the output's bond, in wei.
  package var bond: UInt256

  package init(gameId: UInt64, outputIndex: UInt64, rootClaim: Hash256, challenger: Address, bond: UInt256) {
    self.gameId = gameId
    self.outputIndex = outputIndex
    self.rootClaim = rootClaim
    self.challenger = challenger
    self.bond = bond
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    outputIndex = try fields.readUInt64()
    rootClaim = try fields.readHash256()
    challenger = try fields.readAddress()
    bond = try fields.readUInt256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(outputIndex)
    fields.append(rootClaim)
    fields.append(challenger)
    fields.append(bond)
  }
}
