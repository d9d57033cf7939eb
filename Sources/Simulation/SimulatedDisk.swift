import L1
import Primitives
import Projections
import Roles
import Rollup

/// The process was killed.
struct Killed: Error {}

/// What a node has on disk, and when it is killed: between any two writes.
struct SimulatedDisk {
  private(set) var ledger = SimulatedLedger()
  private(set) var proposerState: SimulatedProjection<ProposerState>
  private(set) var challengerView: SimulatedProjection<ChallengerView>

  /// What the sequencer was ever permitted to sign.
  private(set) var permissions: [SigningGuard.Permission] = []

  /// What was to be sent to L1, by what it says.
  private(set) var outbox: [Hash256: Outgoing] = [:]

  /// Writes until the process is killed; nil when it lives on.
  var fuse: Int?

  struct Outgoing {
    var transaction: L1Transaction

    /// The step at which it was last to be sent, and whether it was lost then.
    var step: Int
    var wasLost = false
  }

  init(_ configuration: ChainConfiguration, bug: PlantedBug?, isObserver: Bool) throws {
    proposerState = try SimulatedProjection(configuration)
    challengerView = try SimulatedProjection(configuration)
    guard isObserver else { return }
    if bug == .deafNode { ledger.skipsEvent = { $0.kind == .bondLocked } }
    if bug == .carelessFold { challengerView.overlooks = { $0.kind == .bondLocked } }
  }

  /// Plants a bug: the projections pass over facts.
  mutating func overlook(_ isOverlooked: @escaping (Event) -> Bool) {
    proposerState.overlooks = isOverlooked
    challengerView.overlooks = isOverlooked
  }

  /// Brings the log up to L1, and the projections up to the log, one write at a time.
  ///
  /// - Parameter note: gets every fact that the projection of blocks folds, just after.
  mutating func follow(_ chain: EmbeddedChain, _ note: (Fact, SimulatedDisk) throws -> Void = { _, _ in }) throws {
    while ledger.append(from: chain) { try written() }
    // The challenger's first: what is noted of a fact may look into both.
    while try advanceChallengerView() { try written() }
    while true {
      let progress = try proposerState.advance(ledger)
      if case .done = progress { break }
      if case .folded(let fact) = progress { try note(fact, self) }
      try written()
    }
    proposerState.fold.finalize(l1Block: ledger.finalized)
    challengerView.fold.finalize(l1Block: ledger.finalized)
  }

  private mutating func advanceChallengerView() throws -> Bool {
    if case .done = try challengerView.advance(ledger) { false } else { true }
  }

  /// Forgets what was kept for comparing L1 blocks up to and with `number`.
  mutating func forgetChanges(throughL1Block number: UInt64) {
    proposerState.forgetChanges(throughL1Block: number)
    challengerView.forgetChanges(throughL1Block: number)
  }

  mutating func keep(_ permission: SigningGuard.Permission) throws {
    permissions.append(permission)
    try written()
  }

  mutating func keep(_ outgoing: Outgoing, as name: Hash256) throws {
    outbox[name] = outgoing
    try written()
  }

  /// Something is durable; this may be the last thing that the process does.
  private mutating func written() throws {
    guard let left = fuse else { return }
    fuse = left > 0 ? left - 1 : nil
    if left == 0 { throw Killed() }
  }
}
