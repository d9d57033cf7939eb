import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import StateTransition
import SystemPackage
import TestSupport
import Testing

@Suite("Replay")
struct ReplayTests {
  @Test("a replay checks every output, and its version is live when all agree")
  func agrees() throws {
    let chain = try MiniChain(blockCount: 40)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let clock = StageClock()
      let report = try scratch.projector().replay(.init(batchSize: 11, clock: clock))
      #expect(report.block == 39)
      #expect(report.outputs == 40)
      #expect(report.stateRoot == chain.blocks[39].header.stateRoot)
      #expect(report.isPublished)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      let counts = try scratch.projector().outputCounts()
      #expect(counts.agreed == 40)
      #expect(counts.disagreed == 0)
      for stage in StageClock.Stage.allCases { #expect(clock.total(of: stage) > .zero, "\(stage)") }
    }
  }

  @Test("a wrong stored root stops the replay with block, field and both values named, and nothing is published")
  func wrongRoot() throws {
    let chain = try MiniChain(blockCount: 40)
    try Scratch.with { scratch in
      try chain.write(0..<10, to: scratch.log)
      try scratch.projector().replay()
      let live = scratch.versions.live
      try chain.write(10..<40, to: scratch.log) { number, events in
        guard number == 23, case .outputProposed(var output) = events[3] else { return }
        output.stateRoot = Hash256(9, 9, 9, 9)
        events[3] = .outputProposed(output)
      }
      for resume in [false, true] {
        let error = #expect(throws: ProjectionError.self) {
          try scratch.projector().replay(resume: resume, .init(batchSize: 16))
        }
        guard case .disagreement(let verdict) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(verdict.l2BlockNumber == 23)
        #expect(
          verdict.differences == [
            ClaimDifference(
              field: "stateRoot", claimed: Hash256(9, 9, 9, 9).bytes,
              computed: chain.blocks[23].header.stateRoot.bytes)
          ])
        #expect(scratch.versions.live == live)
      }
      // As a projection the wrong claim is data, and the rest is folded.
      try scratch.projector().rebuild()
      let counts = try scratch.projector().outputCounts()
      #expect(counts.agreed == 39)
      #expect(counts.disagreed == 1)
      #expect(counts.firstDisagreement?.l2BlockNumber == 23)
      #expect(counts.newestBlock == 39)
    }
  }

  @Test("a replay that goes on with an interrupted rebuild does not pass over what that one folded unchecked")
  func resumedRebuild() throws {
    let chain = try MiniChain(blockCount: 12)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log) { number, events in
        guard number == 4, case .outputProposed(var output) = events[3] else { return }
        output.outputRoot = .zero
        events[3] = .outputProposed(output)
      }
      var options = Projector<ProposerState>.Options()
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options) }
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().replay(resume: true) }
      guard case .disagreement(let verdict) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(verdict.l2BlockNumber == 4)
    }
  }

  @Test("a replay to a block ends there, unpublished, and a later one goes on with it")
  func toBlock() throws {
    let chain = try MiniChain(blockCount: 30)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let first = try scratch.projector().replay(to: 12)
      #expect(first.block == 12)
      #expect(first.stateRoot == chain.blocks[12].header.stateRoot)
      #expect(!first.isPublished)
      #expect(scratch.versions.live == nil)
      let again = try scratch.projector().replay(to: 12, resume: true)
      #expect(again.cursor == first.cursor)
      let rest = try scratch.projector().replay(resume: true)
      #expect(rest.start == first.cursor.nextPosition)
      #expect(rest.isPublished)
      #expect(rest.outputs == 30)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().replay(to: 30) }
      guard case .noSuchBlock(30) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }
}
