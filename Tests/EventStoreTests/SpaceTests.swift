import EventStore
import LMDB
import Primitives
import SystemPackage
import TestSupport
import Testing

@Suite("Space")
struct SpaceTests {
  @Test("large payloads cost at most 1.03 bytes a byte, tree and index included", arguments: [100_000, 102_400])
  func large(size: Int) throws {
    try withLog { log, _ in
      for _ in 0..<4 { try log.append((0..<50).map { plain(pattern(size, seed: $0)) }) }
      #expect(try perByte(log, overhead: 0) <= 1.03)
    }
  }

  @Test("payloads of 200 bytes cost at most 1.30 times header and payload, tree included")
  func small() throws {
    try withLog { log, _ in
      for _ in 0..<20 { try log.append((0..<1000).map { plain(pattern(200, seed: $0)) }) }
      #expect(try perByte(log, overhead: 68) <= 1.30)
    }
  }

  @Test("no size of payload wastes more than a quarter of a page for a record")
  func anySize() throws {
    for size in [1000, 1954, 1955, 2500, 3000, 3974, 3975, 4080, 4081, 5000, 6034, 6035, 6200, 8176, 9000] {
      try withLog { log, _ in
        for _ in 0..<5 { try log.append((0..<100).map { plain(pattern(size, seed: $0)) }) }
        let pages = try log.statistics().tables.filter { $0.name == "records" || $0.name == "chunks" }
          .reduce(0) { $0 + $1.statistics.pages }
        #expect(Double(pages) * 4096 / 500 - Double(size + 68) < 0.28 * 4096, "\(size)")
      }
    }
  }

  @Test("statistics tell what is free, what the last commit appended, and what the commits of this process came to")
  func statistics() throws {
    try withLog { log, directory in
      for count in [30, 20, 10] { try log.append((0..<count).map { plain(pattern(200, seed: $0)) }) }
      let statistics = try log.statistics()
      let tables = statistics.tables.reduce(0) { $0 + $1.statistics.pages } * statistics.pageSize
      #expect(statistics.dataBytes > tables)
      #expect(statistics.freeBytes > 0 && statistics.freeBytes + statistics.dataBytes == statistics.usedBytes)
      #expect(statistics.lastCommitRecords == 10)
      let commits = try #require(statistics.commits)
      #expect(commits.commits == 3 && commits.requests == 3 && commits.records == 60)
      #expect(commits.payloadBytes == statistics.head.payloadBytes)
      #expect(commits.longestTime > .zero && commits.longestTime <= commits.time)
    }
  }

  /// Bytes of all tables' pages for each byte of payload and `overhead` of each record.
  private func perByte(_ log: EventLog, overhead: UInt64) throws -> Double {
    let statistics = try log.statistics()
    let pages = statistics.tables.reduce(0) { $0 + $1.statistics.pages }
    return Double(pages * statistics.pageSize)
      / Double(statistics.head.payloadBytes + overhead * statistics.head.size)
  }
}
