internal import CLMDB

/// Read transactions that have been reset and wait to be used again, and the count of transactions that run.
final class ReaderPool: Sendable {
  /// Idle transactions kept; each holds a reader slot.
  static let idleLimit = 64

  private struct State {
    var idle: [TransactionHandle] = []
    var running = 0
  }

  private let environment: EnvironmentHandle
  private let state = Monitor(State())

  init(of environment: EnvironmentHandle) {
    self.environment = environment
  }

  /// Begins a snapshot of the last commit.
  func take() throws(LMDBError) -> TransactionHandle {
    let idle = state.withLock { state in
      state.running += 1
      return state.idle.popLast()
    }
    do throws(LMDBError) {
      guard let idle else { return try begin() }
      let code = unsafe mdb_txn_renew(idle.pointer)
      guard code != 0 else { return idle }
      unsafe mdb_txn_abort(idle.pointer)
      throw LMDBError(code: code)
    } catch {
      leave()
      throw error
    }
  }

  private func begin() throws(LMDBError) -> TransactionHandle {
    var pointer: OpaquePointer?
    let code = unsafe mdb_txn_begin(environment.pointer, nil, UInt32(MDB_RDONLY), &pointer)
    guard code == 0, let pointer = unsafe pointer else { throw LMDBError(code: code) }
    return unsafe TransactionHandle(pointer)
  }

  /// Ends the snapshot and keeps the transaction for the next one.
  func giveBack(_ handle: TransactionHandle) {
    unsafe mdb_txn_reset(handle.pointer)
    let isKept = state.withLock { state in
      state.running -= 1
      guard state.idle.count < Self.idleLimit else { return false }
      state.idle.append(handle)
      return true
    }
    if !isKept { unsafe mdb_txn_abort(handle.pointer) }
  }

  /// Counts a write transaction as running.
  func enter() { state.withLock { $0.running += 1 } }

  /// Counts a transaction as ended.
  func leave() { state.withLock { $0.running -= 1 } }

  /// Runs `body` if no transaction of this process runs, keeping others from beginning; nil otherwise.
  func alone<R>(_ body: () -> R) -> R? {
    state.withLock { state in state.running == 0 ? body() : nil }
  }

  /// Runs `body`, which looks into the map without a transaction, while nobody takes the map away to make it larger.
  func whileMapStays(_ body: () -> Void) { state.withLock { _ in body() } }

  /// Frees all idle transactions. None may be running.
  func drain() {
    let idle = state.withLock { state in
      defer { state.idle = [] }
      return state.idle
    }
    for handle in idle { unsafe mdb_txn_abort(handle.pointer) }
  }
}
