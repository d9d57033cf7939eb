import LMDB
import Primitives
import Projections
package import SystemPackage

/// Rows whose keys are hashes, written as a rebuild writes those of `QueryIndex`'s transactions: for measuring what
/// their order costs.
package enum IndexLoad {
  private static let table = ProjectionTable(index: 0, name: "transactions")

  /// A transaction's hash, and two numbers for its place.
  package static let keyBytes = 48
  package static let valueBytes = 64

  /// Makes a version in a directory that is there, writes rows, and puts them on disk.
  ///
  /// - Parameters:
  ///   - isSorted: whether rows are set aside, sorted and appended; else each commit writes its rows where they belong.
  ///   - batchSize: rows of a commit at most; nil: as many as a commit of a rebuild takes.
  package static func write(
    _ count: Int, in directory: FilePath, isSorted: Bool, batchSize: Int? = nil
  ) throws(ProjectionError) {
    let version = try ProjectionVersion(directory, tables: [table], mode: .create, durability: .unsynced)
    let spill = isSorted ? try SpillFile(directory, byteCount: 0) : nil
    let batch = WriteBatch(keepingRows: true)
    if isSorted { batch.setAside([table]) }
    let value = [UInt8](repeating: 7, count: valueBytes)
    var random = SplitMix64(seed: 1)
    var key: [UInt8] = []
    var number = 0
    while number < count {
      batch.begin()
      let pageCount = try version.pageCount()
      let first = number
      repeat {
        key.removeAll(keepingCapacity: true)
        for _ in 0..<4 { key.append(bigEndian: random.next()) }
        key.append(bigEndian: UInt64(number / 1000))
        key.append(bigEndian: UInt64(number % 1000))
        batch.put(table, key: key.rawSpan, value: value.rawSpan)
        number += 1
      } while number < count && number - first < batchSize ?? .max
        && !Projector<QueryIndex>.Options.isFull(batch, over: pageCount, keepingHistory: false)
      try version.commit(batch, .start, spilling: spill)
      batch.didCommit()
    }
    if let spill { try version.merge(spill) }
    try version.makeSynchronous()
  }
}
