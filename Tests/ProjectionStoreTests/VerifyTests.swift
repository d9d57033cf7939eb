import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("Verify")
struct VerifyTests {
  private static let chainLength = 16

  @Test("a sound version verifies, and the scratch directory is gone afterwards")
  func sound() throws {
    try Self.withLiveVersion { scratch in
      let report = try scratch.projector().verify()
      #expect(report.agrees)
      #expect(report.difference == nil)
      #expect(report.stored == report.rebuilt)
      #expect(try !Files.names(in: scratch.versions.directory).contains("scratch"))
    }
  }

  @Test("what a verification has left that was killed is seen, and goes with the next one, or is dropped")
  func killed() async throws {
    let chain = try MiniChain(blockCount: Self.chainLength)
    let path = try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      return try scratch.keep(["ledger", "projections"])
    }
    defer { try? Files.removeDirectory(path) }
    for isDropped in [false, true] {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path.string as String] in
        let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .readOnly)
        _ = try Scratch(dataDirectory: FilePath(path), log: log).projector().verify(
          .init(batchSize: 9) { _ in kill(getpid(), SIGKILL) })
      }
      let log = try EventLog.open(path.appending("ledger"), mode: .readOnly)
      let scratch = Scratch(dataDirectory: path, log: log)
      #expect(try scratch.projector().status().hasScratch)
      do {
        let lock = try ProjectionError.lock(scratch.versions.directory, .scratch)
        #expect(try !scratch.projector().status().hasScratch, "somebody may be at it")
        _ = consume lock
      }
      if isDropped {
        #expect(try scratch.projector().drop(unfinishedOnly: true) == [])
      } else {
        #expect(try scratch.projector().verify().agrees)
      }
      #expect(try !scratch.projector().status().hasScratch)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("whoever follows the log goes on while a version is verified, seen as it was; one at a time is verified")
  func besideWriter() throws {
    let old = try MiniChain(blockCount: 20)
    let new = try MiniChain(blockCount: 24, branchedAt: 9)
    func following() -> Projector<ProposerState>.Options {
      var options = Projector<ProposerState>.Options()
      options.usesUpstreams = false
      return options
    }
    for isVerify in [true, false] {
      try Scratch.with { scratch in
        try old.write(0..<12, to: scratch.log)
        try scratch.projector().rebuild()
        // A process has a file open in one way.
        let projector = Projector<ProposerState>(
          dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID, keepsOpen: true)
        let before = try projector.digest()
        var next = 12
        var hasLeft = false
        let options = Projector<ProposerState>.Options(batchSize: 5) { _ in
          #expect(throws: Never.self) {
            if next < 20 {
              try old.write(next..<next + 2, to: scratch.log)
              next += 2
            } else if !hasLeft {
              hasLeft = true
              try scratch.log.appendReorg(
                oldTip: old.blocks[19].header.id, newTip: new.blocks[23].header.id,
                commonAncestor: old.blocks[8].header.id)
              try new.write(9..<24, to: scratch.log)
            }
            try projector.catchUp(following())
          }
          for second in [{ _ = try projector.verify() }, { _ = try projector.drop() }] as [() throws -> Void] {
            let error = #expect(throws: ProjectionError.self) { try second() }
            guard case .locked(let path, _) = error, path == scratch.versions.scratch else {
              Issue.record("\(String(describing: error))")
              return
            }
          }
        }
        if isVerify {
          let report = try projector.verify(options)
          #expect(report.agrees && report.stored == before)
        } else {
          let verdicts = try projector.recomputeVerdicts(options)
          #expect(verdicts.count == 12)
          #expect(verdicts.allSatisfy { $0.isStored })
        }
        #expect(hasLeft)
        #expect(try projector.digest().digest == Scratch.digest(of: new))
        #expect(try projector.verify().agrees)
      }
    }
  }

  @Test("a version that two rebuilds remove while it is verified is compared to the end")
  func removedMeanwhile() throws {
    try Self.withLiveVersion { scratch in
      let verified = try #require(scratch.versions.live)
      var rebuilds = 0
      let options = Projector<ProposerState>.Options(batchSize: 5) { _ in
        guard rebuilds < 2 else { return }
        rebuilds += 1
        #expect(throws: Never.self) { try scratch.projector().rebuild() }
        #expect((scratch.versions.all.contains(verified)) == (rebuilds < 2))
      }
      #expect(try scratch.projector().verify(options).agrees)
      #expect(rebuilds == 2)
    }
  }

  @Test("another process that holds the live version, or makes one beside it, keeps nobody from verifying")
  func lockedElsewhere() throws {
    try Self.withLiveVersion { scratch in
      let building = try ProjectionError.lock(scratch.versions.directory, .builder)
      let writing = try ProjectionError.lock(scratch.versions.directory, .writer)
      #expect(try scratch.projector().verify().agrees)
      #expect(try scratch.projector().recomputeVerdicts().allSatisfy { $0.isStored })
      _ = consume writing
      _ = consume building
    }
  }

  @Test("one flipped bit in any table is found, and table, key and both values are named", arguments: 0..<8)
  func flippedValue(table: Int) throws {
    try Self.withLiveVersion { scratch in
      let (key, value) = try Self.someRow(scratch, table)
      var wrong = value
      wrong[wrong.count / 2] ^= 1
      try scratch.tamper { $0.put(ProposerState.tables[table], key: key.rawSpan, value: wrong.rawSpan) }
      let report = try scratch.projector().verify()
      #expect(!report.agrees)
      #expect(
        report.difference
          == RowDifference(table: ProposerState.tables[table].name, key: key, stored: wrong, rebuilt: value))
    }
  }

  @Test("a removed row in any table is found and named", arguments: 0..<8)
  func removedRow(table: Int) throws {
    try Self.withLiveVersion { scratch in
      let (key, value) = try Self.someRow(scratch, table)
      try scratch.tamper { $0.delete(ProposerState.tables[table], key: key.rawSpan) }
      let report = try scratch.projector().verify()
      #expect(!report.agrees)
      #expect(
        report.difference
          == RowDifference(table: ProposerState.tables[table].name, key: key, stored: nil, rebuilt: value))
    }
  }

  @Test("an added row in any table is found and named, wherever it stands", arguments: 0..<8, [0x00, 0xff] as [UInt8])
  func addedRow(table: Int, byte: UInt8) throws {
    try Self.withLiveVersion { scratch in
      let key = [UInt8](repeating: byte, count: 9)
      try scratch.tamper { $0.put(ProposerState.tables[table], key: key.rawSpan, value: [1].rawSpan) }
      let report = try scratch.projector().verify()
      #expect(!report.agrees)
      #expect(
        report.difference == RowDifference(table: ProposerState.tables[table].name, key: key, stored: [1], rebuilt: nil)
      )
    }
  }

  @Test("of several differences the first by table and key is named")
  func firstOfSeveral() throws {
    try Self.withLiveVersion { scratch in
      let keys = try Self.rows(scratch, 0).map(\.key)
      let (early, late) = (keys[3], keys[7])
      try scratch.tamper { batch in
        batch.put(ProposerState.accounts, key: late.rawSpan, value: [1].rawSpan)
        batch.delete(ProposerState.accounts, key: early.rawSpan)
        batch.put(ProposerState.code, key: [0].rawSpan, value: [0].rawSpan)
      }
      let difference = try #require(try scratch.projector().verify().difference)
      #expect(difference.key == early)
      #expect(difference.stored == nil)
    }
  }

  @Test("what L1 revokes while a version is verified, or its verdicts are, is no difference")
  func reorganisedMeanwhile() throws {
    let old = try MiniChain(blockCount: Self.chainLength)
    let new = try MiniChain(blockCount: Self.chainLength, branchedAt: 9)
    func reorganising(_ scratch: Scratch) -> Projector<ProposerState>.Options {
      var isDone = false
      return Projector<ProposerState>.Options(batchSize: 5) { progress in
        guard progress.l1BlockNumber >= 11, !isDone else { return }
        isDone = true
        #expect(throws: Never.self) {
          try scratch.log.appendReorg(
            oldTip: old.blocks[Self.chainLength - 1].header.id, newTip: new.blocks[Self.chainLength - 1].header.id,
            commonAncestor: old.blocks[8].header.id)
          try new.write(9..<Self.chainLength, to: scratch.log)
        }
      }
    }
    for isVerify in [true, false] {
      try Scratch.with { scratch in
        try old.write(to: scratch.log)
        try scratch.projector().rebuild()
        let before = try scratch.log.revokedRanges()
        if isVerify {
          #expect(try scratch.projector().verify(reorganising(scratch)).agrees)
        } else {
          let verdicts = try scratch.projector().recomputeVerdicts(reorganising(scratch))
          #expect(verdicts.count == Self.chainLength)
          #expect(verdicts.allSatisfy { $0.isStored })
        }
        #expect(try scratch.log.revokedRanges() != before, "L1 has left something meanwhile")
      }
    }
  }

  @Test("verdicts on outputs that only the rows have are told, those behind the last one wanted are not")
  func foreignOutput() throws {
    try Self.withLiveVersion { scratch in
      let (_, row) = try #require(try Self.rows(scratch, ProposerState.outputs.index).last)
      let count = UInt64(Self.chainLength)
      try scratch.tamper {
        $0.put(ProposerState.outputs, key: ProposerState.key(count + 3).rawSpan, value: row.rawSpan)
      }
      let all = try scratch.projector().recomputeVerdicts()
      #expect(all.map(\.outputIndex) == Array(0..<count) + [count + 3])
      #expect(all.last?.recomputed == nil && all.last?.isStored == false)
      #expect(all.dropLast().allSatisfy { $0.isStored })
      let some = try scratch.projector().recomputeVerdicts(through: 4)
      #expect(some.map(\.outputIndex) == Array(0...4) && some.allSatisfy { $0.isStored })
    }
  }

  private static func withLiveVersion(_ body: (Scratch) throws -> Void) throws {
    let chain = try MiniChain(blockCount: chainLength)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      try body(scratch)
    }
  }

  private static func rows(_ scratch: Scratch, _ table: Int) throws -> [(key: [UInt8], value: [UInt8])] {
    var rows: [(key: [UInt8], value: [UInt8])] = []
    let version = try scratch.projector().openLive(.readOnly)
    try version.read { (store: any TableReader) throws(ProjectionError) in
      do {
        try store.scan(ProposerState.tables[table], from: [UInt8]().rawSpan) { key, value in
          rows.append((key.bytes, value.bytes))
          return true
        }
      } catch { throw .damaged(version.directory, "\(error)") }
    }
    return rows
  }

  private static func someRow(_ scratch: Scratch, _ table: Int) throws -> (key: [UInt8], value: [UInt8]) {
    let rows = try rows(scratch, table)
    return try #require(rows.isEmpty ? nil : rows[rows.count / 2])
  }
}
