package import Rollup

/// The contract's settings, now and at every earlier L1 block: a block on L2 is made by those of its L1 origin.
package struct SettingsHistory: Equatable, Sendable {
  private struct Entry: Equatable, Sendable {
    var from: UInt64
    var settings: RollupConfiguration
  }

  private var entries = AppendList<Entry>()

  /// As they are now.
  package private(set) var current: RollupConfiguration

  init(_ settings: RollupConfiguration, from number: UInt64) {
    current = settings
    entries.append(Entry(from: number, settings: settings))
  }

  /// Those that hold for an L1 origin: of the last change in that block or before it. O(log n) in changes.
  package func settings(atL1Block number: UInt64) -> RollupConfiguration {
    let index = entries.partitionPoint { $0.from <= number }
    return entries[max(index, 1) - 1].settings
  }

  /// From this L1 block on; a later change in the same block takes the place of an earlier one.
  mutating func change(atL1Block number: UInt64, _ body: (inout RollupConfiguration) -> Void) {
    body(&current)
    let last = entries.count - 1
    if entries[last].from == number {
      entries[last].settings = current
    } else {
      entries.append(Entry(from: number, settings: current))
    }
  }
}
