import Hashing
import Primitives
import Rollup
import Settlement
import Signatures
import StateTransition
import StateTrie

/// A small rollup as a watcher sees it: L1 with its branches, a sequencer that signs by its guard's rule, batches, and the
/// two logs that come of it. A lie, or an honest disturbance, is then a few calls.
struct DrillWorld {
  /// What the watcher has recorded.
  private(set) var logs: DrillLogs
  var random: SplitMix64

  /// Canonical L1 blocks, the rollup's first one first.
  private(set) var l1: [L1Entry] = []

  /// The sequencer's chain: block 1 first. Forced blocks have no signature, nor has what its poster put in.
  private(set) var chain: [SignedBlock] = []

  /// The L1 blocks that stored the chain's first blocks.
  private(set) var storedAt: [UInt64] = []

  private(set) var key: Hash256
  private(set) var keys: [(from: UInt64, key: Hash256)]

  private var batchCount: UInt64 = 0
  private var branch: UInt64 = 0

  /// What headers and transactions are taken from, beginning at a block of it; made up where there is none.
  private let recorded: RecordedChain?
  private let start: Int

  private let bug: DrillBug?

  /// Where the next transaction stands in the recorded stream.
  private var place: Int

  struct L1Entry {
    let header: BlockHeader
    let raw: [UInt8]
    let hash: Hash256
    var id: BlockID { BlockID(number: header.number, hash: hash) }

    init(_ header: BlockHeader) {
      self.header = header
      raw = header.encode()
      hash = Keccak256.hash(raw)
    }
  }

  struct SignedBlock: Hashable {
    var block: RollupBlock
    var commitment: SignedCommitment?
  }

  /// - Parameters:
  ///   - recorded: what L1's headers and the users' transactions are.
  ///   - start: the block of it that the rollup begins with.
  init(seed: UInt64, over recorded: RecordedChain? = nil, from start: Int = 0, bug: DrillBug? = nil) {
    random = SplitMix64(seed: seed)
    (self.recorded, self.start, self.bug) = (recorded, start, bug)
    place = recorded?.firstTransaction(fromBlock: start) ?? 0
    key = Hash256(1, 2, 3, random.next() | 1)
    keys = [(0, key)]
    let salt = random.next() % 1_000_000
    // L1 is older than most rollups.
    let number = random.chance(50) ? 0 : random.next() % 1_000_000
    let genesis = L1Entry(recorded?.header(at: start) ?? Self.header(number: number))
    logs = DrillLogs(
      Self.configuration(
        sequencer: Self.address(of: key), genesis: genesis, salt: salt,
        contract: recorded?.contract ?? Address(0x6161, 0x6161, UInt32(salt))), bug: bug)
    append(genesis, [])
  }

  var configuration: ChainConfiguration { logs.configuration }
  var domain: CommitmentDomain { logs.domain }

  var l1Head: BlockID { l1[l1.count - 1].id }

  /// Where the rollup begins.
  var l1Genesis: BlockID { l1[0].id }

  /// The L1 block of a number, as L1 has it now.
  func l1Block(_ number: UInt64) -> L1Entry { l1[Int(number - l1Genesis.number)] }

  /// The block that the next one extends: number, order, origin, time.
  var head: OrderHead {
    guard let head = chain.last.map({ OrderHead($0.block) }) ?? configuration.genesisHead else {
      preconditionFailure("the configuration is a rollup's")
    }
    return head
  }

  static func address(of key: Hash256) -> Address { (try? Secp256k1.address(of: key)) ?? .zero }
}

// L1.
extension DrillWorld {
  /// The next L1 block, with what the contract says in it.
  mutating func mine(_ events: [Event] = []) {
    let number = l1Head.number + 1
    var header = recorded?.header(at: start + l1.count) ?? Self.header(number: number)
    (header.number, header.parentHash) = (number, l1Head.hash)
    if branch > 0 { header.mixHash = Hash256(branch, 0, 0, number) }
    if !events.isEmpty {
      let logs = events.map { Log(address: domain.contract, topics: [$0.kind.logTopic], data: $0.encode()) }
      header.logsBloom = LogsBloom.union([header.logsBloom, LogsBloom(of: logs)])
    }
    append(L1Entry(header), events)
  }

  mutating func mine(count: Int) { for _ in 0..<count { mine() } }

