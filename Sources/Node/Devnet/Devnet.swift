import EventStore
import Evidence
import Hashing
package import L1
import LMDB
package import Primitives
import Projections
package import Roles
package import Rollup
import Settlement
import StateTransition
package import SystemPackage

/// A whole rollup in one process: L1, node, and every role, on a clock that is told what time it is.
///
/// Everything durable is below one directory: a second devnet over it goes on where the first one was, killed or not.
package struct Devnet {
  package let directory: FilePath
  package let configuration: ChainConfiguration
  package let l1: EmbeddedL1
  package private(set) var node: RollupNode

  package var sequencer: Sequencer
  package var proposer: Proposer
  package var challengers: [Challenger]

  /// Whether the sequencer makes blocks, and whether its batches are posted.
  package var isSequencing = true
  package var isPosting = true

  /// Whether the proposer makes outputs.
  package var isProposing = true

  /// How many blocks were executed before L1 had them and then came out the same, and how many L1 contradicted.
  package private(set) var unsafeCounts = (authenticated: 0, discarded: 0)

  private let signer: SignerStore

  /// Every signed block as it would stand on the sequencer's feed: what `varve import feed` reads.
  private let feed: LineFile

  /// Where the sequencer puts the receipts that it gives out: `HEIGHT-INDEX-ORDER.receipt`, of each transaction of a signed
  /// block.
  private let receipts: FilePath
  private var outbox: Outbox
  private let chainLog: EventLog

  /// What happened since the last time it was taken.
  private var news: [DevnetNews] = []

  /// Opens, or makes, a devnet.
  package init(directory: FilePath) throws(NodeError) {
    self.directory = directory
    configuration = DevnetGenesis.configuration
    let devnet = directory.appending("devnet")
    do { chainLog = try EventLog.open(devnet.appending("l1"), mode: .create) } catch { throw .open(error) }
    do {
      l1 = try EmbeddedL1(
        genesis: DevnetGenesis.l1, contract: RollupContract(configuration: configuration),
        verifier: ReexecutingVerifier(configuration: configuration), log: chainLog)
    } catch { throw .l1(error) }
    node = try RollupNode(directory: directory, configuration: configuration)
    // The logs are this process's alone from here on, and so are the files beside them.
    signer = try SignerStore(directory: directory.appending("signer"))
    feed = try LineFile(devnet.appending("feed.jsonl"))
    receipts = devnet.appending("receipts")
    outbox = try Outbox(directory: devnet)
    sequencer = Sequencer(
      key: DevnetParty.sequencer.address, signingGuard: SigningGuard(try signer.permissions()))
    sequencer.reconcile(with: node.view)
    proposer = Proposer(account: DevnetParty.proposer.address, interval: 4)
    challengers = [Challenger(account: DevnetParty.challenger.address)]
    try followUnsafe(taking: sequencer.pending)
    try sendAgain()
  }

  package var view: RollupView { node.view }

  /// How far L1 and L2 are, in a line: what L1 has, what the sequencer has signed beyond that, and what stays.
  package var summary: String {
    "L1 block \(view.l1Head?.number ?? 0), L2 block \(view.safeHead)"
      + " (unsafe \(node.unsafeHead), finalized \(node.finalizedHead))"
  }

  /// The user sends a friend something, when nothing of its is on the way.
  package mutating func userSends() {
    guard sequencer.mempool.isEmpty, sequencer.pending.allSatisfy(\.transactions.isEmpty),
      let header = view.result(of: view.safeHead)?.header
    else { return }
    let state = CommittedState(root: header.stateRoot, parent: header.id, data: node.archive)
    guard let account = try? state.account(DevnetParty.user.address) else { return }
    sequencer.submit(DevnetParty.user.transfer(nonce: account.nonce))
  }

  /// Takes what happened since the last time.
  package mutating func takeNews() -> [DevnetNews] {
    defer { news = [] }
    return news
  }

  /// One L1 block: transactions that wait are carried out, the node follows, and every role does what it wants.
  package mutating func tick() async throws(NodeError) {
    do throws(L1Error) {
      let head = l1.head()
      let time = (l1.block(number: head.number)?.timestamp ?? 0) + DevnetGenesis.l1BlockTime
      try l1.mine(at: time)
      let number = l1.head().number
      if number > DevnetGenesis.finalityDepth { try l1.finalize(through: number - DevnetGenesis.finalityDepth) }
    } catch { throw .l1(error) }
    try await follow()
    try act()
  }

  /// Brings the ledger up to L1, without anybody acting.
  package mutating func follow() async throws(NodeError) {
    var rejectionCount = view.rejections.count
    var safeHead = view.safeHead
    let earlier = node.projections.standstills.map(\.projection)
    let progress = try await node.follow(l1)
    tellStandstills(since: earlier)
    try followUnsafe(taking: [])
    if let reorg = progress.reorg {
      // What was derived up to the common ancestor stands; the rest is derived anew.
      safeHead = view.l1Block(reorg.ancestor.number)?.safeHead ?? 0
      rejectionCount = min(rejectionCount, view.rejections.count)
      news.append(.reorganised(reorg.position, oldTip: reorg.oldTip, newTip: reorg.newTip, ancestor: reorg.ancestor))
    }
    let idle = progress.idleBatches
    for (position, event) in progress.appended {
      let isIdle =
        switch event {
        case .sequencerBatchDelivered(let batch): idle.contains(batch.batchIndex)
        case .outputProposed(let output):
          output.proposer == proposer.account && hasOutput(of: output.proposer, before: output.outputIndex)
        default: false
        }
      news.append(isIdle ? .recordedIdle(position, event) : .recorded(position, event))
    }
    for rejection in view.rejections.dropFirst(rejectionCount) { news.append(.rejected(rejection)) }
    if view.safeHead > safeHead {
      let isIdle = view.blocks[Int(safeHead)...].allSatisfy {
        $0.messages.isEmpty && $0.derived.block.transactions.isEmpty
      }
      news.append(.derived(safeHead + 1...view.safeHead, isIdle: isIdle))
    }
  }

  private mutating func tellStandstills(since earlier: [String]) {
    let standstills = node.projections.standstills
    for standstill in standstills where !earlier.contains(standstill.projection) {
      news.append(.standstill(standstill))
    }
    for projection in earlier where !standstills.contains(where: { $0.projection == projection }) {
      news.append(.goesOn(projection: projection))
    }
  }

  /// Holds what was executed ahead of L1 against what L1 has, and executes more of what the sequencer stands by.
  private mutating func followUnsafe(taking blocks: [RollupBlock]) throws(NodeError) {
    let known = Set(node.unsafe.blocks.map(\.block))
    var signed: [(block: RollupBlock, signed: SignedCommitment)] = []
    if let party = DevnetParty(address: view.currentSettings.sequencer) {
      for block in blocks where !known.contains(block) {
        if let signature = sign(block, as: party) { signed.append((block, signature)) }
      }
    }
    let progress = try node.followUnsafe(taking: signed)
    unsafeCounts.authenticated += progress.authenticated.count
    guard let (blocks, contradiction) = progress.discarded else { return }
    unsafeCounts.discarded += blocks.count
    news.append(.discarded(blocks, contradiction))
  }

  private func hasOutput(of proposer: Address, before index: UInt64) -> Bool {
    view.outputs.prefix(Int(clamping: index)).contains { $0.output.proposer == proposer }
  }

  /// Lets every role do what it wants.
  package mutating func act() throws(NodeError) {
    try sequence()
    if isProposing {
      let finalized = node.finalized ?? DevnetGenesis.l1.header.id
      try perform(proposer.intents(view, finalized: finalized), as: proposer.account)
    }
    for challenger in challengers {
      try perform(challenger.intents(view, archive: node.archive), as: challenger.account)
    }
  }

  private mutating func sequence() throws(NodeError) {
    sequencer.reconcile(with: view)
    // Whoever L1 says may sign; nobody, when its key was shown to contradict itself and there is no new one yet.
    guard let party = DevnetParty(address: view.currentSettings.sequencer) else { return }
    sequencer.key = party.address
    if isSequencing {
      let view = view
      for block in sequencer.nextBlocks(view) {
        guard
          let (permission, signed) = try signer.sign(block, for: &sequencer, view, privateKey: party.privateKey)
        else {
          news.append(.refusedToSign(block.number))
          break
        }
        try publish(signed, of: block)
        news.append(.signed(block, permission.reason))
      }
    }
    try followUnsafe(taking: sequencer.pending)
    guard isPosting else { return }
    let intents = sequencer.intents(view) { sign($0, as: party) }
    for intent in intents {
      try perform([intent], as: (intent.rule == .postBatch ? DevnetParty.poster : party).address)
    }
  }

  /// Puts a signed block on the feed, and gives whoever sent its transactions a receipt of each; not where the key's word does
  /// not count at the block's origin, which would be no promise: there its batch's last block vouches for it.
  package func publish(_ signed: SignedCommitment, of block: RollupBlock) throws(NodeError) {
    let time = l1.block(number: l1.head().number)?.timestamp ?? 0
    let message = HeardMessage(
      raw: signed.encode(), format: .varve, block: block, source: "devnet", receivedAt: time * 1000)
    try feed.append(message.captureLine)
    let key = view.settings(atL1Block: block.l1Origin.number).settings.sequencer
    guard let domain = configuration.commitmentDomain, !block.transactions.isEmpty, key == sequencer.key else { return }
    let order = Hex.encode([UInt8](signed.commitment.orderCommitment.bytes.prefix(4))).dropFirst(2)
    for index in block.transactions.indices {
      let receipt = InclusionReceipt(
        signed, block: block, index: index, l2ChainID: configuration.chainID, domain: domain)
      guard let receipt else { continue }
      let path = receipts.appending("\(block.number)-\(index)-\(order).receipt")
      do throws(LMDB.OpenError) {
        try Files.createDirectory(receipts)
        try Files.replace(path, with: receipt.encode())
      } catch { throw .files(path: path.string, cause: "\(error)") }
    }
  }

  /// A sequencer's signature over a block.
  package func sign(_ block: RollupBlock, as party: DevnetParty) -> SignedCommitment? {
    sign(SequencerCommitment(order: block.order, l2ChainID: configuration.chainID), as: party)
  }

  /// A sequencer's signature.
  package func sign(_ commitment: SequencerCommitment, as party: DevnetParty) -> SignedCommitment? {
    SignedCommitment(commitment, of: configuration, privateKey: party.privateKey)
  }

  /// Sends what is wanted to L1, unless it is on its way. The transaction, with its idempotency key, is durable first.
  package mutating func perform(_ intents: [Intent], as account: Address) throws(NodeError) {
    forgetSettled()
    for intent in intents {
      if let earlier = outbox.entry(serving: intent, of: account, view) {
        _ = l1.submit(earlier.transaction)
        continue
      }
      var attempt: UInt64 = 0
      var transaction = self.transaction(intent, account, attempt)
      // What L1 has carried out or refused already, and is still wanted, is another transaction.
      while l1.receipt(of: transaction.hash) != nil {
        attempt += 1
        transaction = self.transaction(intent, account, attempt)
      }
      try outbox.note(Outbox.Entry(intent.rule, decidedAt: view.l1Head?.number ?? 0, transaction))
      _ = l1.submit(transaction)
      let isRepeated =
        intent.rule == .proposeOutput && account == proposer.account && hasOutput(of: account, before: .max)
      news.append(.intended(intent, account, isRepeated: isRepeated))
    }
  }

  /// Sends again what was on its way when the process before this one ended, or was about to be.
  private mutating func sendAgain() throws(NodeError) {
    forgetSettled()
    try outbox.compact()
    for entry in outbox.waiting {
      _ = l1.submit(entry.transaction)
      news.append(.sentAgain(entry.rule, entry.transaction.sender))
    }
  }

  /// What L1 has in a block is settled. So is what was decided below the block that the node knows to be final: it has had
  /// the time to arrive, and whoever still wants it has sent it since.
  private mutating func forgetSettled() {
    let finalized = node.finalized?.number ?? 0
    outbox.forget { $0.decidedAt < finalized || l1.receipt(of: $0.transaction.hash) != nil }
  }

  private func transaction(_ intent: Intent, _ account: Address, _ attempt: UInt64) -> L1Transaction {
    var bytes = account.bytes
    bytes.append(bigEndian: attempt)
    bytes.append(contentsOf: intent.call.encode())
    return L1Transaction(
      intent.call, of: l1.contract.address, from: account, value: intent.value, key: Keccak256.hash(bytes))
  }
}

extension Follower.Progress {
  /// Batches that came with their data, and with neither messages nor transactions in it.
  fileprivate var idleBatches: Set<UInt64> {
    var idle: Set<UInt64> = []
    for (_, event) in appended {
      switch event {
      case .sequencerBatchDelivered(let batch) where batch.data == .present: idle.insert(batch.batchIndex)
      case .blockSequenced(let sequenced):
        if case .rollup(let block) = sequenced.block, block.transactions.isEmpty { continue }
        idle.remove(sequenced.batchIndex)
      default: break
      }
    }
    return idle
  }
}
