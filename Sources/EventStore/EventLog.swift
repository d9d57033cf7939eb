public import LMDB
import Logging
import Primitives
import Rollup
import Synchronization
package import SystemPackage

/// A durable, ordered log of records in one LMDB environment: append, read, follow, verify.
///
/// Invariants, after every commit, whatever happened before it:
/// - records stand at positions 0, 1, 2, …, size − 1, without a hole;
/// - table `tree` holds the RFC 6962 tree over their leaves, and the head row its root;
/// - what was appended is never changed.
///
/// One process at a time may write; any number may read. All writes run on the environment's one write thread.
@usableFromInline
package final class EventLog: Sendable {
  /// What a log is opened for.
  package enum Mode: Hashable, Sendable {
    /// Reading. Takes no lock, so that others may write.
    case readOnly
    /// As `readOnly`, without the check at open: for `verify`, which names what that check only refuses.
    case inspection
    /// Reading and appending. The log must exist.
    case readWrite
    /// As `readWrite`, and an empty log is made where there is none.
    case create
  }

  /// Which records a reader sees.
  @usableFromInline
  package enum View: Hashable, Sendable {
    /// All, in the order in which they were recorded.
    case physical
    /// Those that no reorganisation of L1 has revoked, as of the snapshot that is read. Observations (`L1Finalized`,
    /// `L1Reorged`) are never revoked.
    case canonical
  }

  /// The tables of the environment.
  @usableFromInline
  struct Tables: Sendable {
    /// Position → record header and the first part of the payload.
    @usableFromInline let records: Table
    /// Position and index → a further part of the payload.
    @usableFromInline let chunks: Table
    /// Group of eight leaves → hashes of the subtrees it completes.
    @usableFromInline let tree: Table
    /// L1 block number → where its records are. Derived.
    @usableFromInline let blocks: Table
    /// Event kind and position of each observation → nothing. Derived.
    @usableFromInline let observations: Table
    /// 0 → the head row.
    @usableFromInline let head: Table

    static let names = ["records", "chunks", "tree", "blocks", "observations", "head"]

    init(_ environment: Environment) {
      records = environment.table("records")
      chunks = environment.table("chunks")
      tree = environment.table("tree")
      blocks = environment.table("blocks")
      observations = environment.table("observations")
      head = environment.table("head")
    }
  }

  /// Where the log is.
  package let directory: FilePath

  /// The environment that holds it.
  @usableFromInline package let environment: Environment

  @usableFromInline let tables: Tables

  /// What the canonical view skips, as of the last snapshot that asked.
  let revocations: Mutex<Revocations>

  /// Wakes those that follow the log in this process.
  let commits: CommitSignal

  /// Nil when the log is not open for appending.
  let writer: LogWriter?

  /// Is told at the end what this process's commits came to.
  private let logger: Logger

  private let lock: FileLock?

  init(
    directory: FilePath, environment: Environment, tables: Tables, writer: LogWriter?, commits: CommitSignal,
    revocations: Revocations, lock: consuming FileLock?
  ) {
    self.directory = directory
    self.environment = environment
    self.tables = tables
    self.writer = writer
    self.commits = commits
    self.revocations = Mutex(revocations)
    self.lock = lock
    logger = Self.logger(of: directory)
  }

  /// Where is told of this process's appends.
  static func logger(of directory: FilePath) -> Logger {
    var logger = Logger(label: "varve.log")
    logger[metadataKey: "log"] = "\(directory)"
    return logger
  }

  deinit {
    if let totals = writer?.totals, totals.commits > 0 { logger.debug("\(totals)") }
  }
}

extension EventLog {
  /// The state of the log after the last commit, of whichever process. One lookup.
  package func head() throws(ReadError) -> Head {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      try transaction.head(in: tables)
    }
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// The head row, checked.
  func head(in tables: EventLog.Tables) throws(ReadError) -> Head {
    let row: RawSpan?
    do throws(LMDBError) { row = try get(0, in: tables.head) } catch { throw .store(error) }
    guard let row else { throw .damaged(Damage(.head("it is missing"))) }
    do throws(Damage) { return try Head(row: row) } catch { throw .damaged(error) }
  }
}
