internal import Glibc

/// A thread, and the jobs that wait for it.
///
/// An environment has one that writes: LMDB's write lock belongs to the thread that takes it, so all write transactions
/// of the process run there. Large commits have another, which keeps the disk busy meanwhile: see ``Writeback``.
final class JobThread: Sendable {
  typealias Job = @Sendable () -> Void

  /// First in, first out, both in O(1) amortised.
  private struct Queue {
    private var incoming: [Job] = []
    private var outgoing: [Job] = []

    mutating func append(_ job: @escaping Job) { incoming.append(job) }

    mutating func popFirst() -> Job? {
      if outgoing.isEmpty { (outgoing, incoming) = (incoming.reversed(), []) }
      return outgoing.popLast()
    }
  }

  private struct State {
    var jobs = Queue()
    var isClosing = false
    var hasEnded = false
    var thread: pthread_t?
  }

  private let state = Monitor(State())

  /// Starts the thread. Nil if the system has none left.
  init?() {
    let context = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<JobThread>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      unsafe context.release()
      return nil
    }
    let started = thread
    pthread_detach(started)
    state.withLock { $0.thread = started }
  }

  /// Whether the caller runs on this thread.
  var isCurrent: Bool {
    let thread = state.withLock { $0.thread }
    return thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  /// Adds a job behind those that wait.
  func enqueue(_ job: @escaping Job) {
    state.withLock { state in
      precondition(!state.isClosing, "a closed environment takes no jobs")
      state.jobs.append(job)
    }
  }

  /// Ends the thread after the waiting jobs and `last`, and waits for that unless it is called on the thread.
  func close(_ last: @escaping Job) {
    let isCurrent = isCurrent
    state.withLock { state in
      state.jobs.append(last)
      state.isClosing = true
    }
    guard !isCurrent else { return }
    state.wait { state in state.hasEnded ? () : nil }
  }

  private func run() {
    while let job = next() { job() }
    state.withLock { $0.hasEnded = true }
  }

  /// The job that has waited longest; nil at the end. One at a time, so that what a job holds goes when it has run.
  private func next() -> Job? {
    state.wait { state -> Job?? in
      if let first = state.jobs.popFirst() { return .some(first) }
      return state.isClosing ? .some(nil) : .none
    }
  }
}
