internal import CLMDB
internal import Glibc

/// The right to begin write transactions: lent to jobs on the environment's write thread.
package struct Writer: ~Copyable {
  private let environment: Environment

  init(_ environment: Environment) {
    self.environment = environment
  }

  /// The size and use of the environment at this moment.
  package func information() -> EnvironmentInformation { environment.information() }

  /// Bytes of the file in use, and bytes of address space reserved for it. O(1).
  package func mapUse() -> (usedBytes: Int, mapSize: Int) { environment.mapUse() }

  /// Doubles the map, which has no room for a transaction, or makes it larger by what the system grants: once nothing
  /// in this process reads, for which it waits a tenth of a second. Other processes follow on their own.
  ///
  /// - Returns: whether it is larger now.
  package func doubleMap() -> Bool { environment.doubleMap() }

  /// Runs `body` and commits what it changed; if it throws, nothing was changed. Durable on return.
  ///
  /// - Complexity: one sync of the data and one of the meta page.
  package func transaction<R, E: LMDBFailure>(
    _ body: (inout WriteTransaction) throws(E) -> R
  ) throws(E) -> R {
    var transaction: WriteTransaction
    do throws(LMDBError) { transaction = try environment.beginWrite() } catch { throw E(error) }
    defer { environment.pool.leave() }
    let result: R
    do throws(E) {
      result = try body(&transaction)
    } catch {
      transaction.abort()
      throw error
    }
    do throws(LMDBError) { try transaction.commit() } catch { throw E(error) }
    return result
  }
}

extension Environment {
  /// Runs `body` in a write transaction on the write thread and commits; the caller waits. Durable on return.
  ///
  /// If `body` throws, nothing was changed. Calling it from the write thread is a programmer's mistake: a job has its
  /// ``Writer``.
  package func write<R, E: LMDBFailure>(_ body: (inout WriteTransaction) throws(E) -> R) throws(E) -> R {
    guard let writer else { throw E(.readOnly) }
    precondition(!writer.isCurrent, "a job on the write thread writes through its Writer")
    return try withoutActuallyEscaping(body) { body throws(E) in
      let exchange = Exchange<R, E>(body, in: self)
      writer.enqueue { exchange.run() }
      return try exchange.outcome().get()
    }
  }

  /// Runs `job` on the write thread, after those enqueued before it, and returns at once.
  ///
  /// Group commit: a job takes what has gathered since the last one, and commits it in one transaction. An environment
  /// that is open for reading only takes no jobs.
  package func enqueue(_ job: @escaping @Sendable (borrowing Writer) -> Void) {
    guard let writer else { preconditionFailure("an environment open for reading only takes no jobs") }
    writer.enqueue { job(Writer(self)) }
  }

  func beginWrite() throws(LMDBError) -> WriteTransaction {
    if condition.withLock({ $0.isStopped }) { throw .mustReopen }
    try checkReadersWhenDue()
    return try followingMap(adoptMapSize) { () throws(LMDBError) in try beginWriteOnce() }
  }

  private func beginWriteOnce() throws(LMDBError) -> WriteTransaction {
    pool.enter()
    var pointer: OpaquePointer?
    let code = unsafe mdb_txn_begin(handle.pointer, nil, 0, &pointer)
    guard code == 0, let pointer = unsafe pointer else {
      pool.leave()
      throw failure(code, bytesWritten: 0)
    }
    return unsafe WriteTransaction(TransactionHandle(pointer), in: self)
  }
}

extension WriteTransaction {
  mutating func abort() {
    isOpen = false
    unsafe mdb_txn_abort(handle.pointer)
  }

  mutating func commit() throws(LMDBError) {
    isOpen = false
    let meta = SavedMetaPage(
      environment.handle, transaction: unsafe Int(mdb_txn_id(handle.pointer)), pageSize: environment.pageSize)
    let code = environment.writeback.during(bytesWritten: bytesWritten) { unsafe mdb_txn_commit(handle.pointer) }
    guard code == 0 else {
      guard environment.hasStoppedItself else { throw failure(code) }
      meta.restore()
      throw environment.stop(code)
    }
  }
}

/// A closure on its way to the write thread, and its outcome on the way back.
///
/// `@unchecked Sendable`: the caller waits from handing it over until the outcome is there, so the two threads never
/// use `body` or what it captures at the same time, and the monitor orders their accesses.
private final class Exchange<R, E: LMDBFailure>: @unchecked Sendable {
  /// Nil once it has run: neither may outlive the call that waits for the outcome.
  private var work: (environment: Environment, body: (inout WriteTransaction) throws(E) -> R)?
  private let result = Monitor<Result<R, E>?>(nil)

  init(_ body: @escaping (inout WriteTransaction) throws(E) -> R, in environment: Environment) {
    work = (environment, body)
  }

  func run() {
    let outcome = perform()
    work = nil
    result.withLock { $0 = outcome }
  }

  private func perform() -> Result<R, E> {
    guard let work else { preconditionFailure("an exchange runs once") }
    let writer = Writer(work.environment)
    do throws(E) { return .success(try writer.transaction(work.body)) } catch { return .failure(error) }
  }

  func outcome() -> Result<R, E> { result.wait { $0 } }
}
