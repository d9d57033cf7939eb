import EventStore
import Node
import Primitives
import ProjectionStore
import Projections
import Roles
import Rollup
import StateTransition
import SystemPackage
import TestSupport
import Testing

@Suite("Devnet scenarios")
struct ScenarioTests {
  @Test("all that a script promises holds at its end", arguments: DevnetScenario.allCases)
  func holds(scenario: DevnetScenario) async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      var devnet = try Devnet(directory: FilePath(path))
      let failures = try await scenario.run(&devnet) { _ in }
      #expect(failures.isEmpty, "\(failures)")
      #expect(try devnet.node.differencesFromRows().isEmpty)
      #expect(try devnet.node.isFreshFold())
      let ledger = devnet.node.follower.ledger
      let tip = try #require(devnet.view.l1Head)
      #expect(try ledger.canonicalAcc(afterL1Block: tip.number) == devnet.node.canonicalAcc)
      #expect(try LedgerComparison(of: ledger, with: ledger) == .equal(through: tip))
    }
  }

  @Test("a devnet that is opened again goes on where it was, with the same rows")
  func restart() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      #expect(try Devnet(directory: FilePath(path)).summary == "L1 block 0, L2 block 0 (unsafe 0, finalized 0)")
      let (summary, digests) = try await state(path, afterTicks: 12)
      let again = try Devnet(directory: FilePath(path))
      #expect(again.summary == summary)
      #expect(try again.node.digests() == digests)
      #expect(try again.node.differencesFromRows().isEmpty)
    }
  }

  @Test("what the sequencer has signed is executed before L1 has it, and is what L1 then gives")
  func unsafe() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let before = try await signed(path)
      // A process that ends here comes back to what it has signed.
      var devnet = try Devnet(directory: FilePath(path))
      #expect(devnet.summary == before.summary && devnet.node.unsafe.head == before.head)
      try await devnet.tick()
      #expect(try balances(devnet).safe == before.latest)
      #expect(devnet.unsafeCounts == (1, 0))
    }
  }

  /// Comes to where the sequencer has signed a transfer that L1 does not have yet.
  private func signed(_ path: String) async throws -> (summary: String, head: BlockID?, latest: UInt256) {
    var devnet = try Devnet(directory: FilePath(path))
    for _ in 0..<5 { try await devnet.tick() }
    let before = try balances(devnet)
    #expect(before.safe == before.latest && devnet.node.unsafeHead > devnet.view.safeHead)
    #expect(devnet.node.finalizedHead < devnet.view.safeHead)
    devnet.userSends()
    try await devnet.tick()
    let after = try balances(devnet)
    #expect(after.safe == before.safe && after.latest == before.latest + 1_000_000)
    #expect(devnet.unsafeCounts == (Int(devnet.view.safeHead), 0))
    return (devnet.summary, devnet.node.unsafe.head, after.latest)
  }

  /// What the friend has: by what L1 has, and by what is signed.
  private func balances(_ devnet: Devnet) throws -> (safe: UInt256, latest: UInt256) {
    func balance(_ rows: ProjectionView) throws(FoldError) -> UInt256 {
      try ProposerState.account(DevnetParty.friend.address, in: rows)?.balance ?? .zero
    }
    let safe = try devnet.node.projections.proposerState.read { rows, _ throws(FoldError) in try balance(rows) }
    return (safe, try devnet.node.readLatest { rows throws(FoldError) in try balance(rows) })
  }

  private func state(_ path: String, afterTicks count: Int) async throws -> (String, [Hash256]) {
    var devnet = try Devnet(directory: FilePath(path))
    for _ in 0..<count {
      devnet.userSends()
      try await devnet.tick()
    }
    return (devnet.summary, try devnet.node.digests())
  }
}
