import Dispatch
import Glibc
import Primitives
import Synchronization

/// Applies a function on all processors, and gives the results in order.
package struct ParallelMap: OrderedMap {
  private let processors = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)

  private let grain: Int

  /// - Parameter grain: elements that a processor takes at a time: so many that taking them costs nothing beside the work,
  ///   and so few that no processor waits long for another. Eight recoveries of a key are.
  package init(grain: Int = 8) {
    self.grain = grain
  }

  package func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let parts = (count + grain - 1) / grain
    guard parts > 1, processors > 1 else { return SerialMap().map(count, body) }
    let results = Mutex([[Result]](repeating: [], count: parts))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(processors, parts)) { _ in
      while true {
        let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard part < parts else { return }
        let first = part * grain
        let values = (first..<min(first + grain, count)).map(body)
        results.withLock { $0[part] = values }
      }
    }
    return results.withLock { $0.flatMap(\.self) }
  }
}
