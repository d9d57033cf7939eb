import Dispatch
package import Projections
import Synchronization

/// Does a job for each of several projections, on a thread of its own, as soon as those of them are done that it reads.
package struct RebuildSchedule: Sendable {
  /// For each, by number: those that come before it.
  private let before: [[Int]]

  /// What became of a job.
  package enum Outcome: Equatable, Sendable {
    case done
    case failed

    /// Not begun, as one that it reads failed.
    case leftOut
  }

  /// - Parameter projections: each once.
  package init(_ projections: [any Projection.Type]) {
    before = projections.map { projection in
      let read = (projection.requirements + projection.upstreams).map { $0.name }
      return projections.indices.filter { read.contains(projections[$0].name) }
    }
  }

  /// Runs the jobs and waits for all of them. One that fails ends no other but those that read it.
  ///
  /// - Parameter job: is given a projection's number; false when it fails.
  package func run(_ job: @escaping @Sendable (Int) -> Bool) -> [Outcome] {
    let course = Course(before, job)
    course.start()
    return course.outcomes()
  }
}

/// One run of a schedule.
private final class Course: Sendable {
  private struct State {
    var outcomes: [RebuildSchedule.Outcome?]
    var isStarted: [Bool]
  }

  private let before: [[Int]]
  private let job: @Sendable (Int) -> Bool
  private let state: Mutex<State>
  private let group = DispatchGroup()

  init(_ before: [[Int]], _ job: @escaping @Sendable (Int) -> Bool) {
    self.before = before
    self.job = job
    state = Mutex(
      State(
        outcomes: Array(repeating: nil, count: before.count), isStarted: Array(repeating: false, count: before.count)))
  }

  /// Starts what can be done now, and leaves out what never can.
  func start() {
    for number in ready() {
      // A serial queue has a thread of its own, and does not wait for one of those that others block.
      DispatchQueue(label: "rebuild").async(group: group) { [self] in
        let outcome: RebuildSchedule.Outcome = job(number) ? .done : .failed
        state.withLock { $0.outcomes[number] = outcome }
        start()
      }
    }
  }

  func outcomes() -> [RebuildSchedule.Outcome] {
    group.wait()
    return state.withLock { $0.outcomes.map { $0 ?? .leftOut } }
  }

  private func ready() -> [Int] {
    state.withLock { state in
      let ready = before.indices.filter { number in
        !state.isStarted[number] && before[number].allSatisfy { state.outcomes[$0] == .done }
      }
      for number in ready { state.isStarted[number] = true }
      return ready
    }
  }
}
