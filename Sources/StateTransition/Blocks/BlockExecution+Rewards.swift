import Primitives
import Rollup

extension BlockExecution {
  /// Pays the miners of the block and of its uncles (yellow paper, section 11.3). Nothing since the merge.
  mutating func payRewards(uncles: [BlockHeader]) throws(BlockError) {
    let number = context.number
    guard uncles.count <= BlockReward.greatestUncleCount else {
      throw .invalidUncle(block: number, index: BlockReward.greatestUncleCount, reason: .tooMany(uncles.count))
    }
    let reward = BlockReward(of: context.rules.blockReward)
    for (index, uncle) in uncles.enumerated() {
      guard uncle.number < number, let share = reward.uncleShare(depth: number - uncle.number) else {
        throw .invalidUncle(block: number, index: index, reason: .depth(number: uncle.number))
      }
      if !share.isZero { try credit(share, to: uncle.beneficiary) }
    }
    let own = reward.minerShare(uncleCount: uncles.count)
    if !own.isZero { try credit(own, to: context.beneficiary) }
  }
}
