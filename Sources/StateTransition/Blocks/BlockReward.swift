package import Primitives

/// How the reward of a block is shared out (yellow paper, section 11.3). In wei.
package struct BlockReward: Hashable, Sendable {
  private let full: UInt256

  /// The shares of a block whose fork rewards it with `full`.
  package init(of full: UInt256) {
    self.full = full
  }

  /// A block names at most two uncles.
  package static var greatestUncleCount: Int { 2 }

  /// An uncle is at most six blocks older than the block that names it.
  package static var greatestUncleDepth: UInt64 { 6 }

  /// What the miner of an uncle `depth` blocks older gets: (8 − depth) / 8; nil when it is too old, or not older.
  package func uncleShare(depth: UInt64) -> UInt256? {
    guard depth >= 1, depth <= BlockReward.greatestUncleDepth else { return nil }
    return (full * UInt256(8 - depth)) >> 3
  }

  /// What the miner of the block gets: the reward, and 1/32 of it for each uncle.
  package func minerShare(uncleCount: Int) -> UInt256 {
    full + (full >> 5) * UInt256(UInt64(uncleCount))
  }
}
