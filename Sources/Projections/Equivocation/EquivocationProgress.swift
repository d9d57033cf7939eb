package import Primitives
import Rollup
package import Testimony

/// How far the view has come, and what it knows of the rollup's settings.
package struct EquivocationProgress: Hashable, Sendable {
  /// The first L1 block that is known, and the newest. Of the newest it is not yet known what all it says.
  package private(set) var firstL1Block: UInt64?
  package private(set) var l1Head: UInt64 = 0

  package var finalized: UInt64 = 0

  /// Testimonies so far, of whatever kind.
  package var testimonies: UInt64 = 0

  /// Accusations so far.
  package var accusations: UInt64 = 0

  /// Which key's word counts, and from which L1 origin on.
  package private(set) var keys: KeyIntervals

  /// In L1 blocks; `RollupConfiguration`'s.
  package var sequencingWindow: UInt64 { didSet { longestWindow = max(longestWindow, sequencingWindow) } }
  package var slashingWindow: UInt64

  /// The longest sequencing window that there ever was, on any branch of L1.
  package private(set) var longestWindow: UInt64

  /// Whether another key's word ever counted, on any branch of L1: what it had stored can be what a block extends,
  /// which L1 may have left, and whoever extended it not.
  package private(set) var wasKeyChanged = false

  /// Whether a batch was ever stored, on any branch, with blocks that its signature does not bind, as the contract once
  /// took them: they are nobody's word.
  package var hasUnboundBlocks = false

  init(_ rollup: RollupConfiguration?) {
    keys = KeyIntervals(rollup.map { [.init(from: 0, key: $0.sequencer)] } ?? [])
    sequencingWindow = rollup?.sequencingWindow ?? 0
    slashingWindow = rollup?.slashingWindow ?? 0
    longestWindow = rollup?.sequencingWindow ?? 0
  }

  mutating func begin(_ l1Block: UInt64) {
    firstL1Block = min(firstL1Block ?? l1Block, l1Block)
    l1Head = l1Block
  }

  mutating func leave(to ancestor: UInt64) {
    l1Head = ancestor
    keys.leave(to: ancestor)
  }

  mutating func change(to key: Address, atL1Block number: UInt64) {
    if !keys.isOnly(key), key != .zero { wasKeyChanged = true }
    keys.change(to: key, atL1Block: number)
  }

  /// Whether everything is known of L1 blocks up to and with this one.
  func isKnown(_ l1Block: UInt64) -> Bool {
    guard let firstL1Block else { return false }
    return l1Block < l1Head && firstL1Block <= l1Block
  }

  /// Zero where nobody may sign; nil where it is not known, or no rollup.
  package func authority(atL1Origin number: UInt64) -> Address? {
    isKnown(number) ? keys.key(atL1Origin: number) : nil
  }

  /// Whether all that L1 ever stored was this key's word, forced blocks aside; nil where that is not known.
  func isOnlyKey(_ key: Address, through last: UInt64) -> Bool? {
    if wasKeyChanged || !keys.isOnly(key) { return false }
    return !hasUnboundBlocks && isKnown(last) ? true : nil
  }

  /// Whether the key's word ever counted, on the branch of L1 that is known now.
  func hadAuthority(_ key: Address) -> Bool { keys.all.contains { $0.key == key } }

  /// Whether the key's last interval ended so long ago that nothing can be taken from it.
  package func isPastSlashing(_ key: Address) -> Bool {
    keys.isPastSlashing(key, window: slashingWindow, atL1Block: l1Head)
  }

  /// L1 blocks in which the key was changed, ascending.
  package var keyChanges: [UInt64] { keys.all.dropFirst().map(\.from) }

  /// Every key whose word ever counted, on the branch of L1 that is known now, in the order in which it first did.
  var knownKeys: [Address] {
    var seen: Set<Address> = []
    return keys.all.map(\.key).filter { seen.insert($0).inserted }
  }

  /// Keys that are past slashing since an L1 block and were not before. O(changes of the key).
  func keysPastSlashing(since l1Block: UInt64) -> [Address] {
    keys.endings(window: slashingWindow, atL1Block: l1Block).filter(isPastSlashing)
  }
}

extension EquivocationProgress: RLPRow {
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    firstL1Block = try fields.readOptional { item throws(RLPError) in try item.readUInt64() }
    l1Head = try fields.readUInt64()
    finalized = try fields.readUInt64()
    testimonies = try fields.readUInt64()
    accusations = try fields.readUInt64()
    let intervals = try fields.readAll { items throws(RLPError) in
      var item = try items.readList()
      let interval = KeyIntervals.Interval(from: try item.readUInt64(), key: try item.readAddress())
      try item.finish()
      return interval
    }
    keys = KeyIntervals(intervals)
    sequencingWindow = try fields.readUInt64()
    slashingWindow = try fields.readUInt64()
    longestWindow = try fields.readUInt64()
    wasKeyChanged = try fields.readFlag()
    hasUnboundBlocks = try fields.readFlag()
    try fields.finish()
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.appendOptional(firstL1Block) { $0.append($1) }
      for number in [l1Head, finalized, testimonies, accusations] { fields.append(number) }
      fields.list { items in
        for interval in keys.all {
          items.list { item in
            item.append(interval.from)
            item.append(interval.key)
          }
        }
      }
      fields.append(sequencingWindow)
      fields.append(slashingWindow)
      fields.append(longestWindow)
      fields.append(flag: wasKeyChanged)
      fields.append(flag: hasUnboundBlocks)
    }
  }
}
