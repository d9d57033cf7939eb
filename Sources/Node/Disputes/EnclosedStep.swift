import Primitives
import Roles
import Rollup
import Settlement

/// The step that a claim at full depth is answered by, and what the game says before and after it: as the contract finds
/// them, from the game's records.
struct EnclosedStep {
  /// The L2 block; nil behind the output's own, where nothing is executed.
  var blockNumber: UInt64?

  /// 0 for the opening step.
  var stepIndex: UInt64

  var preState, postState: Hash256

  /// Whether the side of the disputed claim said what comes after.
  var isOwnSide: Bool

  /// - Parameters:
  ///   - index: of a claim at full depth.
  ///   - isAttack: whether the step to the claim's state is meant, or the one after it.
  ///   - startClaim: what the game begins with: the claim of the output that the disputed one extends.
  /// - Complexity: O(depth).
  init(against index: Int, isAttack: Bool, in game: GameEntry, startClaim: Hash256) {
    let claim = game.claims[index]
    let block = game.block(of: index, startClaim: startClaim)
    let (depth, split) = (claim.position.depth, game.rules.splitDepth)
    let place = claim.position.indexAtDepth % game.rules.stepCount
    var post = claim
    if isAttack {
      stepIndex = place
      preState =
        place == 0
        ? block.start
        : game.ancestor(of: index, at: GamePosition(claim.position.index - 1).traceAncestor(below: split)).claim
    } else {
      stepIndex = place + 1
      preState = claim.claim
      post = game.ancestor(of: index, at: GamePosition(claim.position.index + 1).traceAncestor(below: split))
    }
    postState = post.claim
    isOwnSide = (depth - post.position.depth).isMultiple(of: 2)
    let isPastEnd = game.startBlock + block.traceIndex >= game.endBlock
    blockNumber = isPastEnd ? nil : min(game.startBlock + block.traceIndex + 1, game.endBlock)
  }
}

extension GameEntry {
  /// Up from a claim to the one that stands at a position; the root when none does.
  fileprivate func ancestor(of index: Int, at wanted: GamePosition) -> ClaimEntry {
    var claim = claims[index]
    while claim.position != wanted, let parent = claim.parentIndex { claim = claims[Int(parent)] }
    return claim
  }

  /// Which block the lower tree that holds a claim is about, counted from the game's start, and what was said of the state
  /// before it.
  fileprivate func block(of index: Int, startClaim: Hash256) -> (traceIndex: UInt64, start: Hash256) {
    var (claim, at) = (claims[index], index)
    var traceRoot = claim
    while claim.position.depth > rules.splitDepth, let parent = claim.parentIndex {
      traceRoot = claim
      (claim, at) = (claims[Int(parent)], Int(parent))
    }
    let traceIndex = claim.position.indexAtDepth
    guard traceRoot.position.parent == claim.position else { return (traceIndex + 1, claim.claim) }
    guard traceIndex > 0 else { return (0, startClaim) }
    return (traceIndex, ancestor(of: at, at: GamePosition(claim.position.index - 1).traceAncestor).claim)
  }
}
