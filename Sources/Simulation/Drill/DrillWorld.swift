import Hashing
import Primitives
import Rollup
import Signatures
import StateTransition
import StateTrie

/// A small rollup as a watcher sees it: L1 with its branches, a sequencer that signs by its guard's rule, batches, and the
/// two logs that come of it. A lie, or an honest disturbance, is then a few calls.
struct DrillWorld {
  /// What the watcher has recorded.
  private(set) var logs: DrillLogs
  var random: SplitMix64

  /// Canonical L1 blocks, block 0 first, with what the contract said in each.
  private(set) var l1: [L1Entry] = []

  /// The sequencer's chain: block 1 first. Forced blocks have no signature.
  private(set) var chain: [SignedBlock] = []

  /// The L1 blocks that stored the chain's first blocks.
  private(set) var storedAt: [UInt64] = []

  /// Everything that was ever signed honestly, what L1 took away included.
  private(set) var signed: [SignedBlock] = []

  private(set) var key: Hash256
  private(set) var keys: [(from: UInt64, key: Hash256)]

  private var batchCount: UInt64 = 0
  private var branch: UInt64 = 0

  struct L1Entry {
    var header: BlockHeader
    var raw: [UInt8]
    var hash: Hash256
    var id: BlockID { BlockID(number: header.number, hash: hash) }
  }

  struct SignedBlock: Hashable {
    var block: RollupBlock
    var commitment: SignedCommitment?
  }

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    key = Hash256(1, 2, 3, random.next() | 1)
    keys = [(0, key)]
    let genesis = Self.header(number: 0, parent: .zero, logs: [], branch: 0)
    logs = DrillLogs(
      Self.configuration(sequencer: Self.address(of: key), genesis: genesis.id, salt: random.next() % 1_000_000))
    append(genesis, [])
  }

  var configuration: ChainConfiguration { logs.configuration }
  var domain: CommitmentDomain { logs.domain }

  var l1Head: BlockID { l1[l1.count - 1].id }

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
    let logs = events.map { Log(address: domain.contract, topics: [$0.kind.logTopic], data: $0.encode()) }
    append(Self.header(number: l1Head.number + 1, parent: l1Head.hash, logs: logs, branch: branch), events)
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

  mutating func finalize(_ number: UInt64) { logs.finalize(l1[Int(number)].id) }

  func isCanonical(_ block: BlockID) -> Bool {
    block.number < UInt64(l1.count) && l1[Int(block.number)].hash == block.hash
  }

  /// A block of a branch that was left comes back; nothing of the contract's was in it.
  mutating func restore(_ entry: L1Entry) { append(entry, []) }

  private mutating func append(_ entry: L1Entry, _ events: [Event]) {
    l1.append(entry)
    let coordinates = L1Coordinates(blockNumber: entry.header.number, transactionIndex: 0, logIndex: 0)
    logs.append(header: entry.raw, number: entry.header.number, events.map { (coordinates, $0) })
  }

  private static func header(number: UInt64, parent: Hash256, logs: [Log], branch: UInt64) -> L1Entry {
    var header = BlockHeader(
      parentHash: parent, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: LogsBloom(of: logs), difficulty: .zero,
      number: number, gasLimit: 30_000_000, gasUsed: 0, timestamp: 1_700_000_000 + 12 * number, extraData: [],
      mixHash: Hash256(branch, 0, 0, number), nonce: branch)
    header.baseFeePerGas = .zero
    let raw = header.encode()
    return L1Entry(header: header, raw: raw, hash: Keccak256.hash(raw))
  }
}

// The sequencer.
extension DrillWorld {
  /// The next block, signed. Its origin is its parent's or the next one, and at least `origin`; a few random transactions.
  @discardableResult
  mutating func sign(originFrom origin: UInt64 = 0) -> SignedBlock {
    let head = head
    let next = random.chance(60) ? head.l1Origin.number + 1 : head.l1Origin.number
    let number = min(max(next, origin), l1Head.number)
    let block = RollupBlock(
      number: head.number + 1, parentOrder: head.order,
      timestamp: max(head.timestamp + 1, l1[Int(number)].header.timestamp), l1Origin: l1[Int(number)].id,
      messagesConsumed: 0, transactions: transactions(2 + random.below(3)))
    let made = SignedBlock(block: block, commitment: sign(block, key: key(atOrigin: number)))
    chain.append(made)
    signed.append(made)
    return made
  }

