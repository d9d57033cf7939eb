import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("A projection that stands still, or has to be rebuilt")
struct StandstillTests {
  /// ChainConfigured, 2 records of block 0, 4 of each other block; the third of block 20 is wrong.
  private static let impossible = Position(UInt64(1 + 2 + 19 * 4 + 2))

  private static func writeImpossible(_ chain: MiniChain, _ numbers: Range<Int>, to log: EventLog) throws {
    try chain.write(numbers, to: log) { number, events in
      guard number == 20 else { return }
      var orphan = chain.blocks[20]
      orphan.header.parentHash = .zero
      events[2] = MiniChain.sequenced(orphan)
    }
  }

  private static func index(_ scratch: Scratch) -> Projector<QueryIndex> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  private static func senders(_ scratch: Scratch) -> Projector<SenderIndex> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  /// Makes a version one that has to be rebuilt.
  private static func disown(_ versions: VersionSet) throws {
    let live = try #require(versions.live)
    try Files.write(Array("{}".utf8), to: versions.path(of: live).appending("manifest.json"))
  }

  @Test("the record at which it stopped is told beside the versions, until a run has come past it, or L1 has left it")
  func noted() throws {
    let old = try MiniChain(blockCount: 30)
    let new = try MiniChain(blockCount: 30, branchedAt: 15)
    try Scratch.with { scratch in
      try old.write(0..<5, to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      try Self.writeImpossible(old, 5..<30, to: scratch.log)
      #expect(try projector.status().standstill == nil, "nobody has come to it yet")
      for _ in 0..<2 {
        #expect(throws: ProjectionError.self) { try projector.catchUp() }
        let standstill = try #require(try projector.status().standstill)
        #expect(standstill.position == Self.impossible.rawValue && standstill.kind == "BlockSequenced")
        #expect(!standstill.isTestimony && standstill.text.contains("projection \(ProposerState.name), record"))
        #expect(standstill.text.contains("a rebuild stops there, too"))
      }
      // A build that ends before it says nothing of it.
      var stopped = Projector<ProposerState>.Options()
      stopped.isCancelled = { true }
      #expect(throws: ProjectionError.self) { try projector.rebuild(stopped) }
      #expect(try projector.status().standstill?.position == Self.impossible.rawValue)
      // L1 leaves it.
      try scratch.log.appendReorg(
        oldTip: old.blocks[29].header.id, newTip: new.blocks[29].header.id, commonAncestor: old.blocks[14].header.id)
      #expect(try projector.status().standstill == nil)
      try new.write(15..<30, to: scratch.log)
      #expect(try Files.status(scratch.versions.standstillFile) != nil)
      try projector.catchUp()
      #expect(try Files.status(scratch.versions.standstillFile) == nil)
      #expect(try projector.digest().digest == Scratch.digest(of: new))
    }
  }

  @Test("a first build that stops at a record tells of it too, where no version is live; so does a replay")
  func notedByBuilds() throws {
    let chain = try MiniChain(blockCount: 30)
    for isReplay in [true, false] {
      try Scratch.with { scratch in
        try Self.writeImpossible(chain, 0..<30, to: scratch.log)
        let projector = scratch.projector()
        #expect(throws: ProjectionError.self) {
          if isReplay { _ = try projector.replay() } else { _ = try projector.rebuild() }
        }
        let status = try projector.status()
        #expect(status.live == nil && status.standstill?.position == Self.impossible.rawValue)
        try projector.drop()
        #expect(try projector.rebuild(to: 10).isLive)
        #expect(try projector.status().standstill != nil, "it has not come past it")
      }
    }
  }

  @Test("no record is to blame for what is wrong with rows")
  func rowsToBlame() {
    let place = ProjectionError.Place(
      projection: ProposerState.name, position: Position(7), kind: .blockSequenced, coordinates: .block(3))
    #expect(ProjectionError.fold(place, .configuration("two")).impossibleRecord == place)
    let rows = ProjectionError.fold(place, .noResult(block: 1, of: ProposerState.name))
    #expect(rows.impossibleRecord == nil && !"\(rows)".contains("a rebuild stops there"))
  }