  /// L1 leaves its newest blocks. What the sequencer made from them, or what stands on that, is no longer its chain.
  mutating func reorg(depth: Int) {
    let oldTip = l1Head
    l1.removeLast(depth)
    branch += 1
    let ancestor = l1Head
    keys.removeAll { $0.from > ancestor.number }
    key = keys[keys.count - 1].key
    storedAt = storedAt.filter { $0 <= ancestor.number }
    let unstored = storedAt.count
    var kept = chain.prefix { isCanonical($0.block.l1Origin) }
    // A forced block goes with the L1 block that forced it.
    if let forced = kept.indices.first(where: { $0 >= unstored && kept[$0].commitment == nil }) {
      kept = kept.prefix(forced)
    }
    chain = Array(kept)
    storedAt = Array(storedAt.prefix(chain.count))
    logs.leave(from: oldTip, to: ancestor)
  }

  mutating func finalize(_ number: UInt64) { logs.finalize(l1Block(number).id) }

  func isCanonical(_ block: BlockID) -> Bool { block.number <= l1Head.number && l1Block(block.number).id == block }

  /// The L1 block before or after one that L1 has.
  mutating func neighbour(of block: BlockID) -> BlockID {
    let isLater = block == l1Genesis || random.chance(50)
    return l1Block(isLater ? block.number + 1 : block.number - 1).id
  }

  /// One that L1 does not have, and will not have for long.
  mutating func unknownBlock() -> BlockID {
    BlockID(number: l1Head.number + 1_000_000, hash: Hash256(7, 7, 7, random.next()))
  }

  /// A block of a branch that was left comes back; nothing of the contract's was in it.
  mutating func restore(_ entry: L1Entry) { append(entry, []) }

  private mutating func append(_ entry: L1Entry, _ events: [Event]) {
    l1.append(entry)
    let coordinates = L1Coordinates(blockNumber: entry.header.number, transactionIndex: 0, logIndex: 0)
    logs.append(header: entry.raw, number: entry.header.number, events.map { (coordinates, $0) })
  }

  private static func header(number: UInt64) -> BlockHeader {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero,
      number: number, gasLimit: 30_000_000, gasUsed: 0, timestamp: 1_700_000_000 + 12 * number, extraData: [],
      mixHash: .zero, nonce: 0)
    header.baseFeePerGas = .zero
    return header
  }
}

// The sequencer.
extension DrillWorld {
  /// The next block, signed. Its origin is its parent's or the next one, and at least `origin`; a few transactions.
  @discardableResult
  mutating func sign(originFrom origin: UInt64 = 0) -> SignedBlock {
    let head = head
    let next = random.chance(60) ? head.l1Origin.number + 1 : head.l1Origin.number
    let number = min(max(next, origin), l1Head.number)
    let block = RollupBlock(
      number: head.number + 1, parentOrder: head.order,
      timestamp: max(head.timestamp + 1, l1Block(number).header.timestamp), l1Origin: l1Block(number).id,
      messagesConsumed: 0, transactions: transactions(2 + random.below(3)))
    let made = SignedBlock(block: block, commitment: sign(block, key: key(atOrigin: number)))
    chain.append(made)
    return made
  }

  /// What somebody else signs in the place of all that the sequencer has signed and L1 does not have yet: as many
  /// blocks, with one origin.
  mutating func displace(with key: Hash256, origin: BlockID) -> [SignedBlock] {
    let count = chain.count - storedAt.count
    chain.removeLast(count)
    for _ in 0..<count {
      let head = head
      let block = RollupBlock(
        number: head.number + 1, parentOrder: head.order,
        timestamp: max(head.timestamp + 1, l1Block(origin.number).header.timestamp), l1Origin: origin,
        messagesConsumed: 0, transactions: transactions(2 + random.below(3)))
      chain.append(SignedBlock(block: block, commitment: sign(block, key: key)))
    }
    return Array(chain.suffix(count))
  }

  /// The sequencer signs another order for the newest block's height, and goes on from that.
  mutating func signAnother() {
    var block = chain[chain.count - 1].block
    block.transactions = transactions(3)
    let commitment = sign(block, key: key(atOrigin: block.l1Origin.number))
    chain[chain.count - 1] = SignedBlock(block: block, commitment: commitment)
  }

