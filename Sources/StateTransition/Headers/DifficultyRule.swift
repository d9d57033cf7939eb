package import Primitives
package import Rollup

/// How a block's difficulty follows from its parent (yellow paper, section 4.4.4).
///
/// difficulty = max(2¹⁷, parent + parent/2048 · factor + bomb), where the factor comes from the time between the
/// blocks and the bomb doubles every 100,000 blocks. A row per fork says how the factor is found and by how many
/// blocks the bomb is put off.
package struct DifficultyRule: Hashable, Sendable {
  /// How the factor comes from the seconds between a block and its parent.
  package enum Adjustment: Hashable, Sendable {
    /// 1 below 13 seconds, else −1.
    case threshold
    /// 1 − seconds/10, at least −99 (EIP-2).
    case tenSeconds
    /// (2 if the parent has uncles, else 1) − seconds/9, at least −99 (EIP-100).
    case nineSecondsAndUncles
    /// No difficulty at all (EIP-3675).
    case proofOfStake
  }

  package let adjustment: Adjustment

  /// Blocks by which the bomb is put off.
  package let bombDelay: UInt64

  /// The least difficulty: 2¹⁷.
  package static let leastDifficulty: UInt256 = 131_072

  private static let lowestFactor: Int64 = -99
  private static let bombPeriod: UInt64 = 100_000

  /// The row of `fork`.
  package init(of fork: Fork) {
    (adjustment, bombDelay) =
      switch fork {
      case .frontier: (.threshold, 0)
      case .homestead, .tangerineWhistle, .spuriousDragon: (.tenSeconds, 0)
      case .byzantium: (.nineSecondsAndUncles, 3_000_000)  // EIP-649
      case .constantinople, .petersburg, .istanbul: (.nineSecondsAndUncles, 5_000_000)  // EIP-1234
      case .muirGlacier, .berlin: (.nineSecondsAndUncles, 9_000_000)  // EIP-2384
      case .london: (.nineSecondsAndUncles, 9_700_000)  // EIP-3554
      case .arrowGlacier: (.nineSecondsAndUncles, 10_700_000)  // EIP-4345
      case .grayGlacier: (.nineSecondsAndUncles, 11_400_000)  // EIP-5133
      default: (.proofOfStake, 0)
      }
  }

  /// Difficulty of a block that comes after `parent`. What exceeds 256 bits is held at the greatest number.
  ///
  /// - Precondition: the timestamp is not below the parent's.
  package func difficulty(number: UInt64, timestamp: UInt64, parent: BlockHeader) -> UInt256 {
    let hasUncles = parent.ommersHash != HeaderRules.noOmmersHash
    guard let factor = factor(seconds: timestamp - parent.timestamp, parentHasUncles: hasUncles) else { return .zero }
    let step = parent.difficulty >> 11
    // At most 99/2048 of the parent goes away, so this cannot fall below zero.
    let adjusted =
      factor < 0
      ? parent.difficulty - step * UInt256(factor.magnitude)
      : parent.difficulty.saturatingSum(step * UInt256(factor.magnitude))
    return max(adjusted.saturatingSum(bomb(at: number)), DifficultyRule.leastDifficulty)
  }

  /// What the parent's difficulty is changed by, in 2048ths; nil for no difficulty at all.
  private func factor(seconds: UInt64, parentHasUncles: Bool) -> Int64? {
    switch adjustment {
    case .threshold: seconds < 13 ? 1 : -1
    case .tenSeconds: max(1 - Int64(seconds / 10), DifficultyRule.lowestFactor)
    case .nineSecondsAndUncles: max((parentHasUncles ? 2 : 1) - Int64(seconds / 9), DifficultyRule.lowestFactor)
    case .proofOfStake: nil
    }
  }

  /// 2^(period − 2), from the third period on. On mainnet the bomb was added during Frontier, before it could tell.
  private func bomb(at number: UInt64) -> UInt256 {
    let period = number.saturatingDifference(bombDelay) / DifficultyRule.bombPeriod
    guard period >= 2 else { return .zero }
    return period - 2 < 256 ? UInt256.one << Int(period - 2) : .max
  }
}