  @Test("who cannot do without one that stands still goes as far as that one has come, and says which one it is")
  func requirement() throws {
    let chain = try MiniChain(blockCount: 30)
    try Scratch.with { scratch in
      try chain.write(0..<5, to: scratch.log)
      let index = Self.index(scratch)
      try index.rebuild()
      try Self.writeImpossible(chain, 5..<30, to: scratch.log)
      for run in [{ _ = try index.catchUp() }, { try index.bringUp() }] as [() throws -> Void] {
        let error = #expect(throws: ProjectionError.self, performing: run)
        guard case .fold(let place, .header) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(place.projection == ProposerState.name && place.position == Self.impossible)
        #expect(try index.status().live?.cursor?.nextPosition == Self.impossible.rawValue)
      }
      #expect(try index.status().standstill == nil && scratch.projector().status().standstill != nil)
      #expect(try index.verify().agrees)
      // A version of its own that is to come to the head cannot.
      let error = #expect(throws: ProjectionError.self) { try index.rebuild() }
      guard case .fold = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try index.status().standstill == nil)
    }
  }

  @Test("catching up rebuilds nothing, neither what it cannot do without nor what it can; bringing up does")
  func rebuildsNothing() throws {
    let chain = try MiniChain(blockCount: 12)
    try Scratch.with { scratch in
      try chain.write(0..<6, to: scratch.log)
      let (index, senders) = (Self.index(scratch), Self.senders(scratch))
      try index.rebuild()
      try chain.write(6..<12, to: scratch.log)
      let before = (state: scratch.versions.live, senders: senders.versions.live)
      try Self.disown(scratch.versions)
      let error = #expect(throws: ProjectionError.self) { try index.catchUp() }
      guard case .rebuildRequired(projection: ProposerState.name, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(scratch.versions.live == before.state && scratch.versions.all.count == 1)
      try index.bringUp()
      #expect(scratch.versions.live != before.state && index.versions.all.count == 1)
      #expect(try index.status().live?.lag == 0)

      try Self.disown(senders.versions)
      var leftOut: [String] = []
      var options = Projector<ProposerState>.Options()
      options.onLeftOut = { name, _ in leftOut.append(name) }
      try scratch.projector().catchUp(options)
      #expect(leftOut == [SenderIndex.name] && senders.versions.live == before.senders)
      try scratch.projector().bringUp(options)
      #expect(leftOut.count == 1 && senders.versions.live != before.senders)
      #expect(try index.verify().agrees && scratch.projector().verify().agrees && senders.verify().agrees)
    }
  }

  @Test("a version that cannot take back what L1 has left since is neither gone back to nor switched to")
  func unusableVersions() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 7, log: scratch.log)
      for salt in UInt64(1)..<6 { try play.step(salt) }
      let projector = scratch.projector()
      try projector.rebuild()
      let first = try #require(scratch.versions.live)
      try projector.rebuild()
      let live = try #require(scratch.versions.live)
      do {
        let version = try projector.openVersion(first, .readWrite)
        try version.commit(WriteBatch(), try #require(try version.cursor()), forgettingThrough: 5)
      }
      #expect(try projector.rollBack() == first, "as long as L1 has what it folded")
      #expect(try projector.rollBack() == live)
      play.atBlock = play.atBlock.filter { $0.key == 3 }
      try play.reorganise()
      for run in [{ try projector.rollBack() }, { try projector.switchTo(first) }] {
        let error = #expect(throws: ProjectionError.self) { _ = try run() }
        guard case .rebuildRequired(projection: ProposerState.name, _) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(scratch.versions.live == live)
      }
      try projector.catchUp()
      #expect(try projector.digest().digest == play.fresh(ProposerState.self))
    }
  }
}
