package import Projections

/// Adds up what a run spends its time on. Costs a look at the clock per stage entered; without one, nothing is measured.
package final class StageClock: StageObserver {
  /// What is told apart.
  package enum Stage: Int, CaseIterable, Sendable {
    /// Reading and checking records, and turning them into events.
    case read
    /// Turning a block's bytes into a block.
    case decode
    /// Finding out who signed the transactions.
    case senders
    /// Applying the block to the state.
    case execute
    /// Applying the changes to the trie: new root, new nodes.
    case trie
    /// Putting rows into the batch.
    case rows
    /// Ordering the batch and committing it.
    case commit
  }

  /// Time spent in each stage so far, by `Stage.rawValue`.
  private var totals = [Duration](repeating: .zero, count: Stage.allCases.count)
  private var current: Stage?
  private var since = ContinuousClock.now

  package init() {}

  package func total(of stage: Stage) -> Duration { totals[stage.rawValue] }

  package func enter(_ stage: FoldStage) {
    switch stage {
    case .decode: begin(.decode)
    case .senders: begin(.senders)
    case .execute: begin(.execute)
    case .trie: begin(.trie)
    case .rows: begin(.rows)
    }
  }

  /// Ends the stage that runs and begins another; nil: none.
  func begin(_ stage: Stage?) {
    let now = ContinuousClock.now
    if let current { totals[current.rawValue] += now - since }
    current = stage
    since = now
  }
}
