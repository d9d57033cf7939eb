import Foundation

/// Runs `body` on a thread with this much of native stack: much for what recurses, little to show that something does
/// not.
func onStack<Result: Sendable>(of byteCount: Int, _ body: @escaping @Sendable () -> Result) -> Result {
  nonisolated(unsafe) var result: Result?
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    unsafe result = body()
    done.signal()
  }
  thread.stackSize = byteCount
  thread.start()
  done.wait()
  guard let result = unsafe result else { preconditionFailure("the thread has come to its end") }
  return result
}
