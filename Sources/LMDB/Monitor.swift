internal import Glibc

/// State behind a lock, with waiting for the state to change.
///
/// `@unchecked Sendable`: every access to `state` is made between lock and unlock of `mutex`.
@safe
final class Monitor<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe precondition(pthread_mutex_init(mutex, nil) == 0)
    unsafe precondition(pthread_cond_init(changed, nil) == 0)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone, then wakes everyone who waits for a change.
  func withLock<R>(_ body: (inout State) -> R) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Runs `attempt` after every change until it gives a value.
  func wait<R>(until attempt: (inout State) -> R?) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    while true {
      if let value = attempt(&state) { return value }
      unsafe pthread_cond_wait(changed, mutex)
    }
  }
}
