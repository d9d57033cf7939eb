import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup
import TestSupport
import Testing

/// Reads what executing the block behind the one that it folds gave: what no fold may do.
private struct LookingAhead: Projection {
  static let name = "looking-ahead"
  static let schemaVersion: UInt32 = 1
  static let readMode = ReadMode.canonical
  static var requirements: [any Projection.Type] { [ProposerState.self] }

  /// L2 block → whether the next one had been executed.
  static let looks = ProjectionTable(index: 0, name: "looks")
  static let tables = [looks]

  init(configuration: ChainConfiguration) {}

  func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    guard case .blockSequenced(let event) = fact.event, case .rollup(let block) = event.block else { return nil }
    let next: [UInt8] = Self.key(block.number + 1)
    let found: Bool?
    do throws(TableReadError) {
      found = try view.result(of: ProposerState.self, ProposerState.results, next.rawSpan) { _ in true }
    } catch { throw .rows(error) }
    view.put(Self.looks, Self.key(block.number), [found == true ? 1 : 0])
    return nil
  }

  private static func key(_ number: UInt64) -> [UInt8] {
    var key: [UInt8] = []
    key.append(bigEndian: number)
    return key
  }
}

@Suite("How far ahead of a projection those are that it reads")
struct UpstreamReachTests {
  private func projector<P: Projection>(_ type: P.Type, _ scratch: Scratch) -> Projector<P> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  /// The digest of what followed the state L1 block by L1 block, and of what was folded from it as it was at the end.
  private func digests<P: Projection>(_ type: P.Type, seed: UInt64) throws -> (followed: Hash256, rebuilt: Hash256) {
    try Scratch.with { scratch in
      let projector = projector(type, scratch)
      var play = try RollupPlay(seed: seed, log: scratch.log)
      try projector.rebuild()
      for salt in UInt64(1)..<40 {
        try play.step(salt)
        // Brings the state as far, and no further.
        try projector.catchUp()
        if play.random.next() % 6 == 0 { try play.reorganise() }
      }
      try projector.catchUp()
      let followed = try projector.digest().digest
      try projector.rebuild(resume: false)
      return (followed, try projector.digest().digest)
    }
  }

  @Test("leaves no trace in its rows; of a fold that looked ahead it would")
  func reach() throws {
    let seed = SeededGenerator().seed
    let index = try digests(QueryIndex.self, seed: seed)
    #expect(index.followed == index.rebuilt, "seed \(seed)")
    let state = try digests(ProposerState.self, seed: seed)
    #expect(state.followed == state.rebuilt, "seed \(seed)")
    let looking = try digests(LookingAhead.self, seed: seed)
    #expect(looking.followed != looking.rebuilt, "seed \(seed)")
  }
}
