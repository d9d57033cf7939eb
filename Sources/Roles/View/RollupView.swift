package import Primitives
package import Rollup
package import StateTransition

/// The rollup as the canonical ledger tells it up to an L1 block: what every role decides by.
///
/// A value and a pure fold: equal facts give equal views, and a copy is a point to come back to when L1 is reorganised.
/// States are kept by hash in an archive beside it, which only grows.
package struct RollupView: Sendable {
  package let configuration: ChainConfiguration

  /// Canonical L1 blocks, the first of which is block 0.
  package private(set) var l1Blocks: [L1Entry] = []

  /// L2 blocks in order; block n at index n − 1.
  package internal(set) var blocks: [ExecutedBlock] = []

  /// Those of `blocks` that forced messages made, oldest first.
  package internal(set) var forcedBlocks: [ForcedBlock] = []

  /// What derivation dropped, with the L1 block in which that became known.
  package internal(set) var rejections: [BatchRejected] = []

  /// What the contract knows of the order, batch 1 first.
  package internal(set) var batches: [BatchEntry] = []
  package internal(set) var messages: [MessageEntry] = []

  /// Settings and the L1 block since which they hold, oldest first.
  package internal(set) var settings: [SettingsEntry]

  package internal(set) var outputs: [OutputEntry] = []

  /// How many outputs, counted from the first, are all final or deleted: roles need not look at them again.
  var settledOutputs = 0

  /// Of those, the final and true one about the newest block.
  var bestSettled: Int?

  package internal(set) var games: [GameEntry] = []

  /// What the contract owes to each account.
  package internal(set) var credits: [Address: UInt256] = [:]

  /// What stands behind each key of a sequencer.
  package internal(set) var sequencerBonds: [Address: UInt256] = [:]

  package internal(set) var derivation: Derivation
  var storage = DerivationMemory()

  /// The L1 block that is being read.
  private(set) var current: L1Entry

  /// The claim and the header that everything begins with.
  package let genesis: ExecutedBlock.Result

  /// Before the first fact; the archive gets the genesis state.
  package init(_ configuration: ChainConfiguration, archive: inout StateArchive) throws(ViewError) {
    guard let rollup = configuration.rollup, let claim = configuration.genesisClaim,
      let execution = RollupSettings(configuration)
    else { throw .notARollup }
    self.configuration = configuration
    settings = [SettingsEntry(from: 0, settings: rollup, execution: execution)]
    genesis = ExecutedBlock.Result(
      header: configuration.genesisHeader, hash: configuration.genesisHeader.hash, claim: claim, fates: [])
    current = L1Entry(id: rollup.genesisOrigin, timestamp: 0, safeHead: 0)
    do { derivation = try Derivation(configuration) } catch { throw .derivation(error) }
    archive.add(GenesisState(of: configuration.allocation))
    archive.add(header: configuration.genesisHeader.encode())
  }

  /// The newest L1 block; nil before the first.
  package var l1Head: BlockID? { l1Blocks.last?.id }

  /// L1 time, in seconds.
  package var l1Time: UInt64 { current.timestamp }

  /// Number of the newest L2 block that L1's data gives.
  package var safeHead: UInt64 { UInt64(blocks.count) }

  /// Settings as they are now.
  package var currentSettings: RollupConfiguration { settings[settings.count - 1].settings }

  /// The L1 block of the oldest forced inclusion that makes no block yet, because data before it is missing; nil when there
  /// is none. O(batches that wait).
  package var waitingForcedInclusion: UInt64? {
    guard let awaited = derivation.awaitedBatch else { return nil }
    return batches[(Int(awaited) - 1)...].first { if case .forced = $0.content { true } else { false } }?.l1Block
  }

  /// The index that the next batch gets.
  package var nextBatchIndex: UInt64 { UInt64(batches.count) + 1 }

  /// Header and claim of an L2 block; nil beyond the newest.
  package func result(of number: UInt64) -> ExecutedBlock.Result? {
    if number == 0 { return genesis }
    return number <= safeHead ? blocks[Int(number) - 1].result : nil
  }

  /// The canonical L1 block with this number; nil when there is none yet.
  package func l1Block(_ number: UInt64) -> L1Entry? {
    guard let first = l1Blocks.first?.id.number, number >= first, number - first < UInt64(l1Blocks.count) else {
      return nil
    }
    return l1Blocks[Int(number - first)]
  }

  /// How many messages came up to and with an L1 block. O(log n).
  package func messageCount(throughL1Block number: UInt64) -> UInt64 {
    var (low, high) = (0, messages.count)
    while low < high {
      let middle = low + (high - low) / 2
      if messages[middle].l1Block <= number { low = middle + 1 } else { high = middle }
    }
    return UInt64(low)
  }

  /// Whether an L1 block is canonical here.
  package func isCanonical(_ id: BlockID) -> Bool { l1Block(id.number)?.id == id }

  mutating func begin(_ entry: L1Entry) {
    current = entry
    l1Blocks.append(entry)
  }

  mutating func noteSafeHead() {
    if !l1Blocks.isEmpty { l1Blocks[l1Blocks.count - 1].safeHead = safeHead }
  }

  /// The settings for an L2 block with this L1 origin. O(changes).
  package func settings(atL1Block number: UInt64) -> SettingsEntry {
    settings.last { $0.from <= number } ?? settings[0]
  }
}

/// Why a ledger cannot be understood: it is no rollup's, or contradicts itself.
package enum ViewError: Error, Sendable, CustomStringConvertible {
  case notARollup
  case derivation(DerivationError)
  /// A block of the order cannot be carried out for want of something; never because of what is in it.
  case execution(block: UInt64, StepError)

  package var description: String {
    switch self {
    case .notARollup: "the ledger's chain is no rollup"
    case .derivation(let error): error.description
    case .execution(let block, let error): "L2 block \(block): \(error)"
    }
  }
}
