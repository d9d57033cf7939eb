import Node
import SystemPackage
import TestSupport
import Testing

@Suite("Devnet scenarios")
struct ScenarioTests {
  @Test("all that a script promises holds at its end", arguments: DevnetScenario.allCases)
  func holds(scenario: DevnetScenario) async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      var devnet = try Devnet(directory: FilePath(path))
      let failures = try await scenario.run(&devnet) { _, _ in }
      #expect(failures.isEmpty, "\(failures)")
    }
  }

  @Test("a devnet that is opened again goes on where it was")
  func restart() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      #expect(try Devnet(directory: FilePath(path)).summary == "L1 block 0, L2 block 0")
      let summary = try await summary(path, afterTicks: 5)
      #expect(try Devnet(directory: FilePath(path)).summary == summary)
    }
  }

  private func summary(_ path: String, afterTicks count: Int) async throws -> String {
    var devnet = try Devnet(directory: FilePath(path))
    for _ in 0..<count { try await devnet.tick() }
    return devnet.summary
  }
}
