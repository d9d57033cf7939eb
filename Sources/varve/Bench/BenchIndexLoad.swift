import ArgumentParser
import Foundation
import LMDB
import Primitives
import SystemPackage

/// `varve bench projections index`: an index by hash, loaded as its rows come, and in the order of its keys.
struct BenchIndexLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Load rows with random keys into a table, in the order in which they come, and sorted.",
    discussion: """
      Unsynced, as a rebuild writes. In the order of arrival a transaction has 10,000
      rows, sorted among themselves; sorted, all rows are one run that is appended.
      Sorting them is part of the time.
      """)

  @Argument(help: "A directory, which is made.", completion: .directory)
  var directory: String

  @Option(help: ArgumentHelp("Rows.", valueName: "n"))
  var rows = 5_000_000

  private static let batch = 10_000
  private static let value = [UInt8](repeating: 7, count: 40)

  func run() throws {
    for isSorted in [false, true] {
      let path = FilePath(directory).appending(isSorted ? "sorted" : "arrival")
      try Files.createDirectory(path)
      let environment = try Environment.open(
        at: path,
        options: EnvironmentOptions(mode: .create, tables: ["index"], durability: .unsynced, mapSize: 1 << 38))
      let keys = Self.keys(rows)
      let time = try ContinuousClock().measure {
        isSorted ? try loadSorted(keys, into: environment) : try loadAsTheyCome(keys, into: environment)
        try environment.makeSynchronous()
      }
      Measurement(
        isSorted ? "index-sorted" : "index-arrival", recordBytes: 32 + Self.value.count, batch: Self.batch,
        records: UInt64(rows), time: time, bytesOnDisk: try Files.byteCount(in: path)
      ).print()
    }
  }

  private static func keys(_ count: Int) -> [Hash256] {
    var random = SplitMix64(seed: 1)
    return (0..<count).map { _ in Hash256(random.next(), random.next(), random.next(), random.next()) }
  }

  private func loadAsTheyCome(_ keys: [Hash256], into environment: Environment) throws {
    let table = environment.table("index")
    for start in stride(from: 0, to: keys.count, by: Self.batch) {
      let batch = keys[start..<min(start + Self.batch, keys.count)].sorted()
      try environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
        for key in batch {
          let (bytes, value) = (key.bytes, Self.value)
          try transaction.putNear(value.rawSpan, for: bytes.rawSpan, in: table)
        }
      }
    }
  }

  private func loadSorted(_ keys: [Hash256], into environment: Environment) throws {
    let table = environment.table("index")
    let sorted = keys.sorted()
    // As much in a transaction as LMDB keeps in memory.
    let limit = WriteTransaction.recommendedBytes / (32 + Self.value.count)
    for start in stride(from: 0, to: sorted.count, by: limit) {
      let part = sorted[start..<min(start + limit, sorted.count)]
      try environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
        for key in part {
          let (bytes, value) = (key.bytes, Self.value)
          try transaction.append(value.rawSpan, for: bytes.rawSpan, in: table)
        }
      }
    }
  }
}
