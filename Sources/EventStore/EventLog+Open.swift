package import LMDB
import MerkleLog
import Primitives
import Rollup
package import SystemPackage

extension EventLog {
  /// Opens the log in a directory, after checking what a crash or a damaged disk could have left: the file (before LMDB
  /// sees it), the head row, the last commit's records and tree hashes, and that the tree has the head's root.
  ///
  /// Takes milliseconds at any size. Nothing is repaired, because nothing needs to be: a commit is whole or it is not
  /// there.
  ///
  /// - Parameter mapSize: bytes of address space to reserve, no disk and no memory.
  package static func open(
    _ directory: FilePath, mode: Mode, mapSize: Int = 1 << 40
  ) throws(OpenError) -> EventLog {
    if mode == .create {
      do throws(LMDB.OpenError) { try Files.createDirectory(directory) } catch { throw .store(error) }
    }
    let lock: FileLock?
    if !mode.mayAppend {
      lock = nil
    } else {
      guard exists(directory) else { throw .missing(directory) }
      lock = try takeLock(in: directory)
    }
    let environment: Environment
    do throws(LMDB.OpenError) {
      environment = try Environment.open(
        at: directory,
        options: EnvironmentOptions(
          mode: mode.environmentMode, tables: Tables.names,
          firstRow: EnvironmentOptions.Row(table: "head", key: 0, value: Head.empty.row), mapSize: mapSize))
    } catch {
      if case .missing = error { throw .missing(directory) }
      throw .store(error)
    }
    let tables = Tables(environment)
    let commits = CommitSignal()
    var writer: LogWriter?
    var revocations = Revocations()
    if mode != .inspection {
      let state = try environment.read { (transaction: borrowing ReadTransaction) throws(OpenError) in
        do throws(ReadError) { return try transaction.checkedState(in: tables) } catch { throw .unreadable(error) }
      }
      revocations = state.revocations
      if mode.mayAppend {
        writer = LogWriter(
          state.writeState, tables: tables, commits: commits, metrics: LogMetrics(of: environment),
          mapWatch: MapWatch(EventLog.logger(of: directory)))
      }
    }
    return EventLog(
      directory: directory, environment: environment, tables: tables, writer: writer, commits: commits,
      revocations: revocations, lock: lock)
  }

  /// The file in the log's directory on which its writer holds a lock.
  package static let lockFile = "writer.lock"

  /// The right to append: one process at a time has it, until the lock goes.
  package static func takeLock(in directory: FilePath) throws(OpenError) -> FileLock {
    let path = directory.appending(lockFile)
    do throws(FileLock.Failure) { return try FileLock(path) } catch {
      switch error {
      case .held(let holder): throw .writerLocked(path, holder: holder)
      case .system(let code): throw .lockFile(path, code)
      }
    }
  }

  private static func exists(_ directory: FilePath) -> Bool {
    (try? FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec]).close()) != nil
  }
}

extension EventLog.Mode {
  var mayAppend: Bool { self == .readWrite || self == .create }

  var environmentMode: EnvironmentOptions.Mode {
    switch self {
    case .readOnly, .inspection: .readOnly
    case .readWrite: .readWrite
    case .create: .create
    }
  }
}

extension Head {
  /// The head of a log without records.
  static let empty = Head(
    size: 0, root: MerkleHash.emptyRoot, lastLeafHash: .zero, previousSize: 0, payloadBytes: 0, observations: 0,
    blocks: 0)
}

/// What the check at open has found to be sound.
struct CheckedState {
  var writeState: WriteState
  var revocations: Revocations
}

extension ReadableTransaction where Self: ~Copyable {
  /// At most so many of the last commit's records are checked at open, so that a large commit does not delay it.
  static var tailLimit: UInt64 { 2048 }

  /// Checks head, frontier and tail.
  func checkedState(in tables: EventLog.Tables) throws(ReadError) -> CheckedState {
    let head = try head(in: tables)
    let frontier = try frontier(size: head.size, in: tables)
    guard frontier.root == head.root else {
      throw .damaged(Damage(.headRoot(stored: head.root, computed: frontier.root)))
    }
    try checkTail(of: head, in: tables)
    try checkNothingBehind(head, in: tables)
    let block = try checkedNewestBlock(of: head, in: tables)
    try checkIndexes(head, in: tables)
    return CheckedState(
      writeState: WriteState(head: head, frontier: frontier, block: block),
      revocations: try revocations(in: tables))
  }

