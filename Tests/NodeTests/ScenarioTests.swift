import EventStore
import Node
import Primitives
import Roles
import Rollup
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
      #expect(try Devnet(directory: FilePath(path)).summary == "L1 block 0, L2 block 0")
      let (summary, digests) = try await state(path, afterTicks: 12)
      let again = try Devnet(directory: FilePath(path))
      #expect(again.summary == summary)
      #expect(try again.node.digests() == digests)
      #expect(try again.node.differencesFromRows().isEmpty)
    }
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
