package import Primitives
package import Rollup

/// The dispute about one output: a tree of claims about the state after each of its blocks and, below `splitDepth`, after
/// each step of one of them. As the OP Stack's fault dispute game, with two differences: a claim's answers settle it as
/// they are resolved, one by one, and the lower tree belongs to one block.
package struct DisputeGame: Equatable, Sendable {
  /// The output that claim 0 stands for.
  package let outputIndex: UInt64

  /// What it is played by, as of its creation.
  package let rules: GameRules

  /// The claim that the output extends, and that block's number.
  package let startClaim: Hash256
  package let startBlock: UInt64

  /// The output's own block. Behind it the last state repeats.
  package let endBlock: UInt64

  /// The L1 block up to which data counts.
  package let l1Head: BlockID

  package var status: GameStatus = .inProgress

  /// Claim 0 is the root. Empty once the game is over: then nothing is owed for any of them.
  package var claims = AppendList<GameClaim>()

  /// Which answers there are, to refuse the same once more.
  var answers: [AnswerKey: UInt64] = [:]

  struct AnswerKey: Hashable, Sendable {
    var parentIndex: UInt64
    var position: GamePosition
    var claim: Hash256
  }
}

/// The measures of a game.
package struct GameRules: Hashable, Sendable {
  /// Deepest claims about blocks.
  package var splitDepth: Int

  /// Deepest claims about steps.
  package var maxDepth: Int

  /// How long a side may think in all, in seconds.
  package var maxClockDuration: UInt64

  /// What a clock has left at least after a move, in seconds.
  package var clockExtension: UInt64

  package var bonds: BondSchedule

  package init(_ settings: RollupConfiguration) {
    splitDepth = Int(settings.splitDepth)
    maxDepth = Int(settings.maxDepth)
    maxClockDuration = settings.maxClockDuration
    clockExtension = settings.clockExtension
    bonds = settings.bonds
  }

  /// Depth of the tree over one block's steps: it has 2^stepDepth of them.
  package var stepDepth: Int { maxDepth - splitDepth - 1 }

  /// Steps of a block that the lower tree has room for.
  package var stepCount: UInt64 { 1 << UInt64(stepDepth) }

  /// What the mover's own clock shows at most after its move, so that it can still answer what answers the move. Twice the
  /// extension is left where that takes the whole trace of a block, or a proof.
  package func latestClock(afterMoveTo depth: Int) -> UInt64 {
    let isCostly = depth == splitDepth - 1 || depth == maxDepth - 1
    let left = isCostly ? clockExtension.saturatingSum(clockExtension) : clockExtension
    return maxClockDuration.saturatingDifference(left)
  }
}

/// One claim of a game.
package struct GameClaim: Equatable, Sendable {
  /// The claim that it answers; nil for the root.
  package var parentIndex: UInt64?

  package var position: GamePosition

  /// An `OutputClaim` down to the split depth; below it a `StepState`, or an `OutputClaim` where a block is closed.
  package var claim: Hash256

  /// What the claim stands on; see `Lineage`.
  package var lineage: Hash256

  package var claimant: Address

  /// In wei.
  package var bond: UInt256

  /// What the claimant's side had used of its time when the claim was made, and when that was.
  package var clock: GameClock

  /// Answers that are not resolved yet.
  package var openAnswers = 0

  /// The leftmost answer that stood, of several at one place the first; nil as long as there is none.
  package var counter: Counter?

  package var isResolved = false

  package struct Counter: Equatable, Sendable {
    package var position: GamePosition
    package var claimIndex: UInt64
    package var claimant: Address
  }
}

/// A side's chess clock at the moment it moved.
package struct GameClock: Hashable, Sendable {
  /// Seconds used.
  package var duration: UInt64

  /// L1 time, in seconds.
  package var timestamp: UInt64
}

extension DisputeGame {
  /// How much of its time the side that has to answer a claim has used. At most `maxClockDuration`.
  package func challengerDuration(of index: UInt64, at timestamp: UInt64) -> UInt64 {
    let claim = claims[Int(index)]
    let before = claim.parentIndex.map { claims[Int($0)].clock.duration } ?? 0
    let since = timestamp.saturatingDifference(claim.clock.timestamp)
    return min(before.saturatingSum(since), rules.maxClockDuration)
  }

  /// When the time to answer a claim is over, in seconds of L1 time.
  package func deadline(of index: UInt64) -> UInt64 {
    let claim = claims[Int(index)]
    let before = claim.parentIndex.map { claims[Int($0)].clock.duration } ?? 0
    return claim.clock.timestamp.saturatingSum(rules.maxClockDuration.saturatingDifference(before))
  }

  /// The block that a claim at this trace index of the upper tree is about.
  package func blockNumber(atTraceIndex index: UInt64) -> UInt64 {
    min(startBlock.saturatingSum(index).saturatingSum(1), endBlock)
  }

  /// From a claim up to the one about the same trace index as `position`. O(depth).
  func traceAncestor(of position: GamePosition, from index: UInt64, below depth: Int?) -> GameClaim {
    let wanted = depth.map { position.traceAncestor(below: $0) } ?? position.traceAncestor
    var claim = claims[Int(index)]
    while claim.position != wanted, let parent = claim.parentIndex { claim = claims[Int(parent)] }
    return claim
  }

  /// Which block the lower tree that holds a claim is about: what its trace begins with, and what was said of its end.
  /// O(depth).
  func dispute(of index: UInt64) -> BlockDispute {
    var (claim, claimIndex) = (claims[Int(index)], index)
    var traceRoot = claim
    while claim.position.depth > rules.splitDepth, let parent = claim.parentIndex {
      traceRoot = claim
      (claim, claimIndex) = (claims[Int(parent)], parent)
    }
    return dispute(of: claim, claimIndex, isAttack: traceRoot.position.parent == claim.position)
  }

  /// What a move against the claim at `index`, which stands at the split depth, is about.
  func dispute(ofLeaf index: UInt64, isAttack: Bool) -> BlockDispute {
    dispute(of: claims[Int(index)], index, isAttack: isAttack)
  }

  private func dispute(of leaf: GameClaim, _ index: UInt64, isAttack: Bool) -> BlockDispute {
    let traceIndex = leaf.position.indexAtDepth
    guard isAttack else {
      let end = traceAncestor(of: GamePosition(leaf.position.index + 1), from: index, below: nil)
      return BlockDispute(traceIndex: traceIndex + 1, start: leaf.claim, end: end)
    }
    guard traceIndex > 0 else { return BlockDispute(traceIndex: 0, start: startClaim, end: leaf) }
    let start = traceAncestor(of: GamePosition(leaf.position.index - 1), from: index, below: nil)
    return BlockDispute(traceIndex: traceIndex, start: start.claim, end: leaf)
  }
}

/// One block, as two claims of the upper tree enclose it.
struct BlockDispute: Equatable {
  /// The block's index in the upper tree.
  var traceIndex: UInt64

  /// Claim after the block before it, which both sides stand by.
  var start: Hash256

  /// Claim after the block, which one side denies.
  var end: GameClaim
}
