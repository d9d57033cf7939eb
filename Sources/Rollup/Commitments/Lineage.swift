import Hashing
package import Primitives

/// What an output, or a claim of a dispute game, stands on: itself and everything that it extends or answers, in one hash.
///
/// Indexes of outputs, games and claims are given anew when L1 is reorganised. Whoever stakes on one names its lineage
/// beside the index, so that what was sent for one can never hit another. Genesis has its own claim.
package enum Lineage {
  /// Of an output: keccak-256 of RLP[lineage of what it extends, claim, l2BlockNumber, number of l1Head, hash of l1Head].
  package static func output(
    after parent: Hash256, claim: Hash256, l2BlockNumber: UInt64, l1Head: BlockID
  ) -> Hash256 {
    var writer = RLPWriter(capacity: 160)
    writer.list { fields in
      fields.append(parent)
      fields.append(claim)
      fields.append(l2BlockNumber)
      fields.append(l1Head.number)
      fields.append(l1Head.hash)
    }
    return Keccak256.hash(writer.bytes)
  }

  /// Of an answer: keccak-256 of RLP[lineage of what it answers, position, claim]. Claim 0 of a game has its output's.
  package static func claim(after parent: Hash256, position: GamePosition, claim: Hash256) -> Hash256 {
    var writer = RLPWriter(capacity: 80)
    writer.list { fields in
      fields.append(parent)
      fields.append(position.index)
      fields.append(claim)
    }
    return Keccak256.hash(writer.bytes)
  }
}
