import Primitives
import Rollup
import StateTransition

/// Executions of blocks, step by step, each made once: many claims of many games are about one block, and a game goes on
/// for many L1 blocks.
package final class BlockTraces {
  /// By all that an execution depends on: the context commits to the transactions, to the messages, and to the state before
  /// them by the parent's hash. So it does not matter which branch of L1 has the block.
  private var known: [RollupBlockContext: BlockTrace<StateArchive>] = [:]

  private var used: Set<RollupBlockContext> = []

  package init() {}

  /// The execution of a block onto the state with this root, which the archive has.
  func trace(
    of block: ExecutedBlock, onto parentRoot: Hash256, _ archive: StateArchive
  ) throws(StepError) -> BlockTrace<StateArchive> {
    used.insert(block.context)
    if let trace = known[block.context] { return trace }
    let trace = try BlockTrace(
      block.context, messages: block.messages, transactions: block.derived.block.transactions, onto: parentRoot,
      data: archive)
    known[block.context] = trace
    return trace
  }

  /// Keeps only what was asked for since this was called last.
  func forgetUnused() {
    known = known.filter { used.contains($0.key) }
    used = []
  }
}
