import Synchronization

/// Tells those who follow a log that it has grown.
///
/// A follower notes `generation`, reads, and if it found nothing waits for a later generation: a commit between the two
/// is never missed.
final class CommitSignal: Sendable {
  private struct State {
    var generation: UInt64 = 0
    var waiting: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    var nextID: UInt64 = 0
    var cancelled: Set<UInt64> = []
  }

  private let state = Mutex(State())

  /// Counts commits.
  var generation: UInt64 { state.withLock { $0.generation } }

  /// Counts a commit and wakes all that wait.
  func signal() {
    let woken = state.withLock { state in
      state.generation += 1
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in woken { waiter.continuation.resume() }
  }

  /// Returns once the generation is above `seen`, or the task is cancelled.
  func wait(after seen: UInt64) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if state.generation > seen || state.cancelled.remove(id) != nil { return true }
          state.waiting.append((id, continuation))
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return CheckedContinuation<Void, Never>?.none
        }
        return state.waiting.remove(at: index).continuation
      }
      waiter?.resume()
    }
    state.withLock { _ = $0.cancelled.remove(id) }
  }
}
