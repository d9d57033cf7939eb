import EventStore
import Foundation
import Synchronization
import Testing

@Suite("ParallelMap")
struct ParallelMapTests {
  @Test("results stand in order, and each is made once, whatever is taken at a time")
  func order() {
    for grain in [1, 2, 3, 8, 50] {
      for count in 0...70 {
        let calls = Mutex([Int](repeating: 0, count: count))
        let results = ParallelMap(grain: grain).map(count) { index in
          calls.withLock { $0[index] += 1 }
          return index * index
        }
        #expect(results == (0..<count).map { $0 * $0 }, "\(count) by \(grain)")
        #expect(calls.withLock { $0 } == Array(repeating: 1, count: count), "\(count) by \(grain)")
      }
    }
  }

  @Test(
    "where there are processors, two parts are done at a time",
    .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "there is one processor"))
  func atOnce() {
    // The first of each part waits for the other's: one thread alone would wait in vain.
    let begun = Atomic(0)
    let met = ParallelMap().map(16) { index in
      guard index % 8 == 0 else { return true }
      begun.add(1, ordering: .sequentiallyConsistent)
      let end = ContinuousClock.now + .seconds(60)
      while begun.load(ordering: .sequentiallyConsistent) < 2, ContinuousClock.now < end { usleep(1000) }
      return begun.load(ordering: .sequentiallyConsistent) == 2
    }
    #expect(met.count == 16 && met.allSatisfy { $0 })
  }
}
