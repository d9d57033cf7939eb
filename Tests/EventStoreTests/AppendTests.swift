import EventStore
import Hashing
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Append and read")
struct AppendTests {
  @Test("payloads of every size around a limit come back as they were")
  func sizes() throws {
    let sizes =
      [0, 1, 2, 200, 1953, 1954, 1955, 1956, 2022, 2023, 3973, 3974, 3975, 4079, 4080, 4081, 4096, 6034, 6035, 8054]
      + [8055, 8176, 8177, 100_000, 102_400, 1 << 20, (1 << 20) + 1, 5_000_000]
    try withLog { log, directory in
      for (index, size) in sizes.enumerated() { try log.append([plain(pattern(size, seed: index))]) }
      for log in [log, try EventLog.open(directory, mode: .readOnly)] {
        let payloads = try log.all().map(\.payload)
        #expect(payloads == sizes.enumerated().map { pattern($0.element, seed: $0.offset) })
      }
      for (index, size) in sizes.enumerated() {
        let (lent, segments) = try log.withRecord(at: Position(UInt64(index))) {
          (view: borrowing RecordView) throws(ReadError) in
          var segments = 0
          view.forEachSegment { (segment: RawSpan) in segments += segment.byteCount }
          return (view.withPayload { (payload: RawSpan) in payload.bytes }, segments)
        }
        #expect(lent == pattern(size, seed: index))
        #expect(segments == size)
      }
    }
  }

  @Test("a payload beyond the limit is refused and nothing is written")
  func tooLong() throws {
    try withLog { log, _ in
      let long = NewRecord(
        kind: .blockSequenced, coordinates: .block(0),
        payload: [UInt8](repeating: 1, count: PayloadLayout.longestPayload + 1), payloadHash: .zero)
      let error = try #require(throws: AppendError.self) { try log.append([plain([1]), long]) }
      guard case .payloadTooLong = error else { return unexpected(error) }
      #expect(try log.head().size == 0)
    }
  }

  @Test("positions are dense, headers say what was given, and the head counts")
  func headers() throws {
    try withLog { log, _ in
      #expect(try log.head().root == MerkleHash.emptyRoot)
      let coordinates = L1Coordinates(blockNumber: 7, transactionIndex: 8, logIndex: 9)
      let records = (0..<5).map { NewRecord(kind: .outputProposed, coordinates: coordinates, payload: pattern($0)) }
      let first = try log.append(records)
      let second = try log.append(records)
      #expect(first.positions == [Position(0)..<Position(5)])
      #expect(second.positions == [Position(5)..<Position(10)])
      for (index, record) in try log.all().enumerated() {
        #expect(record.header.position == Position(UInt64(index)))
        #expect(record.header.coordinates == coordinates)
        #expect(record.kind == .outputProposed)
        #expect(record.header.payloadHash == Keccak256.hash(pattern(index % 5)))
      }
      let head = try log.head()
      #expect(head.size == 10)
      #expect(head.previousSize == 5)
      #expect(head.payloadBytes == 20)
      #expect(head == second.head)
    }
  }

  @Test("an append that expects another head is refused with the actual one, and changes nothing")
  func conflict() throws {
    try withLog { log, _ in
      let empty = try log.head()
      let head = try log.append([plain([1])], expecting: empty).head
      let error = try #require(throws: AppendError.self) { try log.append([plain([2])], expecting: empty) }
      guard case .conflict(let expected, let actual) = error else { return unexpected(error) }
      #expect(expected == empty)
      #expect(actual == head)
      #expect(try log.head() == head)
      try log.append([plain([2])], expecting: head)
      #expect(try log.all().map(\.payload) == [[1], [2]])
    }
  }

  @Test("a log that is open for reading takes no appends, and sees those of the writer")
  func readOnly() throws {
    try withLog { log, directory in
      let reader = try EventLog.open(directory, mode: .readOnly)
      try log.append([plain([1])])
      #expect(try reader.all().count == 1)
      let error = try #require(throws: AppendError.self) { try reader.append([plain([2])]) }
      guard case .readOnly = error else { return unexpected(error) }
    }
  }

  @Test("reading beyond the head is an error before anything is lent")
  func beyondHead() throws {
    try withLog { log, _ in
      try log.fill(3)
      var lent = 0
      let error = try #require(throws: ReadError.self) {
        try log.read(Position(1)..<Position(4)) { (_: borrowing RecordView) throws(ReadError) in lent += 1 }
      }
      guard case .beyondHead(let position, 3) = error else { return unexpected(error) }
      #expect(position == Position(3))
      #expect(lent == 0)
      try log.read(Position(9)..<Position(9)) { (_: borrowing RecordView) throws(ReadError) in lent += 1 }
      #expect(lent == 0)
    }
  }

  @Test("a scan that is longer than a snapshot neither skips nor repeats a record")
  func longScan() throws {
    try withLog { log, _ in
      let count = Int(EventLog.recordsPerSnapshot) * 2 + 5
      try log.append(
        NewRecord.each((0..<count).map { pattern(3, seed: $0) }, kind: .blockSequenced, coordinates: .block(0)))
      var next: UInt64 = 0
      try log.read(log.head().positions) { (view: borrowing RecordView) throws(ReadError) in
        #expect(view.position.rawValue == next)
        next += 1
      }
      #expect(next == UInt64(count))
    }
  }

  @Test("many callers at once: all is kept, each caller's records together and in the caller's order")
  func concurrent() async throws {
    try await withLog { log, _ in
      let callers = 16
      let rounds = 20
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<callers {
          group.addTask {
            for round in 0..<rounds {
              let payload = [UInt8(caller), UInt8(round)]
              let appended = try await log.append([plain(payload + [0]), plain(payload + [1])])
              let range = appended.positions[0]
              #expect(range.upperBound.rawValue - range.lowerBound.rawValue == 2)
              #expect(try log.record(at: range.lowerBound).payload == payload + [0])
            }
          }
        }
        try await group.waitForAll()
      }
      let payloads = try log.all().map(\.payload)
      #expect(payloads.count == callers * rounds * 2)
      for caller in 0..<callers {
        let own = payloads.filter { $0[0] == UInt8(caller) }
        #expect(own == (0..<rounds).flatMap { [[UInt8(caller), UInt8($0), 0], [UInt8(caller), UInt8($0), 1]] })
      }
      for pair in stride(from: 0, to: payloads.count, by: 2) {
        #expect(payloads[pair].dropLast() == payloads[pair + 1].dropLast())
      }
    }
  }

  @Test("callers that wait share a commit, and one that conflicts is refused alone")
  func groupCommit() async throws {
    try await withLog { log, directory in
      let head = try log.head()
      // While the write thread is busy with this, the others queue up.
      async let first = log.append((0..<20_000).map { _ in plain([0]) })
      let outcomes = try await withThrowingTaskGroup(of: Bool.self, returning: [Bool].self) { group in
        for caller in 0..<20 {
          group.addTask {
            do throws(AppendError) {
              try await log.append([plain([UInt8(caller)])], expecting: caller.isMultiple(of: 5) ? head : nil)
              return true
            } catch { return false }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      _ = try await first
      // Of those that expect the first head at most one can have come first.
      #expect(outcomes.filter { !$0 }.count >= 3)
      #expect(outcomes.filter { $0 }.count >= 16)
      #expect(try log.head().size == UInt64(20_000 + outcomes.filter { $0 }.count))
    }
  }
}
