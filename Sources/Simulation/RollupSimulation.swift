import Hashing
import L1
import Primitives
import Projections
import Roles
import Rollup
import Settlement
import StateTransition

/// A whole rollup, played from a seed: honest and dishonest roles over an embedded L1 that reorganises, with messages that
/// are late or lost and a node that is killed between any two writes. Equal seeds give equal runs, byte for byte.
package struct RollupSimulation {
  package let seed: UInt64
  package let bug: PlantedBug?
  var random: SplitMix64

  /// What intrigues are drawn from.
  var schemes: SplitMix64

  /// What happens beside all else is drawn from: where a node is killed that is just catching up, and what strangers say
  /// truly.
  var asides: SplitMix64

  /// What a retired key does is drawn from.
  var leaks: SplitMix64

  let plan: SimulationPlan

  var chain: EmbeddedChain
  let configuration: ChainConfiguration
  let verifier: ReexecutingVerifier
  let totalBalance: UInt256

  /// The honest node, whose roles act; one that only reads, now and then.
  var node: SimulatedNode
  var observer: SimulatedDisk

  let proposer = Proposer(account: SimulatedWorld.proposer, interval: 2)
  /// Honest challengers: one of them, or both, as the plan has it.
  let challenger = Challenger(account: SimulatedWorld.challenger)
  let reliever = Challenger(account: SimulatedWorld.reliever)

  /// Plays a lie of its own as if it were the truth.
  var liar = Challenger(account: SimulatedWorld.liar)

  /// What the sequencer signed, by height: anybody may use it.
  var signed: [UInt64: [Signing]] = [:]

  /// What a key signed.
  struct Signing: Hashable {
    var commitment: SequencerCommitment
    var key: SimulatedKey
  }

  let signatures = Signatures()

  final class Signatures {
    var made: [Signing: SignedCommitment] = [:]
  }

  /// Two orders of one height, for each height that has them.
  var conflicts: [Conflict] = []

  struct Conflict {
    var first, second: SignedCommitment
    var newestOrigin: UInt64 { max(first.commitment.l1Origin.number, second.commitment.l1Origin.number) }
  }

  /// What a dishonest holder of a key signed.
  var betrayals: [Betrayal] = []

  /// What somebody who has a retired key signed with it.
  var leakedSignings: [Signing] = []

  /// Batches that the poster was given, and data that it owes.
  var postings: [BatchSubmission] = []
  var owed: [(step: Int, index: UInt64, blocks: [RollupBlock])] = []
  var posterIsOutUntil = 0

  /// Transactions on their way, with the step at which they arrive.
  var inFlight: [(step: Int, isHurried: Bool, transaction: L1Transaction)] = []

  /// L1 blocks that this step has made.
  var mined: [EmbeddedBlock] = []
  var lastReorganisation = 0
  var lastBondChange = 0
  var leftTip: Hash256?

  var step = 0
  var keyCount: UInt64 = 0

  /// The step at which the node starts again; nil while it lives.
  var restartStep: Int?

  /// The step at which it was killed last.
  var crashStep: Int?

  /// The newest L1 block about which the nodes were compared.
  var agreedThrough: UInt64 = 0

  var report = SimulationReport()

  package init(seed: UInt64, bug: PlantedBug? = nil) throws {
    self.seed = seed
    self.bug = bug
    random = SplitMix64(seed: seed)
    schemes = SplitMix64(seed: ~seed)
    asides = SplitMix64(seed: seed &* 3 &+ 1)
    leaks = SplitMix64(seed: seed &* 5 &+ 2)
    plan = SimulationPlan(&random, schemes: &schemes, asides: &asides, leaks: &leaks)
    let genesis = SimulatedWorld.genesis(seed: seed)
    configuration = SimulatedWorld.configuration(genesis)
    chain = EmbeddedChain(genesis: genesis, contract: RollupContract(configuration: configuration))
    verifier = ReexecutingVerifier(configuration: configuration)
    totalBalance = chain.totalBalance
    node = try SimulatedNode(configuration, bug: bug)
    observer = try SimulatedDisk(configuration, bug: bug, isObserver: true)
  }

  /// Plays a seed, and checks every invariant on the way.
  ///
  /// - Parameter isRepeated: whether to play it again, and hold the two runs against each other.
  /// - Throws: the first `Violation`.
  package static func play(
    seed: UInt64, steps: Int, bug: PlantedBug? = nil, isRepeated: Bool = false
  ) throws -> SimulationReport {
    var first = try RollupSimulation(seed: seed, bug: bug)
    let report = try first.run(steps: steps)
    guard isRepeated else { return report }
    var second = try RollupSimulation(seed: seed, bug: bug)
    let repeated = try second.run(steps: steps)
    guard report == repeated else {
      throw Violation(
        invariant: .runsAreEqual, step: steps, detail: "one run gives \(report.digest), another \(repeated.digest)")
    }
    return report
  }

  /// - Parameter look: lends the simulation after every step, to somebody who changes nothing.
  mutating func run(
    steps count: Int, _ look: (RollupSimulation) throws -> Void = { _ in }
  ) throws -> SimulationReport {
    while step < count {
      try play()
      try check()
      try look(self)
      step += 1
    }
    try finish()
    return report
  }

  private mutating func play() throws {
    mined = []
    disturb()
    try playNode()
    if random.chance(60) { try observe() }
    try actDishonestly()
    conspire()
    intervene()
    reportBetrayals()
    forceOverdue()
    deliver()
    try mine()
    let height = chain.head.id.number
    // Finality comes late, and now and then not for long.
    if height > 9, random.chance(60) { chain.finalize(through: height - 6 - random.next() % 3) }
  }

  /// The honest node does what it can until it is killed.
  private mutating func playNode() throws {
    // Not so soon again that an honest answer would be kept from L1 by it twice.
    let isSteady = crashStep.map { step - $0 >= Int(SimulatedWorld.patience) } ?? true
    if isSteady, node.disk.fuse == nil, random.chance(plan.crash) { node.disk.fuse = random.below(24) }
    do {
      if let restartStep {
        guard step >= restartStep else { return }
        try restartNode()
        self.restartStep = nil
      }
      try node.follow(chain)
      try actHonestly()
    } catch is Killed {
      report.crashes += 1
      crashStep = step
      restartStep = step + 1 + random.below(2)
    }
  }

  /// Starts the node again. Often it is killed once more while it catches up with L1.
  private mutating func restartNode() throws {
    try node.restart(bug: bug)
    guard asides.chance(60) else { return }
    node.disk.fuse = asides.below(12)
    do {
      try node.follow(chain)
      node.disk.fuse = nil
    } catch is Killed {
      report.crashes += 1
      try node.restart(bug: bug)
    }
  }

  /// The other node reads, and holds every output that becomes final against its own verdict.
  mutating func observe() throws {
    let step = step
    try observer.follow(chain) { fact, disk in
      guard case .outputFinalized(let event) = fact.event else { return }
      let verdict = try ProposerState.verdict(on: event.outputIndex, in: disk.proposerState.fold.view)
      guard verdict?.agrees == true else {
        throw Violation(
          invariant: .finalOutputsAreTrue, step: step,
          detail: verdict?.description ?? "output \(event.outputIndex) has no verdict")
      }
    }
  }
}
