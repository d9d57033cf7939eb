import L1
import Primitives
import Projections
import Roles
import Rollup
import Settlement
import StateTransition

/// Where a script is played: lines out, what was seen, and what did not hold.
struct DevnetStage {
  private let say: (DevnetLine) -> Void
  private(set) var failures: [String] = []

  /// Every L1 fact that the node recorded, as it came; a reorganisation may have revoked some since.
  private(set) var seen: [(position: Position, event: Event)] = []

  /// Every block that was signed, and why it might be.
  private(set) var signed: [(block: RollupBlock, reason: SigningGuard.Reason)] = []

  init(say: @escaping (DevnetLine) -> Void) { self.say = say }

  func say(_ text: String, in holder: DevnetLine.Holder = .nothing) {
    say(DevnetLine(text, in: holder))
  }

  /// Notes something that must hold.
  mutating func expect(_ condition: Bool, _ what: String) {
    say(condition ? "holds: \(what)" : "DOES NOT HOLD: \(what)")
    if !condition { failures.append(what) }
  }

  /// L1 blocks go by until something holds.
  ///
  /// - Returns: whether it came to hold within `limit` blocks.
  @discardableResult
  mutating func advance(
    _ devnet: inout Devnet, limit: Int = 200, until isDone: (Devnet) -> Bool
  ) async throws(NodeError) -> Bool {
    for _ in 0..<limit {
      if isDone(devnet) { return true }
      try await devnet.tick()
      tell(&devnet)
    }
    return isDone(devnet)
  }

  /// So many L1 blocks go by.
  mutating func pass(_ blocks: Int, _ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet, limit: blocks) { _ in false }
  }

  /// Says what has happened since it was last asked.
  mutating func tell(_ devnet: inout Devnet) {
    for news in devnet.takeNews() {
      switch news {
      case .recorded(let position, let event), .recordedIdle(let position, let event): seen.append((position, event))
      case .signed(let block, let reason): signed.append((block, reason))
      default: break
      }
      if let line = news.line { say(line) }
    }
  }

  /// What an account of L2 has.
  func balance(of party: DevnetParty, _ devnet: Devnet) -> UInt256 {
    guard let header = devnet.view.result(of: devnet.view.safeHead)?.header else { return .zero }
    let state = CommittedState(root: header.stateRoot, parent: header.id, data: devnet.node.archive)
    return (try? state.account(party.address))??.balance ?? .zero
  }

  /// What a party has on L1: in its account, in the contract as credit, and what stands for its words there.
  func wealth(of party: DevnetParty, _ devnet: Devnet) throws(NodeError) -> UInt256 {
    let row = try devnet.node.account(party.address)
    return devnet.l1.balance(of: party.address) + row.credit + row.locked
  }

  /// What holds for every script: the rows on disk are what the roles saw, and what a fresh fold of the ledger gives.
  mutating func close(_ devnet: Devnet) throws(NodeError) {
    let differences = try devnet.node.differencesFromRows()
    expect(
      differences.isEmpty, "the projections say what the roles decided by\(differences.first.map { ": \($0)" } ?? "")")
    expect(try devnet.node.isFreshFold(), "all projections, kept live, are byte for byte what a fresh fold gives")
  }
}
