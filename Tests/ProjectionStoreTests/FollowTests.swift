import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

@Suite("Follow")
struct FollowTests {
  @Test("catching up in any steps gives what a rebuild gives")
  func catchUp() throws {
    let chain = try MiniChain(blockCount: 60)
    try Scratch.with { scratch in
      try chain.write(0..<20, to: scratch.log)
      try scratch.projector().rebuild()
      for (range, batchSize) in [(20..<21, 1), (21..<45, 7), (45..<60, 1000)] {
        try chain.write(range, to: scratch.log)
        try scratch.projector().catchUp(.init(batchSize: batchSize))
        try scratch.projector().catchUp()
      }
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      #expect(try scratch.projector().status().live?.lag == 0)
    }
  }

  @Test("without a live version there is nothing to catch up, and the error names the command that makes one")
  func notBuilt() throws {
    try Scratch.with { scratch in
      try MiniChain(blockCount: 2).write(to: scratch.log)
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().catchUp() }
      #expect("\(try #require(error))".contains("varve projection rebuild proposer-state"))
      #expect(try scratch.projector().status().live == nil)
    }
  }

  @Test("a reorg of folded records takes them back, and the canonical chain alone is left")
  func reorg() throws {
    let old = try MiniChain(blockCount: 20)
    let new = try MiniChain(blockCount: 22, branchedAt: 15)
    #expect(old.blocks[14] == new.blocks[14])
    #expect(old.blocks[15] != new.blocks[15])
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      try scratch.projector().rebuild()
      try scratch.log.appendReorg(
        oldTip: old.blocks[19].header.id, newTip: new.blocks[21].header.id, commonAncestor: old.blocks[14].header.id)
      for range in [15..<17, 17..<22] {
        try new.write(range, to: scratch.log)
        if range.lowerBound == 15 {
          let status = try scratch.projector().status().live
          #expect(status?.problem == nil && status?.revoked == 5 * 4, "what it takes back is no reason to rebuild")
          #expect(throws: ProjectionError.self) { try scratch.projector().verify() }
        }
        try scratch.projector().catchUp(.init(batchSize: 9))
      }
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: new))
      #expect(try scratch.projector().verify().agrees)
    }
  }

  @Test("a reorg of records that were not folded yet is no reason to rebuild")
  func reorgAhead() throws {
    let old = try MiniChain(blockCount: 20)
    let new = try MiniChain(blockCount: 20, branchedAt: 15)
    try Scratch.with { scratch in
      try old.write(0..<10, to: scratch.log)
      try scratch.projector().rebuild()
      try old.write(10..<20, to: scratch.log)
      try scratch.log.appendReorg(
        oldTip: old.blocks[19].header.id, newTip: new.blocks[19].header.id, commonAncestor: old.blocks[14].header.id)
      try new.write(15..<20, to: scratch.log)
      try scratch.projector().catchUp(.init(batchSize: 4))
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: new))
    }
  }

  @Test("a version folded from another log is refused")
  func foreignLog() throws {
    try Scratch.with { scratch in
      try MiniChain(blockCount: 12).write(to: scratch.log)
      try scratch.projector().rebuild()
      for (blockCount, seed) in [(12, 2), (5, 1)] as [(Int, UInt64)] {
        try Scratch.with { other in
          try MiniChain(blockCount: blockCount, seed: seed).write(to: other.log)
          let projector = Projector<ProposerState>(
            dataDirectory: scratch.dataDirectory, log: other.log, storeID: Scratch.storeID)
          let error = #expect(throws: ProjectionError.self) { try projector.catchUp() }
          guard case .rebuildRequired = error else {
            Issue.record("\(String(describing: error))")
            return
          }
        }
      }
    }
  }

  @Test("a record that cannot be folded stops the projection there, with the record named and all before it kept")
  func impossibleRecord() throws {
    let chain = try MiniChain(blockCount: 30)
    try Scratch.with { scratch in
      try chain.write(0..<5, to: scratch.log)
      try scratch.projector().rebuild()
      try chain.write(5..<30, to: scratch.log) { number, events in
        guard number == 20 else { return }
        var orphan = chain.blocks[20]
        orphan.header.parentHash = .zero
        events[2] = MiniChain.sequenced(orphan)
      }
      // ChainConfigured, 2 records of block 0, 4 of each other block; the third of block 20 is wrong.
      let position = Position(UInt64(1 + 2 + 19 * 4 + 2))
      for batchSize in [1, 7, 1000] {
        let error = #expect(throws: ProjectionError.self) {
          try scratch.projector().catchUp(.init(batchSize: batchSize))
        }
        guard case .fold(let place, .header(let header)) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(header.block == 20)
        #expect(place.position == position)
        #expect(place.kind == .blockSequenced)
        #expect(try scratch.projector().status().live?.cursor?.nextPosition == position.rawValue)
      }
      let report = try scratch.projector().verify()
      #expect(report.agrees)
      #expect(report.stored.cursor.l1BlockNumber == 20)
    }
  }

  @Test("an empty log gives an empty projection")
  func emptyLog() throws {
    try Scratch.with { scratch in
      try scratch.projector().rebuild()
      #expect(try scratch.projector().digest().cursor == .start)
      try MiniChain(blockCount: 3).write(to: scratch.log)
      try scratch.projector().catchUp()
      #expect(try scratch.projector().verify().agrees)
    }
  }
}
