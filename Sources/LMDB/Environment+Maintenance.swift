internal import CLMDB
internal import Glibc
internal import SystemPackage

extension Environment {
  /// Frees the reader slots of processes that died. Gives their number.
  ///
  /// A slot of a dead reader keeps every page freed since from being used again, so that the file grows with every
  /// commit. Done at open, and by writes, every ``EnvironmentOptions/readerCheckInterval``.
  @discardableResult
  package func checkReaders() throws(LMDBError) -> Int {
    var dead: Int32 = 0
    let code = unsafe mdb_reader_check(handle.pointer, &dead)
    guard code == 0 else { throw LMDBError(code: code) }
    return Int(dead)
  }

  /// As ``checkReaders()``, unless that was done a short while ago.
  func checkReadersWhenDue() throws(LMDBError) {
    let now = ContinuousClock.now
    let isDue = condition.withLock { condition in
      guard condition.readerCheck.duration(to: now) >= options.readerCheckInterval else { return false }
      condition.readerCheck = now
      return true
    }
    if isDue { try checkReaders() }
  }

  /// Makes all commits so far durable. Needed for ``EnvironmentOptions/Durability/unsynced`` only.
  package func sync() throws(LMDBError) {
    let code = unsafe mdb_env_sync(handle.pointer, 1)
    guard code == 0 else { throw failure(code, bytesWritten: 0) }
  }

  /// Makes all commits so far durable, and every later one when it returns.
  ///
  /// To be called before an environment that was built unsynced is published. No write may run meanwhile.
  package func makeSynchronous() throws(LMDBError) {
    try sync()
    let code = unsafe mdb_env_set_flags(handle.pointer, UInt32(MDB_NOSYNC), 0)
    guard code == 0 else { throw LMDBError(code: code) }
    condition.withLock { $0.durability = .synchronous }
    do throws(OpenError) {
      try Files.sync(directory.appending(Self.dataFile))
      try UnsyncedMarker(in: directory).clear()
    } catch {
      if case .system(_, _, let code) = error { throw failure(code, bytesWritten: 0) }
      throw .system(EIO)
    }
  }

  /// Enlarges the map; one that is as large stays as it is. Needs a moment without transactions in this process; other
  /// processes follow on their own.
  ///
  /// - Throws: ``LMDBError/mapResized`` if a transaction runs, `system(ENOMEM)` if the system does not grant so much
  ///   address space. Nothing has changed then.
  package func growMap(to size: Int) throws(LMDBError) {
    try growMap { _, _ in [size] }
  }

  /// Doubles the map; where the system does not grant that, makes it larger by a half, a quarter or an eighth. Waits a
  /// tenth of a second for a moment in which nothing in this process reads.
  ///
  /// - Returns: whether it is larger now.
  func doubleMap() -> Bool {
    for _ in 0..<100 {
      do throws(LMDBError) {
        try growMap { present, _ in [8, 4, 2, 1].map { (present + present / 8 * $0) / pageSize * pageSize } }
        return true
      } catch {
        guard case .mapResized = error else { return false }
        usleep(1000)
      }
    }
    return false
  }

  /// Enlarges the map as far as what another process has committed needs it, by doubling where the system grants that.
  /// Another thread may have done so meanwhile.
  func adoptMapSize() throws(LMDBError) {
    try growMap { present, used in
      var size = present
      while size < used { size *= 2 }
      return [size, used]
    }
  }

  /// Gives what `begin` does, which begins a transaction here. As often as another process has enlarged the map, and
  /// committed into what is new, it follows and begins again: that one may do so once more in between.
  ///
  /// - Parameter adopt: makes the map as large.
  /// - Throws: ``LMDBError/mapResized`` when the other process was quicker ``mapRounds`` times.
  func followingMap<R: ~Copyable>(
    _ adopt: () throws(LMDBError) -> Void, _ begin: () throws(LMDBError) -> R
  ) throws(LMDBError) -> R {
    for _ in 0..<Self.mapRounds {
      do throws(LMDBError) { return try begin() } catch {
        guard case .mapResized = error else { throw error }
      }
      try adopt()
    }
    return try begin()
  }

  /// Each time the map becomes twice as large, where the system grants that; so often none can.
  static let mapRounds = 40

  /// Enlarges the map to the first of these sizes that the system grants; leaves it if it is as large as that.
  ///
  /// - Parameter sizes: of the bytes of the present map, and of those that are used.
  private func growMap(toFirstOf sizes: (_ present: Int, _ used: Int) -> [Int]) throws(LMDBError) {
    let code = pool.alone { () -> Int32 in
      var info = unsafe MDB_envinfo()
      unsafe mdb_env_info(handle.pointer, &info)
      let (present, lastPage) = unsafe (info.me_mapsize, info.me_last_pgno)
      for size in sizes(present, (lastPage + 1) * pageSize) {
        if size <= present { return 0 }
        // LMDB gives the old map back first, and has none if it does not get the new one: the next read would end the
        // process.
        if Self.isGranted(size - present + Self.spareAddressSpace) {
          return unsafe mdb_env_set_mapsize(handle.pointer, size)
        }
      }
      return ENOMEM
    }
    guard let code else { throw .mapResized }
    guard code == 0 else { throw LMDBError(code: code) }
  }

  /// What other threads may take between the question and the map: an arena of the allocator takes 128 MiB when it is
  /// made.
  private static let spareAddressSpace = 1 << 28

  /// Whether the system grants so much address space more.
  private static func isGranted(_ size: Int) -> Bool {
    guard let map = unsafe mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      unsafe map != MAP_FAILED
    else { return false }
    unsafe munmap(map, size)
    return true
  }

  /// The error for a code that LMDB gave for a write, with the sizes that belong to it.
  ///
  /// After an I/O error the kernel may have dropped pages that LMDB believes written, so all further writes are
  /// refused; unless the file system is full, which some report as an I/O error and which loses nothing.
  func failure(_ code: Int32, bytesWritten: Int) -> LMDBError {
    switch code {
    case MDB_MAP_FULL:
      return .mapFull(mapSize: information().mapSize)
    case ENOSPC, EDQUOT, EIO:
      let needed = (bytesWritten / pageSize + Self.commitPages) * pageSize
      let available = FileSystem.availableBytes(at: directory) ?? .max
      if code != EIO || available < needed { return .diskFull(needed: needed, available: min(available, needed)) }
      return stop(code)
    case MDB_PANIC:
      return stop(code)
    default:
      return LMDBError(code: code)
    }
  }

  /// Stops all further writes. The error for the code that made it necessary: whatever the code says, nobody knows what of
  /// the commit is on the disk.
  func stop(_ code: Int32) -> LMDBError {
    condition.withLock { $0.isStopped = true }
    return code > 0 ? .system(code) : LMDBError(code: code)
  }

  /// Whether LMDB has stopped itself, as it does when it cannot write a meta page, for whatever reason, and only then.
  /// Whoever begins a transaction is told. To be asked on the write thread.
  var hasStoppedItself: Bool {
    var transaction: OpaquePointer?
    let code = unsafe mdb_txn_begin(handle.pointer, nil, 0, &transaction)
    if let transaction = unsafe transaction { unsafe mdb_txn_abort(transaction) }
    return code == MDB_PANIC
  }

  /// Pages that a commit copies beside those of its data: paths to the roots of all tables and the free list.
  private static let commitPages = 16
}
