import Dispatch
package import Projections
import Synchronization

/// Does a job for each of several projections, on a thread of its own, once those of them have ended that it reads.
package struct RebuildSchedule: Sendable {
  /// What a projection reads, by number.
  fileprivate struct Needs {
    /// It waits for them, and goes on without those that fail.
    let upstreams: [Int]
    /// It cannot do without them.
    let requirements: [Int]
  }

  private let needs: [Needs]

  /// What became of a job.
  package enum Outcome: Equatable, Sendable {
    case done
    case failed

    /// Not begun, as one failed that it cannot do without, or was left out.
    case leftOut
  }

  /// - Parameter projections: each once.
  package init(_ projections: [any Projection.Type]) {
    func numbers(of read: [any Projection.Type]) -> [Int] {
      let names = read.map { $0.name }
      return projections.indices.filter { names.contains(projections[$0].name) }
    }
    needs = projections.map { projection in
      Needs(upstreams: numbers(of: projection.upstreams), requirements: numbers(of: projection.requirements))
    }
  }

  /// Runs the jobs and waits for all of them. One that fails ends no other but those that cannot do without it.
  ///
  /// - Parameter job: is given a projection's number; false when it fails.
  package func run(_ job: @escaping @Sendable (Int) -> Bool) -> [Outcome] {
    let course = Course(needs, job)
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

  private let needs: [RebuildSchedule.Needs]
  private let job: @Sendable (Int) -> Bool
  private let state: Mutex<State>
  private let group = DispatchGroup()

  init(_ needs: [RebuildSchedule.Needs], _ job: @escaping @Sendable (Int) -> Bool) {
    self.needs = needs
    self.job = job
    state = Mutex(
      State(
        outcomes: Array(repeating: nil, count: needs.count), isStarted: Array(repeating: false, count: needs.count)))
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

  /// Those that can be started now.
  private func ready() -> [Int] {
    state.withLock { state in
      var ready: [Int] = []
      // What is left out may be what another one waits for.
      var hasChanged = true
      while hasChanged {
        hasChanged = false
        for (number, needs) in needs.enumerated() where !state.isStarted[number] {
          let ended = (needs.upstreams + needs.requirements).map { state.outcomes[$0] }
          guard !ended.contains(nil) else { continue }
          state.isStarted[number] = true
          if needs.requirements.allSatisfy({ state.outcomes[$0] == .done }) {
            ready.append(number)
          } else {
            state.outcomes[number] = .leftOut
            hasChanged = true
          }
        }
      }
      return ready
    }
  }
}