  private func checkNothingBehind(_ head: Head, in tables: EventLog.Tables) throws(ReadError) {
    var isStray = false
    do throws(LMDBError) {
      var records = try cursor(in: tables.records)
      if let last = try records.last() { isStray = !last.key.holds(head.size &- 1) }
    } catch { throw .store(error) }
    if isStray { throw .damaged(Damage(.strayRecord, position: Position(head.size))) }
  }

  /// Holds the number of rows of the two indexes against what must be there: a lost row is no damage to any record, but
  /// would make readers see what was revoked, or not find a block. Which row it is, `verify` tells.
  private func checkIndexes(_ head: Head, in tables: EventLog.Tables) throws(ReadError) {
    for (table, expected) in [(tables.observations, head.observations), (tables.blocks, head.blocks)] {
      let stored: UInt64
      do throws(LMDBError) { stored = UInt64(try count(of: table)) } catch { throw .store(error) }
      guard stored == expected else {
        throw .damaged(Damage(.rowCount(table: table.name, stored: stored, expected: expected)))
      }
    }
  }

  /// The newest L1 block, by which the next append and the next reorganisation go, once its index row names its records.
  private func checkedNewestBlock(of head: Head, in tables: EventLog.Tables) throws(ReadError) -> OpenBlock? {
    let block: OpenBlock?
    let rows: Int
    do throws(LMDBError) {
      rows = try count(of: tables.blocks)
      block = try newestBlock(in: tables)
    } catch { throw .store(error) }
    guard let block else {
      if rows == 0 { return nil }
      throw .damaged(Damage(.shape("the last row of the index of L1 blocks is not one of it")))
    }
    guard block.row.end <= head.size else {
      throw .damaged(Damage(.block(number: block.number, "it ends behind the head")))
    }
    do throws(ReadError) {
      try requireStart(ofBlock: block.number, at: block.row.first, in: tables)
    } catch {
      // Damage of the record itself says nothing about the row, and is for readers and `verify` to find.
      guard case .damaged(let damage) = error, damage.position != nil else { throw error }
    }
    return block
  }

  /// Checks the records of the last commit, the last leaf hash, and the tree hashes that those records complete.
  private func checkTail(of head: Head, in tables: EventLog.Tables) throws(ReadError) {
    guard head.size > 0 else { return }
    let first = max(head.previousSize, head.size > Self.tailLimit ? head.size - Self.tailLimit : 0)
    let start = min(first, head.size - 1) / TreeRows.groupSize * TreeRows.groupSize
    var leaves: [Hash256] = []
    try scan(start, head.size, in: tables) { (view: borrowing RecordView) throws(ReadError) in
      leaves.append(try view.header.leafHash)
      let next = view.position.rawValue + 1
      guard next.isMultiple(of: TreeRows.groupSize) else { return }
      let group = next / TreeRows.groupSize - 1
      try checkTreeRow(
        of: group, groupHash: TreeRows.groupHash(Array(leaves.suffix(Int(TreeRows.groupSize)))), in: tables)
    }
    guard leaves.last == head.lastLeafHash else {
      throw .damaged(Damage(.head("it names another last record than the one that is stored")))
    }
  }

  /// Holds the row of one group against the group's own hash and the rows to its left.
  private func checkTreeRow(of group: UInt64, groupHash: Hash256, in tables: EventLog.Tables) throws(ReadError) {
    let row = try treeRow(group: group, in: tables)
    var computed = groupHash
    var index = group
    for (slot, stored) in row.enumerated() {
      let level = TreeRows.groupLevel + slot
      guard stored == computed else { throw .damaged(Damage(.treeHash(level: level, index: index))) }
      guard slot + 1 < row.count else { return }
      computed = MerkleHash.node(try treeHash(level: level, index: index - 1, in: tables), computed)
      index >>= 1
    }
  }
}
