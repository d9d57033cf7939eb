import Primitives
import Rollup
import Testimony

/// What a file shows of L1 to a reader who trusts certain hashes. What rests on others is as if it were not there.
struct FileFacts: EquivocationFacts {
  /// On what headers and records rest: what has to be trusted for all of them to count.
  static func hashes(_ l1: L1Segment?, _ log: LogExcerpt?) -> Set<Hash256> {
    Set([l1?.head.hash, log?.root].compactMap(\.self))
  }

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

  /// Which key counts from which origin on, by the records.
  private var intervals = KeyIntervals([])

  /// Every key that the records name, on whatever branch of L1.
  private var recordedKeys: Set<Address> = []

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
    if let genesis = rollup?.genesisOrigin, let hash = l1?.hash(ofBlock: genesis.number), hash != genesis.hash {
      throw .otherL1(genesis)
    }
    let hasL1 = l1.map { trusted.contains($0.head.hash) } ?? false
    isLogTrusted = log.map { trusted.contains($0.root) } ?? false
    if !trusted.isEmpty, l1 != nil || log != nil, !hasL1, !isLogTrusted {
      throw .untrusted(l1: l1?.head.hash, log: log?.root)
    }
    self.l1 = hasL1 ? l1 : nil
    events = isLogTrusted ? all : []
    if let rollup { intervals.change(to: rollup.sequencer, atL1Block: 0) }
    for entry in events {
      guard case .configUpdated(let change) = entry.event, case .sequencer(let key) = change.update else { continue }
      recordedKeys.insert(key)
      if !isDenied(entry) { intervals.change(to: key, atL1Block: entry.coordinates.blockNumber) }
    }
  }

  func isCanonical(_ block: BlockID) -> Bool? { l1?.hash(ofBlock: block.number).map { $0 == block.hash } }

  func forcedInclusion(from first: UInt64, through last: UInt64) -> ForcedInclusion {
    // Before the rollup's first L1 block there was no contract.
    let first = max(first, rollup?.genesisOrigin.number ?? first)
    if excludes(.forceIncluded, from: first, through: last) { return .none }
    let recorded = events.first {
      $0.event.kind == .forceIncluded && $0.coordinates.blockNumber >= first && $0.coordinates.blockNumber <= last
        && !isDenied($0)
    }
    return recorded.map { .inBlock($0.coordinates.blockNumber) } ?? .unknown
  }

  /// Whether trusted headers show that the contract said nothing of this kind in these L1 blocks.
  private func excludes(_ kind: EventKind, from first: UInt64, through last: UInt64) -> Bool {
    guard let domain, let l1 else { return false }
    return l1.excludes(kind, of: domain.contract, from: first, through: last)
  }

  /// Whether L1 has not said in that block what is recorded of it: what it has revoked stays in the log.
  private func isDenied(_ entry: LogExcerpt.Entry) -> Bool {
    excludes(entry.event.kind, from: entry.coordinates.blockNumber, through: entry.coordinates.blockNumber)
  }

  /// Whether the settings are known to be the configuration's up to and with an L1 block: headers show that none
  /// changed.
  private func isUnchanged(through block: UInt64) -> Bool {
    guard let rollup, l1 != nil, block >= rollup.genesisOrigin.number else { return false }
    return block == rollup.genesisOrigin.number
      || excludes(.configUpdated, from: rollup.genesisOrigin.number.next, through: block)
  }

  /// The configuration's sequencing window, while headers show that nothing of the configuration was changed.
  func longestWait(through block: UInt64) -> UInt64? {
    isUnchanged(through: block) ? rollup?.sequencingWindow : nil
  }

  /// On whose word it rests that a key's word counts.
  enum AuthorityBasis {
    /// The configuration that the rollup's id commits to, and the filters of all headers since, under a trusted L1 block.
    case l1
    /// Records under a trusted root, of which whoever made the file chose those that are here.
    case log
  }

  func authorityBasis(atL1Origin number: UInt64) -> (key: Address, basis: AuthorityBasis)? {
    guard let rollup else { return nil }
    if isUnchanged(through: number) { return (rollup.sequencer, .l1) }
    guard isLogTrusted, let key = intervals.key(atL1Origin: number) else { return nil }
    return (key, .log)
  }

  func authority(atL1Origin number: UInt64) -> Address? { authorityBasis(atL1Origin: number)?.key }

  /// A change of the key can be left out of records, and not out of headers.
  func isAuthorityShown(atL1Origin number: UInt64) -> Bool { authorityBasis(atL1Origin: number)?.basis == .l1 }

  /// A change that is recorded tells enough, whenever it was, and on whatever branch of L1; records could be left out,
  /// the filters of headers could not.
  func isOnlyKey(_ key: Address, through last: UInt64) -> Bool? {
    guard rollup != nil else { return nil }
    let isAnotherRecorded = recordedKeys.contains { $0 != key && $0 != .zero }
    if isAnotherRecorded || !intervals.isOnly(key) { return false }
    return isUnchanged(through: max(last, l1?.head.number ?? last)) ? true : nil
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

    /// Whether L1 has its data, which came with it or later.
    var hasData: Bool

    /// Whether its blocks can be derived; that they are, it takes all that L1 has before them to tell.
    var isWhole: Bool { isOnL1 == true && hasData }
  }

  /// The batch that carries a commitment, as far as a trusted log has recorded one; one that L1 has before others.
  func batch(carrying signedCommitment: [UInt8]) -> StoredBatch? {
    var found: StoredBatch?
    for (place, entry) in events.enumerated() {
      guard case .sequencerBatchDelivered(let batch) = entry.event, batch.signedCommitment == signedCommitment else {
        continue
      }
      let stored = StoredBatch(
        index: batch.batchIndex, isOnL1: isOnL1(place), hasData: batch.data == .present || hasData(batch))
      if stored.isWhole { return stored }
      if found?.isOnL1 != true { found = stored.isOnL1 == true ? stored : found ?? stored }
    }
    return found
  }

  /// Whether L1 has data that came for a batch later.
  private func hasData(_ batch: SequencerBatchDelivered) -> Bool {
    events.indices.contains { place in
      guard case .batchDataDelivered(let data) = events[place].event else { return false }
      return data.batchIndex == batch.batchIndex && data.dataHash == batch.dataHash && isOnL1(place) == true
    }
  }

  /// Whether L1 has the block that a record stands in; nil when neither is shown.
  private func isOnL1(_ place: Int) -> Bool? {
    blockHash(ofRecord: place).flatMap { hash in
      l1?.hash(ofBlock: events[place].coordinates.blockNumber).map { $0 == hash }
    }
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
