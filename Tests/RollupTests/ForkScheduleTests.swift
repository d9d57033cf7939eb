import Primitives
import Rollup
import Testing

@Suite("Fork schedules")
struct ForkScheduleTests {
  @Test("at each block the last fork that has begun holds")
  func byNumber() throws {
    let forks = try ForkSchedule(activations: [
      .init(.homestead, at: 10), .init(.byzantium, at: 20), .init(.petersburg, at: 20),
    ])
    #expect(forks.fork(atBlock: 9, timestamp: 0) == .frontier)
    #expect(forks.fork(atBlock: 10, timestamp: 0) == .homestead)
    #expect(forks.fork(atBlock: 19, timestamp: .max) == .homestead)
    #expect(forks.fork(atBlock: 20, timestamp: 0) == .petersburg)
  }

  @Test("forks by time hold after the merge alone, which a header shows by difficulty zero")
  func byTime() throws {
    let forks = try ForkSchedule(
      activations: [.init(.london, at: 5), .init(.shanghai, at: 100), .init(.cancun, at: 200)],
      terminalTotalDifficulty: 1)
    #expect(forks.fork(atBlock: 5, timestamp: 300) == .london)
    #expect(forks.fork(atBlock: 5, timestamp: 99, isAfterMerge: true) == .paris)
    #expect(forks.fork(atBlock: 5, timestamp: 100, isAfterMerge: true) == .shanghai)
    #expect(forks.fork(atBlock: 5, timestamp: 200, isAfterMerge: true) == .cancun)
    var header = Samples.header
    header.number = 6
    header.timestamp = 250
    #expect(forks.fork(of: header) == .london)
    header.difficulty = .zero
    #expect(forks.fork(of: header) == .cancun)
  }

  @Test("without a terminal total difficulty the first fork by time is the merge, whatever the difficulty")
  func mergeByTime() throws {
    let forks = try ForkSchedule(
      activations: [.init(.london, at: 5), .init(.shanghai, at: 100), .init(.cancun, at: 200)])
    var header = Samples.header
    header.number = 6
    for (time, fork) in [(99, Fork.london), (100, .shanghai), (200, .cancun)] as [(UInt64, Fork)] {
      header.timestamp = time
      #expect(forks.fork(of: header) == fork)
    }
  }

  @Test("a schedule out of order is refused")
  func order() {
    #expect(throws: ForkScheduleError.outOfOrder(.homestead, .byzantium)) {
      try ForkSchedule(activations: [.init(.homestead, at: 5), .init(.byzantium, at: 4)])
    }
    #expect(throws: ForkScheduleError.outOfOrder(.byzantium, .homestead)) {
      try ForkSchedule(activations: [.init(.byzantium, at: 4), .init(.homestead, at: 4)])
    }
    #expect(throws: ForkScheduleError.notScheduled(.paris)) {
      try ForkSchedule(activations: [.init(.paris, at: 4)])
    }
  }

  @Test("blob limits that no block can keep are refused, from a file and from a log")
  func blobLimits() throws {
    typealias Row = (target: UInt64, max: UInt64, fraction: UInt64, isGood: Bool)
    let greatest: UInt64 = (1 << 47) - 1
    let rows: [Row] = [
      (3, 6, 1, true), (6, 6, 1, true), (0, 0, 1, true), (greatest, greatest, .max, true), (7, 6, 1, false),
      (1, greatest + 1, 1, false), (.max, .max, 1, false), (3, 6, 0, false),
    ]
    for row in rows {
      let limits = BlobParameters(
        fork: .osaka, target: row.target, max: row.max, baseFeeUpdateFraction: row.fraction)
      var writer = RLPWriter()
      writer.list { (fields) in
        for _ in 0..<3 { fields.append(list: []) }
        fields.append(list: [[Fork.osaka.rawValue, row.target, row.max, row.fraction]])
        fields.append(list: [])
      }
      let bytes = writer.bytes
      var reader = RLPReader(bytes.rawSpan)
      let decoded = try? ForkSchedule(&reader)
      if row.isGood {
        #expect(try decoded == ForkSchedule(activations: [], blobSchedule: [limits]), "\(row)")
      } else {
        #expect(decoded == nil, "\(row)")
        let error = #expect(throws: ForkScheduleError.blobLimits(limits)) {
          try ForkSchedule(activations: [], blobSchedule: [limits])
        }
        #expect(error?.description.contains("Osaka") == true)
      }
    }
  }

  @Test("names are distinct, and numbers and triggers are those of the format")
  func table() {
    #expect(Set(Fork.allCases.map(\.name)).count == Fork.allCases.count)
    #expect(Fork.allCases.map(\.rawValue) == Array(0...22))
    #expect(Fork.allCases.filter { $0.trigger == .timestamp }.first == .shanghai)
    #expect(Fork.allCases.filter { $0.trigger == .blockNumber }.last == .grayGlacier)
  }

  @Test("headers have the fields of their fork")
  func headerShapes() {
    #expect(BlockHeader.Shape(of: .berlin) == .frontier)
    #expect(BlockHeader.Shape(of: .london) == .london)
    #expect(BlockHeader.Shape(of: .paris) == .london)
    #expect(BlockHeader.Shape(of: .shanghai) == .shanghai)
    #expect(BlockHeader.Shape(of: .cancun) == .cancun)
    #expect(BlockHeader.Shape(of: .prague) == .prague)
    #expect(BlockHeader.Shape(of: .bpo5) == .prague)
  }
}

extension RLPWriter {
  /// Appends a list of lists of numbers.
  fileprivate mutating func append(list: [[UInt64]]) {
    self.list { (items) in
      for numbers in list {
        items.list { (fields) in
          for number in numbers { fields.append(number) }
        }
      }
    }
  }
}
