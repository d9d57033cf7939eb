import Hashing
package import Primitives
package import Rollup

/// Which step is disputed, and what was said of it: all that the contract brings to a one-step proof.
package struct StepStatement: Equatable, Sendable {
  /// `ChainConfiguration.rollupId`.
  package var rollupId: Hash256

  package var gameId: UInt64

  /// The claim at full depth that is disputed.
  package var claimIndex: UInt64

  /// The L2 block, and its step: 0 for the opening one.
  package var blockNumber, stepIndex: UInt64

  /// Last L1 block whose data counts.
  package var l1Head: BlockID

  /// What the game says before the step.
  package var preState: Hash256

  /// What the game says after it, and whether the side of the disputed claim said so.
  package var postState: Hash256
  package var isOwnSide: Bool

  /// The order, for an opening step; any other step depends on nothing but `preState`.
  package var order: OrderFacts?

  package init(
    rollupId: Hash256, gameId: UInt64, claimIndex: UInt64, blockNumber: UInt64, stepIndex: UInt64, l1Head: BlockID,
    preState: Hash256, postState: Hash256, isOwnSide: Bool, order: OrderFacts? = nil
  ) {
    self.rollupId = rollupId
    self.gameId = gameId
    self.claimIndex = claimIndex
    self.blockNumber = blockNumber
    self.stepIndex = stepIndex
    self.l1Head = l1Head
    self.preState = preState
    self.postState = postState
    self.isOwnSide = isOwnSide
    self.order = order
  }

  /// What whoever checks a proof has to know from elsewhere: Keccak-256 of the encoding.
  package var hash: Hash256 {
    var writer = RLPWriter(capacity: 512)
    append(to: &writer)
    return Keccak256.hash(writer.bytes)
  }

  /// Whether the disputed claim is wrong when the step leads to `result`: its own side said something else, or the other
  /// side said just this.
  package func isRefuted(by result: Hash256) -> Bool { (result == postState) != isOwnSide }
}

extension StepStatement {
  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(rollupId)
      fields.append(gameId)
      fields.append(claimIndex)
      fields.append(blockNumber)
      fields.append(stepIndex)
      fields.append(l1Head.number)
      fields.append(l1Head.hash)
      fields.append(preState)
      fields.append(postState)
      fields.append(flag: isOwnSide)
      fields.appendOptional(order) { $1.append(to: &$0) }
    }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    rollupId = try fields.readHash256()
    gameId = try fields.readUInt64()
    claimIndex = try fields.readUInt64()
    blockNumber = try fields.readUInt64()
    stepIndex = try fields.readUInt64()
    let number = try fields.readUInt64()
    l1Head = BlockID(number: number, hash: try fields.readHash256())
    preState = try fields.readHash256()
    postState = try fields.readHash256()
    isOwnSide = try fields.readFlag()
    order = try fields.readOptional { value throws(RLPError) in try OrderFacts(&value) }
    try fields.finish()
  }
}
