internal import CLMDB

/// The size and use of an environment.
package struct EnvironmentInformation: Hashable, Sendable {
  /// Bytes of address space reserved.
  package let mapSize: Int
  package let pageSize: Int
  /// The number of the last page in use.
  package let lastPage: Int
  /// The number of the last commit. A compacted copy begins anew at 1: no identity and no position.
  package let transaction: Int
  package let maxReaders: Int
  /// Reader slots taken, idle pooled transactions included.
  package let readers: Int
  /// Commits made since the oldest snapshot that is being read: what they freed cannot be used again.
  package let oldestReaderLag: Int

  /// Bytes of the file in use.
  package var usedBytes: Int { (lastPage + 1) * pageSize }
}

extension Environment {
  /// The size and use at this moment. O(reader slots).
  package func information() -> EnvironmentInformation {
    var info = unsafe MDB_envinfo()
    pool.whileMapStays { _ = unsafe mdb_env_info(handle.pointer, &info) }
    let readers = readers()
    let snapshots = readers.compactMap(\.snapshot)
    let transaction = unsafe info.me_last_txnid
    return unsafe EnvironmentInformation(
      mapSize: info.me_mapsize, pageSize: pageSize, lastPage: info.me_last_pgno, transaction: transaction,
      maxReaders: Int(info.me_maxreaders), readers: readers.count,
      oldestReaderLag: transaction - min(snapshots.min() ?? transaction, transaction))
  }

  /// Bytes of the file in use, and bytes of address space reserved for it. O(1).
  func mapUse() -> (usedBytes: Int, mapSize: Int) {
    var info = unsafe MDB_envinfo()
    pool.whileMapStays { _ = unsafe mdb_env_info(handle.pointer, &info) }
    return unsafe ((info.me_last_pgno + 1) * pageSize, info.me_mapsize)
  }

  /// One slot of the reader table.
  package struct Reader: Hashable, Sendable {
    package let process: Int
    /// The commit it reads; nil if it is idle.
    package let snapshot: Int?
  }

  /// The slots in use, of all processes.
  package func readers() -> [Reader] {
    var lines = ""
    _ = unsafe withUnsafeMutablePointer(to: &lines) { lines in
      unsafe mdb_reader_list(
        handle.pointer,
        { line, context in
          guard let line = unsafe line, let context = unsafe context else { return 0 }
          unsafe context.assumingMemoryBound(to: String.self).pointee += String(cString: line)
          return 0
        }, lines)
    }
    // LMDB prints a heading, then a line per slot: process, thread, and snapshot or "-".
    return lines.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, let process = Int(words[0]) else { return nil }
      return Reader(process: process, snapshot: Int(words[2]))
    }
  }
}
