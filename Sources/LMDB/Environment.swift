internal import CLMDB
package import SystemPackage

/// One LMDB environment, open in this process.
///
/// There is one per data file and process, however often it is opened: a second one would drop the first one's locks
/// when it is closed. It closes when the last reference goes. Not usable on the far side of a `fork`: start other
/// programs with `posix_spawn` only.
@usableFromInline
package final class Environment: Sendable {
  /// The directory of the data file.
  package let directory: FilePath
  /// What could harm the data here, in words: an overlay file system, a library version with known faults.
  package let warnings: [String]
  /// The options it was opened with.
  package let options: EnvironmentOptions

  /// The system's page size, which LMDB takes for its own.
  package let pageSize: Int

  let handle: EnvironmentHandle
  let claim: EnvironmentRegistry.Claim
  let tables: [String: Table]
  let pool: ReaderPool
  /// Nil when open for reading only.
  let writer: JobThread?
  let writeback: Writeback
  let condition = Monitor(Condition())

  /// What changes while the environment is open.
  struct Condition {
    /// Whether an I/O error stopped all writes.
    var isStopped = false
    var durability = EnvironmentOptions.Durability.synchronous
    /// When dead readers were looked for last.
    var readerCheck = ContinuousClock.now
  }

  init(
    directory: FilePath, options: EnvironmentOptions, opened: OpenedEnvironment,
    claim: EnvironmentRegistry.Claim, writer: JobThread?, warnings: [String]
  ) {
    self.directory = directory
    self.options = options
    self.warnings = warnings
    self.handle = opened.handle
    var statistics = MDB_stat()
    unsafe mdb_env_stat(opened.handle.pointer, &statistics)
    pageSize = Int(statistics.ms_psize)
    self.claim = claim
    self.tables = opened.tables
    self.pool = ReaderPool(of: opened.handle)
    self.writer = writer
    self.writeback = Writeback(of: opened.handle)
    condition.withLock { $0.durability = options.durability }
  }

  deinit {
    let (handle, claim, pool, writeback) = (handle, claim, pool, writeback)
    let close: @Sendable () -> Void = {
      writeback.close()
      pool.drain()
      unsafe mdb_env_close(handle.pointer)
      EnvironmentRegistry.shared.remove(claim)
    }
    if let writer { writer.close(close) } else { close() }
  }

  /// The handle of a table of the options. A name that is not among them is a programmer's mistake.
  package func table(_ name: String) -> Table {
    guard let table = tables[name] else { preconditionFailure("the environment was not opened with table \(name)") }
    return table
  }
}
