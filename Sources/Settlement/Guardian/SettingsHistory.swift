package import Rollup
package import StateTransition

/// The contract's settings, now and at every earlier L1 block: a block on L2 is made by those of its L1 origin.
package struct SettingsHistory: Equatable, Sendable {
  private struct Entry: Equatable, Sendable {
    var from: UInt64

    /// What executing a block takes of them, forks included.
    var execution: RollupSettings
  }

  private var entries = AppendList<Entry>()

  /// As they are now.
  package private(set) var current: RollupConfiguration

  /// What executing a block takes of them now.
  package private(set) var execution: RollupSettings

  init(_ settings: RollupConfiguration, _ execution: RollupSettings) {
    current = settings
    self.execution = execution
    entries.append(Entry(from: 0, execution: execution))
  }

  /// What holds for the execution of blocks with an L1 origin: of the last change in that block or before it. O(log n) in
  /// changes.
  package func execution(atL1Block number: UInt64) -> RollupSettings {
    let index = entries.partitionPoint { $0.from <= number }
    return entries[max(index, 1) - 1].execution
  }

  /// From this L1 block on; a later change in the same block takes the place of an earlier one.
  mutating func change(_ update: ConfigUpdate, atL1Block number: UInt64) {
    current.apply(update)
    execution.apply(update)
    let last = entries.count - 1
    if entries[last].from == number {
      entries[last].execution = execution
    } else {
      entries.append(Entry(from: number, execution: execution))
    }
  }
}
