import Hashing
import L1
import Primitives
import Roles
import Rollup
import Settlement
import Signatures
import StateTransition

/// A whole rollup, played from a seed: honest and dishonest roles over an embedded L1 that reorganises, with messages that
/// are late or lost and nodes that crash. Equal seeds give equal runs, byte for byte.
package struct RollupSimulation {
  package let seed: UInt64
  let bug: PlantedBug?
  var random: SimulationRandom
  var chain: EmbeddedChain
  let configuration: ChainConfiguration
  let verifier: ReexecutingVerifier
  let totalBalance: UInt256

  /// The honest node, whose roles act; one that only reads.
  var node: SimulatedNode
  var observer: SimulatedNode

  var sequencer: Sequencer
  let proposer: Proposer
  let challenger: Challenger

  /// What the sequencer was ever permitted to sign: what it has on disk.
  var permissions: [SigningGuard.Permission] = []

  /// Everything that it signed: what others may use against it.
  var signed: [SignedCommitment] = []

  /// Transactions on their way, with the step at which they arrive.
  var inFlight: [(step: Int, transaction: L1Transaction)] = []

  var step = 0
  var keyCount: UInt64 = 0
  var reorganisations = 0
  var crashes = 0

  package init(seed: UInt64, bug: PlantedBug? = nil) throws {
    self.seed = seed
    self.bug = bug
    random = SimulationRandom(seed: seed)
    let genesis = SimulatedWorld.genesis(seed: seed)
    configuration = SimulatedWorld.configuration(genesis)
    chain = EmbeddedChain(genesis: genesis, contract: RollupContract(configuration: configuration))
    verifier = ReexecutingVerifier(configuration: configuration)
    totalBalance = chain.totalBalance + (bug == .miscountedValue ? 1 : 0)
    node = try SimulatedNode(configuration)
    observer = try SimulatedNode(configuration)
    if bug == .deafNode { observer.skipsEvent = { $0.kind == .bondLocked } }
    sequencer = Sequencer(key: SimulatedWorld.sequencer)
    proposer = Proposer(account: SimulatedWorld.proposer, interval: 2)
    challenger = Challenger(account: SimulatedWorld.challenger)
  }

  /// Plays the steps, and checks all invariants after each.
  ///
  /// - Throws: the first `Violation`.
  package mutating func run(steps count: Int) throws -> SimulationReport {
    while step < count {
      try play()
      try check()
      step += 1
    }
    return report
  }

  private mutating func play() throws {
    disturb()
    if random.chance(3) { try crash() }
    try node.follow(chain)
    try observer.follow(chain)
    try actHonestly()
    try actDishonestly()
    deliver()
    let timestamp = chain.head.header.timestamp + SimulatedWorld.blockTime
    _ = try chain.mine(at: timestamp, verifier: verifier)
    let height = chain.head.id.number
    // Finality comes late, and now and then not for long.
    if height > 12, random.chance(60) { chain.finalize(through: height - 8 - random.next() % 5) }
  }

  /// What L1 does by itself.
  private mutating func disturb() {
    let height = chain.head.id.number - chain.finalizedNumber
    guard height > 0, random.chance(8) else { return }
    let depth = 1 + random.next() % min(height, 6)
    let policy: EmbeddedChain.OrphanPolicy = random.chance(70) ? .resubmit : .drop
    guard (try? chain.orphan(depth: depth, transactions: policy)) != nil else { return }
    reorganisations += 1
    for _ in 0..<depth {
      let timestamp = chain.head.header.timestamp + SimulatedWorld.blockTime
      _ = try? chain.mine(at: timestamp, limit: random.chance(50) ? 0 : .max, verifier: verifier)
    }
  }

  private mutating func crash() throws {
    crashes += 1
    try node.restart()
    sequencer = Sequencer(
      key: SimulatedWorld.sequencer, signingGuard: SigningGuard(bug == .unguardedSequencer ? [] : permissions))
    try node.follow(chain)
    sequencer.restore(node.view)
  }
}

// Transactions.
extension RollupSimulation {
  /// Sends what a role wants, unless it is on its way; again, when nothing came of it for a while.
  mutating func send(_ intents: [Intent], from account: Address) {
    for intent in intents {
      let bytes = intent.call.encode()
      let name = Keccak256.hash(account.bytes + bytes)
      if let earlier = node.sent[name] {
        let isSettled = chain.receipt(of: earlier.transaction) != nil
        if step - earlier.step < (isSettled ? 2 : 6) { continue }
      }
      let transaction = self.transaction(intent.call, from: account, value: intent.value)
      node.sent[name] = (transaction.hash, step)
      send(transaction)
    }
  }

  mutating func transaction(_ call: ContractCall, from account: Address, value: UInt256) -> L1Transaction {
    keyCount += 1
    return L1Transaction(
      call, of: chain.contract.address, from: account, value: value, key: Hash256(0, 0, seed, keyCount))
  }

  /// Some transactions are late, and some are lost.
  mutating func send(_ transaction: L1Transaction) {
    if random.chance(5) { return }
    inFlight.append((step + (random.chance(20) ? Int(random.next() % 4) : 0), transaction))
  }

  private mutating func deliver() {
    for (_, transaction) in inFlight.filter({ $0.step <= step }) { chain.submit(transaction) }
    inFlight.removeAll { $0.step <= step }
  }
}

extension RollupSimulation {
  var report: SimulationReport {
    var digest = Keccak256()
    for block in chain.blocks { block.id.hash.withBytes { digest.update($0) } }
    node.canonicalAcc.withBytes { digest.update($0) }
    let outputs = node.view.outputs
    return SimulationReport(
      seed: seed, steps: step, digest: digest.finalize(), l1Blocks: chain.blocks.count,
      reorganisations: reorganisations, crashes: crashes, l2Blocks: Int(node.view.safeHead),
      finalOutputs: outputs.count { $0.status == .final }, deletedOutputs: outputs.count { $0.status == .deleted },
      games: node.view.games.count,
      reverts: chain.blocks.reduce(0) { $0 + $1.receipts.count { $0.failure != nil } })
  }
}
