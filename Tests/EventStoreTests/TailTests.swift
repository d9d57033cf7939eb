import EventStore
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Tail")
struct TailTests {
  @Test("a follower gets what was there, then what comes, and is not held up by the writer's pace")
  func follows() async throws {
    try await withLog { log, _ in
      try log.fill(300)
      async let seen = collect(700, from: log.tail())
      for _ in 0..<40 {
        try await log.append((0..<10).map { plain(pattern($0)) })
        await Task.yield()
      }
      #expect(try await seen.map(\.position.rawValue) == Array(0..<700))
    }
  }

  @Test("a follower that comes back with its cursor, after a restart, gets the rest once")
  func resumes() async throws {
    try await withLog { log, directory in
      try log.fill(50)
      var cursor: EventLog.Cursor?
      var positions: [UInt64] = []
      for _ in 0..<10 {
        let reader = try EventLog.open(directory, mode: .readOnly)
        let batch = try await collect(7, from: reader.tail(from: cursor))
        positions += batch.map(\.position.rawValue)
        cursor = batch.last?.cursor
        try log.fill(5)
      }
      #expect(positions == Array(0..<70))
    }
  }

  @Test("a reader in another place polls: it sees what a writer appends elsewhere")
  func polls() async throws {
    try await withLog { log, directory in
      let reader = try EventLog.open(directory, mode: .readOnly)
      async let seen = collect(5, from: reader.tail())
      try await Task.sleep(for: .milliseconds(20))
      try await log.append((0..<5).map { plain(pattern($0)) })
      #expect(try await seen.count == 5)
    }
  }

  @Test("a cursor of another log is refused: other content, or beyond the head")
  func foreign() async throws {
    try await withLog { log, _ in
      try log.fill(10)
      let good = try log.record(at: Position(4)).cursor
      let bad = [
        EventLog.Cursor(position: Position(5), leafHash: good.leafHash),
        EventLog.Cursor(position: Position(10), leafHash: good.leafHash),
        EventLog.Cursor(position: Position(.max), leafHash: good.leafHash),
      ]
      for cursor in bad {
        var iterator = log.tail(from: cursor).makeAsyncIterator()
        do throws(ReadError) {
          _ = try await iterator.next(isolation: nil)
          Issue.record("a foreign cursor was taken")
        } catch {
          guard case .foreignCursor(cursor, _) = error else { return unexpected(error) }
        }
      }
      #expect(try await collect(5, from: log.tail(from: good)).map(\.position.rawValue) == Array(5..<10))
    }
  }

  @Test("a canonical follower is told of a reorganisation, and not of what was revoked before it came")
  func canonical() async throws {
    try await withLog(decodesEvents: true) { log, _ in
      let blocks = (0...3).map { l1Block($0, records: 1) }
      try await log.appendBlocks(blocks)
      try log.appendReorg(oldTip: blocks[3].id, newTip: l1Block(2, fork: 1).id, commonAncestor: blocks[1].id)
      try await log.appendBlocks([l1Block(2, fork: 1, records: 1)])
      #expect(try await collect(4, from: log.tail(view: .canonical)).map(\.position.rawValue) == [0, 1, 4, 5])
    }
  }

  @Test("a follower that waits ends when its task is cancelled")
  func cancelled() async throws {
    try await withLog { log, _ in
      try log.fill(1)
      let follower = Task { try await collect(2, from: log.tail()) }
      try await Task.sleep(for: .milliseconds(20))
      follower.cancel()
      #expect(try await follower.value.count == 1)
    }
  }

  @Test("large payloads are read ahead only a few at a time, all of them whole")
  func largePayloads() async throws {
    try await withLog { log, _ in
      try await log.append((0..<12).map { plain(pattern(300_000, seed: $0)) })
      let seen = try await collect(12, from: log.tail())
      #expect(seen.map(\.payload) == (0..<12).map { pattern(300_000, seed: $0) })
    }
  }

  private func collect(_ count: Int, from tail: EventLog.Tail) async throws -> [StoredRecord] {
    var records: [StoredRecord] = []
    var iterator = tail.makeAsyncIterator()
    while records.count < count, let record = try await iterator.next(isolation: nil) { records.append(record) }
    return records
  }
}
