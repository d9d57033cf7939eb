public import Primitives

/// The hash of a complete subtree of 2^level leaves, the `index`-th of its level from the left.
@frozen
public struct Subtree: Equatable, Sendable {
  public let level: Int

  public let index: UInt64

  public let hash: Hash256

  @inlinable
  public init(level: Int, index: UInt64, hash: Hash256) {
    self.level = level
    self.index = index
    self.hash = hash
  }
}
