package import Primitives

/// Which key could sign the order when, and what stands behind each.
package struct KeyHistory: Equatable, Sendable {
  private struct Interval: Equatable, Sendable {
    var from: UInt64
    var key: Address
  }

  private var intervals = AppendList<Interval>()

  /// What stands behind each key, in wei.
  package private(set) var bonds: [Address: UInt256] = [:]

  /// L1 block since which a key that once had authority has none.
  private var retired: [Address: UInt64] = [:]

  private var slashed: Set<Address> = []

  init(_ key: Address) {
    intervals.append(Interval(from: 0, key: key))
  }

  /// The key that may sign now; zero when nobody may.
  package var current: Address { intervals[intervals.count - 1].key }

  /// The key that may sign blocks with this L1 origin; zero when nobody may. O(log n).
  package func key(atL1Origin number: UInt64) -> Address {
    intervals[intervals.partitionPoint { $0.from <= number } - 1].key
  }

  /// The L1 block since which the key has no authority; nil when it has, or never had.
  package func retiredSince(_ key: Address) -> UInt64? {
    key == current ? nil : retired[key]
  }

  package func isSlashed(_ key: Address) -> Bool { slashed.contains(key) }

  package func bond(of key: Address) -> UInt256 { bonds[key] ?? .zero }

  /// From this L1 block on another key may sign; a later change in the same block takes the place of an earlier one.
  mutating func change(to key: Address, atL1Block number: UInt64) {
    let last = intervals.count - 1
    if current != .zero { retired[current] = number }
    if intervals[last].from == number {
      intervals[last].key = key
    } else {
      intervals.append(Interval(from: number, key: key))
    }
  }

  mutating func addBond(_ amount: UInt256, to key: Address) {
    bonds[key, default: .zero] += amount
  }

  /// Takes all that stands behind the key.
  mutating func takeBond(of key: Address) -> UInt256 {
    bonds.removeValue(forKey: key) ?? .zero
  }

  mutating func markSlashed(_ key: Address) {
    slashed.insert(key)
  }
}
