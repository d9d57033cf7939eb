import EventStore
import InMemoryLogging
import LMDB
import Logging
import Primitives
import Rollup
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

  @Test("a log whose map is full makes it larger and goes on; not under a reader of its process, whose end it needs")
  func fullMap() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      let log = try EventLog.open(directory, mode: .create, mapSize: 1 << 20)
      func batch() -> [NewRecord] { (0..<50).map { plain([UInt8](repeating: $0, count: 20_000)) } }
      for _ in 0..<4 { try log.append(batch()) }
      let size = try log.statistics().mapSize
      #expect(size >= 4 << 20)
      let before = try log.all()
      try log.read(.zero..<Position(1)) { (view: borrowing RecordView) throws(ReadError) in
        let error = #expect(throws: AppendError.self) {
          while true { try log.append(batch()) }
        }
        guard case .store(.mapFull(size))? = error else {
          Issue.record("a full map gave \(String(describing: error))")
          return
        }
        #expect(view.payload == before[0].payload)
      }
      let refused = try log.head().size
      // What the reader kept from being used again may be room enough for one.
      for _ in 0..<2 { try log.append(batch()) }
      #expect(try log.head().size == refused + 100)
      #expect(try log.statistics().mapSize > size)
      #expect(try log.all().starts(with: before))
      try requireSound(directory)
    }
  }

  @Test("statistics warn from 80 % of the map on, and not before")
  func mapWarning() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path), mode: .create, mapSize: 1 << 22)
      var uses: [Double] = []
      while uses.last ?? 0 < 0.9 {
        try log.append((0..<10).map { plain(pattern(5000, seed: $0)) })
        let statistics = try log.statistics()
        #expect(statistics.mapSize == 1 << 22)
        #expect((statistics.mapWarning != nil) == (statistics.mapUse >= 0.8), "at \(statistics.mapUse)")
        if let warning = statistics.mapWarning {
          #expect(warning.contains("% of this process's map of 4194304 bytes is used") && warning.contains("ulimit -v"))
        }
        uses.append(statistics.mapUse)
      }
      #expect(uses.contains { $0 < 0.8 } && uses.contains { $0 > 0.8 })
    }
  }

  /// There is one log of a whole process, so the test runs in a process of its own.
  @Test("who appends is told when the map is nearly full, each time that it becomes so, and at the end what it came to")
  func mapWatch() async throws {
    _ = try await withTemporaryDirectory { path in
      await #expect(processExitsWith: .success) { [path = path as String] in
        var handler = InMemoryLogHandler()
        handler.logLevel = .debug
        LoggingSystem.bootstrap { [handler] _ in handler }
        func entries(_ level: Logger.Level) -> [InMemoryLogHandler.Entry] {
          handler.entries.filter { $0.level == level && "\($0.message)".contains("map") == (level == .warning) }
        }
        do {
          let log = try EventLog.open(FilePath(path), mode: .create, mapSize: 1 << 22)
          var (sizes, crossings, wasNearlyFull): (Set<Int>, Int, Bool) = ([], 0, false)
          while sizes.count < 3 {
            try log.append((0..<10).map { plain(pattern(5000, seed: $0)) })
            let statistics = try log.statistics()
            sizes.insert(statistics.mapSize)
            let isNearlyFull = statistics.mapUse >= 0.8
            if isNearlyFull, !wasNearlyFull { crossings += 1 }
            wasNearlyFull = isNearlyFull
            #expect(entries(.warning).count == crossings, "at \(statistics.mapUse) of \(statistics.mapSize)")
          }
          #expect(crossings >= 2 && entries(.debug).isEmpty)
          let warning = try #require(entries(.warning).first)
          #expect("\(warning.message)".contains("ulimit -v") && warning.metadata["log"] == "\(path)")
        }
        let totals = try #require(entries(.debug).first)
        #expect("\(totals.message)".contains(#/ in \d+ commits, for \d+ callers; .* took \d+\.\d{3} ms a commit/#))
      }
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
