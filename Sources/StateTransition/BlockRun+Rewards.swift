import Primitives
import Rollup

extension BlockRun {
  /// Pays the miners of the block and of its uncles (yellow paper, section 11.3). Nothing since the merge.
  mutating func payRewards(
    uncles: [BlockHeader], in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) {
    let number = header.number
    guard uncles.count <= BlockReward.greatestUncleCount else {
      throw .invalidUncle(block: number, index: BlockReward.greatestUncleCount, reason: .tooMany(uncles.count))
    }
    let reward = BlockReward(of: rules.blockReward)
    for (index, uncle) in uncles.enumerated() {
      guard uncle.number < number, let share = reward.uncleShare(depth: number - uncle.number) else {
        throw .invalidUncle(block: number, index: index, reason: .depth(number: uncle.number))
      }
      if !share.isZero { try credit(share, to: uncle.beneficiary, in: view) }
    }
    let own = reward.minerShare(uncleCount: uncles.count)
    if !own.isZero { try credit(own, to: header.beneficiary, in: view) }
    journal.endTransaction(clearingEmptyAccounts: rules.clearsEmptyAccounts)
  }
}
