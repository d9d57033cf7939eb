package import Primitives

/// Whose word counts, and from which L1 origin on, as the changes of the sequencer's key say.
package struct KeyIntervals: Hashable, Sendable {
  package struct Interval: Hashable, Sendable {
    package var from: UInt64
    package var key: Address

    package init(from: UInt64, key: Address) {
      self.from = from
      self.key = key
    }
  }

  /// Ascending; each ends where the next begins.
  package private(set) var all: [Interval]

  package init(_ all: [Interval]) {
    self.all = all
  }

  /// A later change in the same L1 block takes the place of an earlier one, as in the contract.
  package mutating func change(to key: Address, atL1Block number: UInt64) {
    if all.last?.from == number { all.removeLast() }
    all.append(Interval(from: number, key: key))
  }

  /// Forgets the changes of L1 blocks behind this one.
  package mutating func leave(to ancestor: UInt64) {
    all.removeAll { $0.from > ancestor }
  }

  /// Zero where nobody may sign; nil without any key.
  package func key(atL1Origin number: UInt64) -> Address? { all.last { $0.from <= number }?.key }

  /// Whether no other key's word counts anywhere; that nobody's does, is none.
  package func isOnly(_ key: Address) -> Bool { all.allSatisfy { $0.key == key || $0.key == .zero } }

  /// Whether the key's last interval ended more than `window` L1 blocks ago: nothing can be taken from it any more.
  package func isPastSlashing(_ key: Address, window: UInt64, atL1Block head: UInt64) -> Bool {
    guard all.last?.key != key, let index = all.lastIndex(where: { $0.key == key }) else { return false }
    let (end, overflows) = all[index + 1].from.addingReportingOverflow(window)
    return !overflows && head > end
  }

  /// Keys of which an interval's window is over since exactly this L1 block.
  package func endings(window: UInt64, atL1Block head: UInt64) -> [Address] {
    guard head > 0 else { return [] }
    return zip(all, all.dropFirst()).filter { _, next in
      let (end, overflows) = next.from.addingReportingOverflow(window)
      return !overflows && end == head - 1
    }.map(\.0.key)
  }
}