  mutating func transactions(_ count: Int) -> [[UInt8]] {
    (0..<count).map { _ in
      var bytes: [UInt8] = [2]
      bytes.append(bigEndian: random.next())
      return bytes
    }
  }

  func key(atOrigin number: UInt64) -> Hash256 { keys.last { $0.from <= number }?.key ?? key }

  func sign(_ block: RollupBlock, key: Hash256) -> SignedCommitment {
    sign(SequencerCommitment(order: block.order, l2ChainID: configuration.chainID), key: key)
  }

  func sign(_ commitment: SequencerCommitment, key: Hash256, in domain: CommitmentDomain? = nil) -> SignedCommitment {
    let signature = try? Secp256k1.sign(commitment.digest(in: domain ?? self.domain), privateKey: key)
    return SignedCommitment(commitment: commitment, signature: signature?.walletBytes ?? [])
  }

  /// Blocks that are signed and not stored go into the next L1 block, in one batch.
  mutating func post() {
    let blocks = chain[storedAt.count...]
    guard let first = blocks.first, let last = blocks.last, let commitment = last.commitment else { return mine() }
    batchCount += 1
    let orders = blocks.map { $0.block.order.commitment }
    var events: [Event] = [
      .sequencerBatchDelivered(
        SequencerBatchDelivered(
          batchIndex: batchCount, beforeAcc: .zero, afterAcc: .zero, firstBlock: first.block.number,
          lastBlock: last.block.number, messagesConsumed: 0, poster: .zero, signedCommitment: commitment.encode(),
          dataHash: BatchData.hash(of: orders), dataLocation: .event, data: .present))
    ]
    for (index, block) in blocks.enumerated() {
      events.append(
        .blockSequenced(
          BlockSequenced(batchIndex: batchCount, indexInBatch: UInt64(index), block: .rollup(block.block))))
    }
    mine(events)
    storedAt += blocks.map { _ in l1Head.number }
  }

  /// A block that is stored already is posted once more, under another index. Derivation drops it.
  mutating func repost(_ block: SignedBlock) {
    guard let commitment = block.commitment else { return }
    batchCount += 1
    mine([
      .sequencerBatchDelivered(
        SequencerBatchDelivered(
          batchIndex: batchCount, beforeAcc: .zero, afterAcc: .zero, firstBlock: block.block.number,
          lastBlock: block.block.number, messagesConsumed: 0, poster: .zero, signedCommitment: commitment.encode(),
          dataHash: BatchData.hash(of: [block.block.order.commitment]), dataLocation: .event, data: .present)),
      .blockSequenced(BlockSequenced(batchIndex: batchCount, indexInBatch: 0, block: .rollup(block.block))),
    ])
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
      timestamp: max(head.timestamp + 1, l1[Int(parent.number)].header.timestamp), l1Origin: parent,
      messagesConsumed: 0,
      transactions: [])
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

  private static func configuration(sequencer: Address, genesis: BlockID, salt: UInt64) -> ChainConfiguration {
    let header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero,
      stateRoot: GenesisState.root(of: []), transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot,
      logsBloom: .empty, difficulty: .zero, number: 0, gasLimit: 30_000_000, gasUsed: 0, timestamp: 1_700_000_000,
      extraData: [], mixHash: .zero, nonce: 0)
    let rollup = RollupConfiguration(
      l1ChainID: 31_337, contract: Address(0x6161, 0x6161, UInt32(salt)), genesisOrigin: genesis, guardian: .zero,
      sequencer: sequencer, batchPoster: .zero, challengePeriod: 100, maxClockDuration: 50, clockExtension: 5,
      splitDepth: 6, maxDepth: 11, sequencingWindow: 8, forceInclusionBlocks: 4, forceInclusionTime: 40, maxDrift: 6000,
      slashingWindow: 12, bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: .zero))
    guard let forks = try? ForkSchedule(activations: []) else { preconditionFailure("no forks are in order") }
    return ChainConfiguration(
      chainID: 10_000 + salt, forks: forks, genesisHeader: header, allocation: [], rollup: rollup)
  }
}
