import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport

/// A block that uses what contracts can: storage written and cleared, block hashes, creations, lent code, system calls.
struct ContractBlock {
  /// Writes the hash of a block three before its own, counts, clears a slot, logs, and makes a contract.
  static let worker = Address(0, 0, 0xc0de)

  /// Writes a slot.
  static let lent = Address(0, 0, 0x1e17)

  let world: RollupWorld
  let order: PinnedOrder
  let messages: [InboxCall]
  let context: RollupBlockContext

  /// The claim about the block before.
  let opening: OpeningPoint

  init(fork: Fork) throws {
    var world = try RollupWorld(contracts: Self.contracts, fork: fork, ancestors: 5)
    let l1 = Self.l1Headers
    for header in l1 { world.add(header) }
    let delivered = MessageDelivered(
      messageIndex: 0, beforeInboxAcc: .zero, messageKind: .deposit, sender: Address(1, 1, 1), to: Self.worker,
      value: 1,
      mint: 10, gasLimit: 300_000, data: [], deadlineBlock: 100, deadlineTime: 100_000)
    let before = Hash256(1, 2, 3, 4)
    let block = RollupBlock(
      number: world.parent.number + 1, parentOrder: before, timestamp: world.parent.timestamp + 2, l1Origin: l1[7].id,
      messagesConsumed: 1, transactions: try Self.transactions())
    order = PinnedOrder(
      l1Head: l1[9].id, settings: world.settings, block: block, message: delivered,
      siblings: [Hash256(9, 9, 9, 9), block.order.commitment])
    messages = [InboxCall(delivered)]
    context = RollupBlockContext(
      block.order, messages: messages, parent: world.parent, settings: world.settings, batchIndex: 3, indexInBatch: 1)
    let root = OutputRoot.hash(
      stateRoot: world.parent.stateRoot, messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: world.parent.hash)
    opening = OpeningPoint(
      claim: OutputClaim(
        outputRoot: root, parentOrder: before, l1OriginHash: l1[7].hash, l2BlockNumber: world.parent.number,
        batchIndex: 3, indexInBatch: 0, messagesConsumed: 0),
      header: world.parent, l1OriginNumber: 7)
    self.world = world
  }

  /// Blocks 0 to 9 of L1.
  private static var l1Headers: [BlockHeader] {
    var headers: [BlockHeader] = []
    for number in 0..<10 as Range<UInt64> {
      headers.append(
        BlockHeader(
          parentHash: headers.last?.hash ?? .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero,
          transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty, difficulty: .zero, number: number,
          gasLimit: 1, gasUsed: 0, timestamp: 900 + number, extraData: [0x11], mixHash: .zero, nonce: 0))
    }
    return headers
  }

  private static var contracts: [GenesisAccount] {
    // Slot 0: BLOCKHASH of NUMBER - 3; slot 1: one more; slot 2: zero; LOG1; slot 3: CREATE from the five bytes pushed.
    let work: [UInt8] =
      [0x60, 3, 0x43, 0x03, 0x40, 0x5f, 0x55] + [0x60, 1, 0x54, 0x60, 1, 0x01, 0x60, 1, 0x55] + [0x5f, 0x60, 2, 0x55]
      + [0x60, 0xaa, 0x5f, 0x5f, 0xa1] + [0x64, 0x60, 1, 0x60, 0, 0xf3, 0x5f, 0x52]
      + [0x60, 5, 0x60, 27, 0x5f, 0xf0, 0x60, 3, 0x55]
    // What the protocol tells its contracts, by block number.
    let remember: [UInt8] = [0x5f, 0x35, 0x43, 0x55]
    let storage = (1...20).map { GenesisAccount.Slot(key: UInt256(UInt64($0)), value: UInt256(UInt64(100 + $0))) }
    return [
      GenesisAccount(address: worker, balance: 0, nonce: 1, code: work, storage: storage),
      GenesisAccount(address: lent, balance: 0, nonce: 1, code: [0x60, 7, 0x60, 9, 0x55]),
      GenesisAccount(address: SystemContract.beaconRoots, balance: 0, nonce: 1, code: remember, storage: storage),
      GenesisAccount(address: SystemContract.historyStorage, balance: 0, nonce: 1, code: remember),
    ]
  }

