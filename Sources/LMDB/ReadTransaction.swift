/// A snapshot of the environment: it sees the commits made before it began and none made after.
///
/// Holds a reader slot, and keeps the pages of its snapshot from being reused: hold it for milliseconds, and begin
/// another for a long scan. Not bound to a thread.
@usableFromInline
package struct ReadTransaction: ~Copyable, ReadableTransaction {
  @usableFromInline package let handle: TransactionHandle
  private let pool: ReaderPool

  init(_ handle: TransactionHandle, from pool: ReaderPool) {
    self.handle = handle
    self.pool = pool
  }

  deinit {
    pool.giveBack(handle)
  }
}

@available(*, unavailable)
extension ReadTransaction: Sendable {}
