internal import Glibc
import LMDB
import Primitives
import Synchronization

/// The one writer of a log: gathers what callers want appended and commits it together.
///
/// While a commit waits for the disk, requests queue up; the next commit takes all of them. So the rate follows the
/// number of callers, not the rate of the disk. Callers that were told together are waited for, as long as they keep
/// coming: otherwise the first to come back would have a commit of its own, and the others, who share the next, would
/// never meet it again.
final class LogWriter: Sendable {
  /// A request, and whom to tell.
  struct Pending: Sendable {
    let request: AppendRequest
    let byteCount: Int
    let acknowledge: @Sendable (Result<Appended, AppendError>) -> Void
  }

  private struct Queue {
    var waiting: [Pending] = []
    /// Whether the write thread has been asked to look.
    var isScheduled = false
  }

  private let queue = Mutex(Queue())

  /// Used on the write thread alone; the lock is never waited for.
  private let state: Mutex<WriteState>

  private let tables: EventLog.Tables
  private let commits: CommitSignal

  private let metrics: LogMetrics?

  /// Used on the write thread alone, as `state`.
  private let mapWatch: Mutex<MapWatch>

  private let sums = Mutex(CommitTotals())

  /// What the commits so far have come to.
  var totals: CommitTotals { sums.withLock { $0 } }

  init(
    _ state: WriteState, tables: EventLog.Tables, commits: CommitSignal, metrics: LogMetrics?, mapWatch: MapWatch
  ) {
    self.state = Mutex(state)
    self.tables = tables
    self.commits = commits
    self.metrics = metrics
    self.mapWatch = Mutex(mapWatch)
  }

  /// Puts a request behind those that wait.
  func submit(_ request: Pending, to environment: Environment) {
    let mustSchedule = queue.withLock { queue in
      queue.waiting.append(request)
      defer { queue.isScheduled = true }
      return !queue.isScheduled
    }
    guard mustSchedule else { return }
    environment.enqueue { writer in self.drain(writer) }
  }

  /// Commits what waits, until nothing does.
  private func drain(_ writer: borrowing Writer) {
    PayloadDigest.writersAtWork.wrappingAdd(1, ordering: .relaxed)
    defer { PayloadDigest.writersAtWork.wrappingSubtract(1, ordering: .relaxed) }
    while true {
      let group = next()
      guard !group.isEmpty else { return }
      let callers = commit(group, writer)
      if let gathering = Gathering(told: group.count, callers: callers) { wait(for: gathering) }
    }
  }

  private func wait(for gathering: Gathering) {
    sums.withLock { $0.addGathering() }
    var gathering = gathering
    let began = ContinuousClock.now
    while gathering.goesOn(waiting: queue.withLock { $0.waiting.count }, after: began.duration(to: .now)) {
      sched_yield()
    }
  }

  /// The oldest requests that together stay below what one transaction should hold; at least one if any waits.
  private func next() -> [Pending] {
    queue.withLock { queue in
      var bytes = 0
      var count = 0
      for pending in queue.waiting {
        bytes += pending.byteCount
        if count > 0, bytes > WriteTransaction.recommendedBytes { break }
        count += 1
      }
      if count == 0 { queue.isScheduled = false }
      defer { queue.waiting.removeFirst(count) }
      return Array(queue.waiting.prefix(count))
    }
  }

  /// One transaction for the whole group, again in a larger map where the map is full. Whoever is refused is refused
  /// alone; if the transaction itself fails, each request is tried on its own, so that one that is too big does not
  /// take the others with it. Not so when the device fails: what became of the commit shows only when the log is opened
  /// again.
  ///
  /// - Parameter mayGrow: false once the map could not be made larger for the group: asking again for each of its
  ///   requests would hold up everyone.
  /// - Returns: how many callers there are: those who waited when the group was told, and those told; 0 if it failed.
  @discardableResult
  private func commit(_ group: [Pending], _ writer: borrowing Writer, mayGrow: Bool = true) -> Int {
    var draft = state.withLock { $0 }
    var outcomes: [WriteState.Outcome] = []
    outcomes.reserveCapacity(group.count)
    var filled: ContinuousClock.Instant?
    do throws(LMDBError) {
      try writer.transaction { (transaction: inout WriteTransaction) throws(LMDBError) in
        for pending in group {
          outcomes.append(try draft.apply(pending.request, in: &transaction, tables: tables))
        }
        try draft.finish(in: &transaction, tables: tables)
        filled = .now
      }
    } catch {
      if case .system = error {
        for pending in group { pending.acknowledge(.failure(.outcomeUnknown(error))) }
        return 0
      }
      var mayGrow = mayGrow
      if mayGrow, case .mapFull = error {
        if writer.doubleMap() { return commit(group, writer) }
        mayGrow = false
      }
      guard group.count > 1 else {
        group[0].acknowledge(.failure(.store(error)))
        return 0
      }
      for pending in group { commit([pending], writer, mayGrow: mayGrow) }
      return 0
    }
    // The commit is durable: only now may anyone be told.
    let head = draft.head
    let old = state.withLock { state in
      defer { state = draft }
      return state.head
    }
    let time = filled.map { $0.duration(to: .now) } ?? .zero
    sums.withLock { $0.add(from: old, to: head, requests: group.count, time: time) }
    commits.signal()
    mapWatch.withLock { $0.look(at: writer.mapUse()) }
    let callers = queue.withLock { $0.waiting.count } + group.count
    for (pending, outcome) in zip(group, outcomes) {
      pending.acknowledge(
        outcome.map { Appended(positions: $0.positions, newCount: $0.newCount, head: head) })
    }
    metrics?.committed(in: time, by: writer, from: old, to: head, requests: group.count)
    return callers
  }
}