  /// A creation; calls of the worker, one without the gas for it; code lent and called; one that cannot be carried out.
  private static func transactions() throws -> [[UInt8]] {
    // Writes a slot, and leaves a STOP.
    let initcode: [UInt8] = [0x60, 5, 0x5f, 0x55, 0x60, 1, 0x5f, 0xf3]
    var call = dynamic(nonce: 0, to: worker)
    call.accessList = [AccessListEntry(address: worker, storageKeys: [Hash256(UInt256.one)])]
    var lending = dynamic(nonce: 0, to: Signer(3).address)
    lending.kind = .setCode
    lending.authorizationList = [
      try Authorization(chainID: UInt256(RollupWorld.chainID), address: lent, nonce: 0).signed(by: Signer(3).privateKey)
    ]
    let all: [(signer: UInt64, transaction: Transaction)] = [
      (0, legacy(nonce: 0, to: nil, data: initcode)), (1, call), (2, lending),
      (0, legacy(nonce: 1, to: Signer(3).address)),
      (1, legacy(nonce: 1, to: worker, gasLimit: 40_000)), (5, legacy(nonce: 9, to: worker)),
      (4, legacy(nonce: 0, to: worker)),
    ]
    return try all.map {
      try $0.transaction.signed(by: Signer($0.signer).privateKey, chainID: RollupWorld.chainID).encode()
    }
  }

  private static func legacy(
    nonce: UInt64, to: Address?, gasLimit: UInt64 = 300_000, data: [UInt8] = []
  ) -> Transaction {
    Transaction(nonce: nonce, gasPrice: 2_000_000_000, gasLimit: gasLimit, to: to, value: 0, data: data)
  }

  private static func dynamic(nonce: UInt64, to: Address?) -> Transaction {
    Transaction(
      chainID: RollupWorld.chainID, nonce: nonce, maxPriorityFeePerGas: 1, maxFeePerGas: 2_000_000_000,
      gasLimit: 300_000, to: to, value: 0)
  }
}

extension ContractBlock {
  func trace() throws -> BlockTrace<StateArchive> {
    try BlockTrace(
      context, messages: messages, transactions: order.block.transactions, onto: world.parent.stateRoot,
      data: world.archive)
  }

  /// The proof of the opening step.
  func open() throws -> OpeningProof {
    try opening.prove(order: order, source: order, data: world.archive, configuration: world.configuration).proof
  }

  /// The block's header, and the state after it.
  func execute() throws -> (header: BlockHeader, state: CommittedState<StateArchive>) {
    var archive = world.archive
    let (header, _, _) = try archive.execute(
      context, messages: messages, transactions: order.block.transactions, after: world.parent)
    return (header, CommittedState(root: header.stateRoot, parent: header.id, data: archive))
  }
}

/// The order of two blocks in batch 3, of which the second is known, and of one message.
struct PinnedOrder: DisputedOrder, OrderData {
  let l1Head: BlockID
  let settings: RollupSettings
  let block: RollupBlock
  let message: MessageDelivered
  let siblings: [Hash256]

  func disputedBatch(_ index: UInt64) -> DisputedBatch? {
    guard index == 3 else { return nil }
    let content = DisputedBatch.Content.blocks(
      count: 2, dataHash: BatchData.hash(of: siblings), hasData: true, dataDeadline: 0)
    return DisputedBatch(content, l1Block: 8)
  }

  func disputedMessage(_ index: UInt64) -> DisputedMessage? {
    guard index == 0 else { return nil }
    return DisputedMessage(
      accumulator: message.afterInboxAcc, deadlineBlock: message.deadlineBlock, deadlineTime: message.deadlineTime)
  }

  func messageCount(throughL1Block number: UInt64) -> UInt64 { 1 }

  func settings(atL1Block number: UInt64) -> RollupSettings { settings }

  func block(at place: DerivationCursor) -> PlacedBlock? {
    guard place == DerivationCursor(batchIndex: 3, indexInBatch: 1) else { return nil }
    return PlacedBlock(block: block, path: BatchData.path(to: 1, in: siblings[...]))
  }

  func message(_ index: UInt64) -> MessageDelivered? { index == 0 ? message : nil }
}
