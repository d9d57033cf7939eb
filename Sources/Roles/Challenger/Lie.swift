import Hashing
package import Primitives
import Rollup
import StateTransition

/// What a dishonest player claims: from a step of a block on, another state than the data gives. Scenarios and simulations
/// play it against the honest.
package struct Lie: Hashable, Sendable {
  /// The first block whose state is another.
  package var block: UInt64

  /// Its first step whose state is another.
  package var step: UInt64

  /// What is claimed after the block, and after every later one.
  package var claim: Hash256

  package init(block: UInt64, step: UInt64, claim: Hash256) {
    self.block = block
    self.step = step
    self.claim = claim
  }

  /// What is claimed after a step; nil where the truth is told.
  func claim(after index: UInt64, ofBlock number: UInt64, _ trace: BlockTrace<StateArchive>) -> Hash256? {
    if number > block { return claim }
    guard number == block else { return nil }
    if index >= UInt64(trace.points.count) { return claim }
    return index >= step ? Keccak256.hash(trace.claim(after: index).bytes + claim.bytes) : nil
  }
}