  /// The sequencer signs the newest block once more, and gives the poster this signature or the one before.
  mutating func signAgain() -> SignedCommitment? {
    let newest = chain.count - 1
    guard let commitment = chain[newest].commitment?.commitment else { return nil }
    let again = sign(
      commitment, key: key(atOrigin: commitment.l1Origin.number), extra: Hash256(random.next(), 0, 0, 0))
    if random.chance(50) { chain[newest].commitment = again }
    return again
  }

  /// The next ones of the recorded stream, or random ones.
  mutating func transactions(_ count: Int) -> [[UInt8]] {
    (0..<count).map { _ in
      if let recorded {
        place += 1
        return recorded.transaction(at: place - 1)
      }
      var bytes: [UInt8] = [2]
      bytes.append(bigEndian: random.next())
      return bytes
    }
  }

  func key(atOrigin number: UInt64) -> Hash256 { keys.last { $0.from <= number }?.key ?? key }

  func sign(_ block: RollupBlock, key: Hash256) -> SignedCommitment {
    sign(SequencerCommitment(order: block.order, l2ChainID: configuration.chainID), key: key)
  }

  func sign(
    _ commitment: SequencerCommitment, key: Hash256, in domain: CommitmentDomain? = nil, extra: Hash256? = nil
  ) -> SignedCommitment {
    let digest = commitment.digest(in: domain ?? self.domain)
    let signature = try? Secp256k1.sign(digest, privateKey: key, extra: extra)
    return SignedCommitment(commitment: commitment, signature: signature?.walletBytes ?? [])
  }

  /// Blocks that are signed and not stored go into the next L1 block, in one batch.
  ///
  /// - Parameters:
  ///   - count: so many of them only, the first ones.
  ///   - delay: after so many L1 blocks comes the data.
  mutating func post(first count: Int = .max, dataAfter delay: Int = 0) {
    let blocks = chain[storedAt.count...].prefix(count)
    guard blocks.last?.commitment != nil else { return mine() }
    if delay > 0 {
      withhold(blocks)
      mine(count: delay - 1)
      let delivered = BatchDataDelivered(
        batchIndex: batchCount, dataHash: Self.dataHash(of: blocks), dataLocation: .external, poster: .zero)
      mine([.batchDataDelivered(delivered)] + sequenced(blocks))
    } else {
      mine([delivered(blocks, data: .present)] + sequenced(blocks))
    }
    storedAt += blocks.map { _ in l1Head.number }
  }

  /// A batch that comes without its data.
  mutating func withhold(_ blocks: some Collection<SignedBlock>) { mine([delivered(blocks, data: .missing)]) }

  /// Posts blocks that derivation drops: L1 has their heights already, or does not have those before them yet, or has
  /// left their origins.
  mutating func postInVain(_ blocks: some Collection<SignedBlock>) {
    mine([delivered(blocks, data: .present)] + sequenced(blocks))
  }

  /// Posts a block of the poster's own in the place of the first one that is signed and not stored, before a signed one that
  /// does not extend it. L1 has the former then, and the sequencer goes on from there.
  ///
  /// - Parameter isContractAsked: whether the contract's rule is held against it, which takes no such batch.
  mutating func postUnlinked(before last: SignedBlock, isContractAsked: Bool) {
    var own = chain[storedAt.count].block
    own.transactions = transactions(3)
    let blocks = [SignedBlock(block: own, commitment: nil), last]
    if isContractAsked, bug != .contractWithoutLinks, !isTaken(blocks) { return mine() }
    mine([delivered(blocks, data: .present)] + sequenced(blocks))
    chain.removeLast(chain.count - storedAt.count)
    chain.append(blocks[0])
    storedAt.append(l1Head.number)
  }

  /// Whether the contract takes a batch, as its first one.
  private func isTaken(_ blocks: [SignedBlock]) -> Bool {
    guard let first = blocks.first, let last = blocks.last else { return false }
    var contract = RollupContract(configuration: configuration)
    let batch = BatchSubmission(
      batchIndex: BatchList.firstIndex, firstBlock: first.block.number, lastOrder: last.block.order,
      signature: last.commitment?.signature ?? [], data: .event(blocks.map(\.block)))
    let context = L1Context(
      number: l1Head.number + 1, timestamp: l1Block(l1Head.number).header.timestamp, ancestors: l1.map(\.hash),
      firstAncestor: l1Genesis.number)
    let poster = Caller(configuration.rollup?.batchPoster ?? .zero)
    let verifier = ReexecutingVerifier(configuration: configuration)
    let bond = configuration.rollup?.bonds.sequencer ?? .zero
    do throws(Revert) {
      _ = try contract.call(
        .depositSequencerBond(key: Self.address(of: key)), from: poster, value: bond, at: context, verifier: verifier)
      _ = try contract.call(.postBatch(batch), from: poster, at: context, verifier: verifier)
      return true
    } catch { return false }
  }

