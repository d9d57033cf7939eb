package import LMDB
package import Rollup

extension EventLog {
  /// What a log holds and what that costs.
  package struct Statistics: Sendable {
    package let head: Head

    /// The newest canonical L1 block, and the newest one that is final.
    package let newestBlock, finalizedBlock: BlockID?

    /// Records that reorganisations have revoked.
    package let revokedRecords: UInt64

    /// Bytes of the file in use.
    package let usedBytes: Int

    /// Bytes of address space that this process has reserved for the file. One that appends has its own.
    package let mapSize: Int

    /// Bytes of the file in use that hold rows, or what the file needs to find them, as of the last commit.
    package let dataBytes: Int

    /// Bytes of the file in use that later commits can use again, once no reader sees them any more.
    package var freeBytes: Int { max(usedBytes - dataBytes, 0) }

    /// Commits made since the oldest snapshot that is being read: what they freed cannot be used again.
    package let oldestReaderLag: Int

    /// Pages of each table, by name, in the order of the format.
    package let tables: [(name: String, statistics: TableStatistics)]

    /// Page size of the file.
    package let pageSize: Int

    /// What commits have come to since this process opened the log; nil where it is open for reading only.
    package let commits: CommitTotals?

    /// What could harm the data here, in words.
    package let warnings: [String]

    /// A word when this process's map is nearly full.
    package let mapWarning: String?

    /// How many records the last commit appended.
    package var lastCommitRecords: UInt64 { head.size - head.previousSize }

    /// Bytes of the file for each record; 0 when there is none.
    package var bytesPerRecord: Double { head.size == 0 ? 0 : Double(usedBytes) / Double(head.size) }

    /// Bytes of the file for each byte of payload; 0 when there is none.
    package var bytesPerPayloadByte: Double {
      head.payloadBytes == 0 ? 0 : Double(usedBytes) / Double(head.payloadBytes)
    }

    /// The used part of the map, from 0 to 1.
    package var mapUse: Double { mapSize == 0 ? 0 : Double(usedBytes) / Double(mapSize) }
  }

  /// Size, space and health at this moment. A few lookups, whatever the size of the log.
  package func statistics() throws(ReadError) -> Statistics {
    let information = environment.information()
    let newest = try newestBlock()?.id
    let finalized = try finalizedBlock()
    let revoked = try currentRevocations().count(before: .max)
    return try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      var sizes: [(String, TableStatistics)] = []
      var pages: Int
      do throws(LMDBError) {
        pages = try transaction.bookkeepingPages()
        for table in tables.all { sizes.append((table.name, try transaction.statistics(of: table))) }
      } catch { throw .store(error) }
      pages += sizes.reduce(0) { $0 + $1.1.pages }
      return Statistics(
        head: try transaction.head(in: tables), newestBlock: newest, finalizedBlock: finalized,
        revokedRecords: revoked, usedBytes: information.usedBytes, mapSize: information.mapSize,
        dataBytes: pages * information.pageSize, oldestReaderLag: information.oldestReaderLag, tables: sizes,
        pageSize: information.pageSize, commits: writer?.totals,
        warnings: environment.warnings,
        mapWarning: MapWatch.warning(usedBytes: information.usedBytes, mapSize: information.mapSize))
    }
  }
}

extension EventLog.Tables {
  var all: [Table] { [records, chunks, tree, blocks, observations, head] }
}
