import Primitives
import Rollup
import Testimony

/// What a file shows of L1 to a reader who trusts certain hashes. What rests on others is as if it were not there.
struct FileFacts: EquivocationFacts {
  typealias Failure = Never

  private let domain: CommitmentDomain?

  /// Headers under an L1 block that is trusted.
  let l1: L1Segment?

  /// What a trusted log has recorded, in order; empty without one.
  private let events: [LogExcerpt.Entry]

  /// The rollup's configuration, which its id commits to: it needs nobody's word.
  private let rollup: RollupConfiguration?

  /// Whether the records are those of a log that is trusted.
  let isLogTrusted: Bool

  /// Checks what is there, trusted or not.
  init(
    domain: CommitmentDomain?, l1: L1Segment?, log: LogExcerpt?, trusting trusted: Set<Hash256>
  ) throws(EvidenceError) {
    self.domain = domain
    let all = try log?.events() ?? []
    let configurations = all.compactMap { entry -> ChainConfiguration? in
      if case .chainConfigured(let event) = entry.event { event.configuration } else { nil }
    }
    for configuration in configurations {
      guard let domain, configuration.rollupId == domain.rollupId,
        configuration.rollup?.contract == domain.contract, configuration.rollup?.l1ChainID == domain.l1ChainID
      else { throw .otherRollup }
    }
    rollup = configurations.first?.rollup
    let hasL1 = l1.map { trusted.contains($0.head.hash) } ?? false
    isLogTrusted = log.map { trusted.contains($0.root) } ?? false
    if !trusted.isEmpty, l1 != nil || log != nil, !hasL1, !isLogTrusted {
      throw .untrusted(l1: l1?.head.hash, log: log?.root)
    }
    self.l1 = hasL1 ? l1 : nil
    events = isLogTrusted ? all : []
  }

  func isCanonical(_ block: BlockID) -> Bool? { l1?.hash(ofBlock: block.number).map { $0 == block.hash } }

  func forcedInclusion(from first: UInt64, through last: UInt64) -> ForcedInclusion {
    // Before the rollup's first L1 block there was no contract.
    let first = max(first, rollup?.genesisOrigin.number ?? first)
    let recorded = events.first {
      $0.event.kind == .forceIncluded && $0.coordinates.blockNumber >= first && $0.coordinates.blockNumber <= last
    }
    if let recorded { return .inBlock(recorded.coordinates.blockNumber) }
    guard let domain, let l1, l1.excludes(.forceIncluded, of: domain.contract, from: first, through: last) else {
      return .unknown
    }
    return .none
  }

  /// The configuration's sequencing window, while headers show that nothing of the configuration was changed.
  func longestWait(through block: UInt64) -> UInt64? {
    guard let rollup, let domain, let l1 else { return nil }
    let first = rollup.genesisOrigin.number + 1
    return l1.excludes(.configUpdated, of: domain.contract, from: first, through: block) ? rollup.sequencingWindow : nil
  }

  /// On whose word it rests that a key's word counts.
  enum AuthorityBasis {
    /// The configuration that the rollup's id commits to, and the filters of all headers since, under a trusted L1 block.
    case l1
    /// Records under a trusted root, of which whoever made the file chose those that are here.
    case log
  }

  func authorityBasis(atL1Origin number: UInt64) -> (key: Address, basis: AuthorityBasis)? {
    guard let rollup, let domain else { return nil }
    let genesis = rollup.genesisOrigin.number
    if let l1, number >= genesis,
      number == genesis || l1.excludes(.configUpdated, of: domain.contract, from: genesis + 1, through: number)
    {
      return (rollup.sequencer, .l1)
    }
    return isLogTrusted ? (intervals.key(atL1Origin: number) ?? rollup.sequencer, .log) : nil
  }

  func authority(atL1Origin number: UInt64) -> Address? { authorityBasis(atL1Origin: number)?.key }

  /// A change of the key can be left out of records, and not out of headers.
  func isAuthorityShown(atL1Origin number: UInt64) -> Bool { authorityBasis(atL1Origin: number)?.basis == .l1 }

  func heldThroughout(_ key: Address, from first: UInt64, through last: UInt64) -> Bool? {
    if intervals.changes(from: key, behind: first, through: last) { return false }
    if first == last { return true }
    // Records could be left out; the filters of headers could not.
    guard let domain, let l1, l1.excludes(.configUpdated, of: domain.contract, from: first + 1, through: last) else {
      return nil
    }
    return true
  }

  /// Which key counts from which origin on, by the records.
  private var intervals: KeyIntervals {
    var intervals = KeyIntervals([.init(from: 0, key: rollup?.sequencer ?? .zero)])
    for entry in events {
      guard case .configUpdated(let change) = entry.event, case .sequencer(let key) = change.update else { continue }
      intervals.change(to: key, atL1Block: entry.coordinates.blockNumber)
    }
    return intervals
  }

  /// Whether the records show that another key's word counts since.
  func isRetired(_ key: Address) -> Bool { intervals.all.last?.key != key && intervals.all.contains { $0.key == key } }

  /// How late it is, the trusted L1 block says.
  func isPastSlashing(_ key: Address) -> Bool {
    guard let rollup, let l1, isLogTrusted else { return false }
    return intervals.isPastSlashing(key, window: rollup.slashingWindow, atL1Block: l1.head.number)
  }

  /// A batch that a trusted log has recorded.
  struct StoredBatch {
    var index: UInt64

    /// Whether L1 has the block that it stands in; nil when neither is shown.
    var isOnL1: Bool?
  }

  /// The batch that carries a commitment, as far as a trusted log has recorded one; one that L1 has before others.
  func batch(carrying signedCommitment: [UInt8]) -> StoredBatch? {
    var found: StoredBatch?
    for (place, entry) in events.enumerated() {
      guard case .sequencerBatchDelivered(let batch) = entry.event, batch.signedCommitment == signedCommitment else {
        continue
      }
      let isOnL1 = blockHash(ofRecord: place).flatMap { hash in
        l1?.hash(ofBlock: entry.coordinates.blockNumber).map { $0 == hash }
      }
      if isOnL1 == true { return StoredBatch(index: batch.batchIndex, isOnL1: true) }
      found = found ?? StoredBatch(index: batch.batchIndex, isOnL1: isOnL1)
    }
    return found
  }

  /// The hash of the L1 block that a record stands in: of the block whose record is the last before it, none being left out
  /// between. A record that L1 has revoked stays in the log.
  private func blockHash(ofRecord place: Int) -> Hash256? {
    let number = events[place].coordinates.blockNumber
    for index in (0..<place).reversed() {
      guard events[index].position.rawValue + 1 == events[index + 1].position.rawValue else { return nil }
      if case .l1BlockAppended(let block) = events[index].event {
        return events[index].coordinates.blockNumber == number ? block.headerHash : nil
      }
    }
    return nil
  }
}
