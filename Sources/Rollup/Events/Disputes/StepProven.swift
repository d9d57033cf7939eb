package import Primitives

/// One step was executed by a verifier, and its result contradicts a claim at full depth.
package struct StepProven: EventPayload {
  package static var kind: EventKind { .stepProven }

  package var gameId: UInt64

  /// Of the claim that fell.
  package var claimIndex: UInt64

  /// What the step began with, as a claim that stands in the game says.
  package var preState: Hash256

  /// What came out.
  package var postState: Hash256

  /// Keccak-256 of the proof's bytes.
  package var witnessHash: Hash256

  package var prover: Address

  /// Who vouches for the result: zero when the contract executed the step itself.
  package var verifier: Address

  package init(
    gameId: UInt64, claimIndex: UInt64, preState: Hash256, postState: Hash256, witnessHash: Hash256, prover: Address,
    verifier: Address
  ) {
    self.gameId = gameId
    self.claimIndex = claimIndex
    self.preState = preState
    self.postState = postState
    self.witnessHash = witnessHash
    self.prover = prover
    self.verifier = verifier
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    claimIndex = try fields.readUInt64()
    preState = try fields.readHash256()
    postState = try fields.readHash256()
    witnessHash = try fields.readHash256()
    prover = try fields.readAddress()
    verifier = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(claimIndex)
    fields.append(preState)
    fields.append(postState)
    fields.append(witnessHash)
    fields.append(prover)
    fields.append(verifier)
  }
}
