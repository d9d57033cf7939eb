import Foundation
import LMDB
import SystemPackage
import Testing

/// A temporary directory of one test. When the test ends, its environment is opened once more, checked, and removed.
final class Scratch {
  let path: FilePath
  /// Set by tests that leave a damaged file behind.
  var isDamaged = false

  init(in parent: FilePath = FilePath(FileManager.default.temporaryDirectory.path)) throws {
    path = parent.appending("varve-lmdb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
  }

  deinit {
    if !isDamaged, FileManager.default.fileExists(atPath: data.string) {
      do { _ = try open(.readOnly, tables: []) } catch { Issue.record("the store at the end of the test: \(error)") }
    }
    try? FileManager.default.removeItem(atPath: path.string)
  }

  var data: FilePath { path.appending("data.mdb") }

  func bytes() throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: data.string)))
  }

  /// Puts a data file of these bytes in place of what is there.
  func write(_ bytes: [UInt8]) throws {
    try? FileManager.default.removeItem(atPath: path.appending("lock.mdb").string)
    try Data(bytes).write(to: URL(fileURLWithPath: data.string))
  }

  /// Opens an environment here, with a map small enough to open many of.
  func open(
    _ mode: EnvironmentOptions.Mode = .create, tables: [String] = ["records"], mapSize: Int = 1 << 26,
    durability: EnvironmentOptions.Durability = .synchronous
  ) throws(OpenError) -> Environment {
    try Environment.open(
      at: path, options: EnvironmentOptions(mode: mode, tables: tables, durability: durability, mapSize: mapSize))
  }
}

extension Array where Element == UInt8 {
  var raw: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }
}

extension RawSpan {
  var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

extension Environment {
  /// Appends `count` records of `size` bytes after those in `records`, in one transaction.
  func append(_ count: Int, size: Int = 100) throws(LMDBError) {
    try write { transaction throws(LMDBError) in
      let table = self.table("records")
      let first = try transaction.count(of: table)
      for position in first..<first + count {
        let value = [UInt8](repeating: UInt8(truncatingIfNeeded: position), count: size)
        try transaction.append(value.raw, for: UInt64(position), in: table)
      }
    }
  }

  /// All keys and values of a table.
  func content(of name: String = "records") throws(LMDBError) -> [[UInt8]] {
    try read { transaction throws(LMDBError) in
      var rows: [[UInt8]] = []
      var cursor = try transaction.cursor(in: self.table(name))
      while let entry = try cursor.next() { rows.append(entry.key.array + entry.value.array) }
      return rows
    }
  }
}