  private mutating func delivered(
    _ blocks: some Collection<SignedBlock>, data: SequencerBatchDelivered.DataStatus
  ) -> Event {
    batchCount += 1
    let numbers = blocks.map(\.block.number)
    return .sequencerBatchDelivered(
      SequencerBatchDelivered(
        batchIndex: batchCount, beforeAcc: .zero, afterAcc: .zero, firstBlock: numbers.min() ?? 0,
        lastBlock: numbers.max() ?? 0, messagesConsumed: 0, poster: .zero,
        signedCommitment: blocks.compactMap(\.commitment).last?.encode() ?? [], dataHash: Self.dataHash(of: blocks),
        dataLocation: data == .present ? .event : .external, data: data))
  }

  private func sequenced(_ blocks: some Collection<SignedBlock>) -> [Event] {
    blocks.enumerated().map { index, block in
      .blockSequenced(
        BlockSequenced(batchIndex: batchCount, indexInBatch: UInt64(index), block: .rollup(block.block)))
    }
  }

  private static func dataHash(of blocks: some Collection<SignedBlock>) -> Hash256 {
    BatchData.hash(of: blocks.map { $0.block.order.commitment })
  }

  /// Messages are forced in, in the next L1 block: they take the first height that is not stored.
  mutating func force() {
    batchCount += 1
    let parent = l1Head
    mine([
      .forceIncluded(
        ForceIncluded(
          batchIndex: batchCount, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero))
    ])
    chain.removeLast(chain.count - storedAt.count)
    let head = head
    let block = RollupBlock(
      number: head.number + 1, parentOrder: head.order,
      timestamp: max(head.timestamp + 1, l1Block(parent.number).header.timestamp), l1Origin: parent,
      messagesConsumed: 0, transactions: [])
    chain.append(SignedBlock(block: block, commitment: nil))
    storedAt.append(l1Head.number)
  }

  /// Another key's word counts from the next L1 block on.
  mutating func rotate() -> Hash256 {
    let old = key
    let new = Hash256(5, 6, 7, random.next() | 1)
    mine([.configUpdated(ConfigUpdated(update: .sequencer(Self.address(of: new))))])
    keys.append((l1Head.number, new))
    key = new
    return old
  }
}

// Who listens.
extension DrillWorld {
  mutating func hear(_ signed: SignedCommitment?, _ block: RollupBlock? = nil, source: String = "feed") {
    guard let signed else { return }
    logs.hear(signed, block, source: source)
  }

  mutating func hear(_ block: SignedBlock, withBody: Bool = false) {
    hear(block.commitment, withBody ? block.block : nil)
  }

  private static func configuration(
    sequencer: Address, genesis: L1Entry, salt: UInt64, contract: Address
  ) -> ChainConfiguration {
    let header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero,
      stateRoot: GenesisState.root(of: []), transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot,
      logsBloom: .empty, difficulty: .zero, number: 0, gasLimit: 30_000_000, gasUsed: 0,
      timestamp: genesis.header.timestamp, extraData: [], mixHash: .zero, nonce: 0)
    let rollup = RollupConfiguration(
      l1ChainID: 31_337, contract: contract, genesisOrigin: genesis.id, guardian: .zero, sequencer: sequencer,
      batchPoster: .zero, challengePeriod: 100, maxClockDuration: 50, clockExtension: 5,
      splitDepth: 6, maxDepth: 11, sequencingWindow: 8, forceInclusionBlocks: 4, forceInclusionTime: 40, maxDrift: 6000,
      slashingWindow: 12, bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: .zero))
    guard let forks = try? ForkSchedule(activations: []) else { preconditionFailure("no forks are in order") }
    return ChainConfiguration(
      chainID: 10_000 + salt, forks: forks, genesisHeader: header, allocation: [], rollup: rollup)
  }
}
