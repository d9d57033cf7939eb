extension Environment {
  /// Runs `body` on a snapshot of the last commit. Costs under a microsecond when a pooled transaction is at hand.
  ///
  /// Works while a write runs. Do not hold it for long: pages that it may still read are not reused.
  @inlinable
  package func read<R, E: LMDBFailure>(_ body: (borrowing ReadTransaction) throws(E) -> R) throws(E) -> R {
    let transaction: ReadTransaction
    do throws(LMDBError) { transaction = try beginRead() } catch { throw E(error) }
    return try body(transaction)
  }

  /// A snapshot of the last commit, for as long as the result lives.
  @usableFromInline
  func beginRead() throws(LMDBError) -> ReadTransaction { try beginRead(following: adoptMapSize) }

  func beginRead(following adopt: () throws(LMDBError) -> Void) throws(LMDBError) -> ReadTransaction {
    let handle = try followingMap(adopt) { () throws(LMDBError) in try pool.take() }
    return ReadTransaction(handle, from: pool)
  }
}
