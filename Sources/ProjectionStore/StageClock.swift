#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
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

  /// What all threads together had of the processors while a stage ran.
  package private(set) var processorTime = Duration.zero
  private var processorTimeBefore = Duration.zero

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
    if current == nil, stage != nil { processorTimeBefore = Self.processorTime() }
    if current != nil, stage == nil { processorTime += Self.processorTime() - processorTimeBefore }
    current = stage
    since = now
  }

  private static func processorTime() -> Duration {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
