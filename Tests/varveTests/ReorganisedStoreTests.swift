import EventStore
import Rollup
import TestSupport
import Testing

@Suite("A store whose L1 reorganises")
struct ReorganisedStoreTests {
  private static let ancestor = 5

  /// What has folded the first blocks of a chain, and L1 leaves most of them since.
  private static func withInterrupted(_ body: (LedgerWorld) throws -> Void) throws {
    let old = try MiniChain(blockCount: 20)
    let new = try MiniChain(blockCount: 20, branchedAt: ancestor + 1)
    try LedgerWorld.with(old) { world, log in
      try world.expect(0, ["replay", "--to", "12"])
      try log.appendReorg(
        oldTip: old.blocks[19].header.id, newTip: new.blocks[19].header.id,
        commonAncestor: old.blocks[ancestor].header.id)
      try new.write(ancestor + 1..<20, to: log)
      try body(world)
    }
  }

  @Test("a rebuild or a replay that goes on before where it began, as L1 has left blocks since, comes to its end")
  func resumed() throws {
    for command in [["replay", "--resume"], ["projection", "rebuild", "proposer-state", "--batch-size", "2"]] {
      try Self.withInterrupted { world in
        try world.expect(0, command)
        try world.expect(0, ["projection", "verify", "proposer-state"])
      }
    }
  }
}
