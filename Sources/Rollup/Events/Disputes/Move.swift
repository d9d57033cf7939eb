package import Primitives

/// A claim is answered by another in a dispute game.
package struct Move: EventPayload {
  package static var kind: EventKind { .move }

  package var gameId: UInt64

  /// Of the new claim; counted from 0 in each game, 0 being the root.
  package var claimIndex: UInt64

  /// Of the claim that it answers.
  package var parentIndex: UInt64

  package var position: GamePosition

  /// An `OutputClaim` down to the split depth, a `StepState` below it.
  package var claim: Hash256

  package var claimant: Address

  /// Whether it says that its parent is wrong, rather than what comes after.
  package var isAttack: Bool

  /// In wei.
  package var bond: UInt256

  package init(
    gameId: UInt64, claimIndex: UInt64, parentIndex: UInt64, position: GamePosition, claim: Hash256, claimant: Address,
    isAttack: Bool, bond: UInt256
  ) {
    self.gameId = gameId
    self.claimIndex = claimIndex
    self.parentIndex = parentIndex
    self.position = position
    self.claim = claim
    self.claimant = claimant
    self.isAttack = isAttack
    self.bond = bond
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    claimIndex = try fields.readUInt64()
    parentIndex = try fields.readUInt64()
    position = try GamePosition(&fields)
    claim = try fields.readHash256()
    claimant = try fields.readAddress()
    isAttack = try fields.readFlag()
    bond = try fields.readUInt256()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(claimIndex)
    fields.append(parentIndex)
    position.append(to: &fields)
    fields.append(claim)
    fields.append(claimant)
    fields.append(flag: isAttack)
    fields.append(bond)
  }
}
