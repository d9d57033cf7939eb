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
