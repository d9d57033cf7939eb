import Dispatch
import Glibc
import Primitives
import Synchronization

/// Applies a function on all processors, and gives the results in order.
package struct ParallelMap: OrderedMap {
  private let processors = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)

  /// Elements that a processor takes at a time: enough that taking them costs nothing beside a key recovery, and few
  /// enough that no processor waits long for another.
  private static var grain: Int { 8 }

  package init() {}

  package func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let parts = (count + Self.grain - 1) / Self.grain
    guard parts > 1, processors > 1 else { return SerialMap().map(count, body) }
    let results = Mutex([[Result]](repeating: [], count: parts))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(processors, parts)) { _ in
      while true {
        let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard part < parts else { return }
        let first = part * Self.grain
        let values = (first..<min(first + Self.grain, count)).map(body)
        results.withLock { $0[part] = values }
      }
    }
    return results.withLock { $0.flatMap(\.self) }
  }
}
