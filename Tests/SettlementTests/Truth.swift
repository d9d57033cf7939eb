import Hashing
import Primitives
import Rollup
import Settlement

/// What the state is after every block and after every step of each: all that an honest player knows.
struct Truth: Equatable, Sendable {
  var seed: UInt64

  /// Blocks from here on are others than in the world of `seed` alone; steps of that block from `wrongStep` on.
  var wrongBlock = UInt64.max
  var wrongStep = UInt64.max

  /// Steps of a block: an opening one, some transactions, a closing one.
  func stepCount(ofBlock number: UInt64) -> UInt64 { 2 + number % 3 }

  func output(
    _ number: UInt64, extending parent: UInt64? = nil, lineage: Hash256 = World.genesisLineage, l1Head: BlockID
  ) -> OutputSubmission {
    OutputSubmission(
      stateRoot: value(block: number, step: stepCount(ofBlock: number) - 1), messagePasserStorageRoot: .zero,
      blockHash: Hash256(seed, number, 1, 1), l2BlockNumber: number, parentOrder: .zero, l1OriginHash: .zero,
      batchIndex: 1, indexInBatch: number, messagesConsumed: 0, l1Head: l1Head, parentOutput: parent,
      parentLineage: lineage)
  }

  /// The claim after a block.
  func claim(_ number: UInt64) -> Hash256 {
    output(number, l1Head: BlockID(number: 0, hash: .zero)).claim.hash
  }

  /// The claim after a step of a block; past its last one the block's own.
  func claim(_ number: UInt64, after step: UInt64) -> Hash256 {
    step + 1 < stepCount(ofBlock: number) ? value(block: number, step: step) : claim(number)
  }

  private func value(block: UInt64, step: UInt64) -> Hash256 {
    let isWrong = block > wrongBlock || (block == wrongBlock && step >= wrongStep)
    var bytes: [UInt8] = []
    for word in [seed, block, step, isWrong ? 1 : 0] { bytes.append(bigEndian: word) }
    return Keccak256.hash(bytes)
  }

  /// What a player of this mind claims at a position of a game.
  func claim(at position: GamePosition, block: UInt64, in game: GameView) -> Hash256 {
    let rules = game.rules
    guard position.depth > rules.splitDepth else {
      return claim(game.blockNumber(position.traceIndex(maxDepth: rules.splitDepth)))
    }
    let steps: UInt64 = 1 << UInt64(rules.stepDepth)
    return claim(block, after: position.traceIndex(maxDepth: rules.maxDepth) % steps)
  }
}

/// The measures of a game as players need them.
struct GameView {
  let rules: GameRules
  let startBlock: UInt64
  let endBlock: UInt64

  init(_ game: DisputeGame) {
    rules = game.rules
    startBlock = game.startBlock
    endBlock = game.endBlock
  }

  func blockNumber(_ traceIndex: UInt64) -> UInt64 { min(startBlock + traceIndex + 1, endBlock) }
}

/// Knows the truth, and proves steps from it. A proof is the seed; from a state that is not true nothing can be proven.
struct TruthVerifier: StepVerifier {
  var truth: Truth
  var address: Address { .zero }

  var proof: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: truth.seed)
    return bytes
  }

  func postState(of step: DisputedStep, proof: [UInt8]) throws(StepProofError) -> Hash256 {
    guard proof == self.proof else { throw StepProofError("the proof is not the seed") }
    let number = step.blockNumber
    let isTrue: Bool
    if step.stepIndex == 0 {
      isTrue = step.preState == truth.claim(number - 1) || number == 1
    } else {
      isTrue = step.preState == truth.claim(number, after: step.stepIndex - 1)
    }
    guard isTrue else { throw StepProofError("the state before the step is not true") }
    return truth.claim(number, after: step.stepIndex)
  }
}
