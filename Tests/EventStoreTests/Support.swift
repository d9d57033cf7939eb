import EventStore
import Foundation
import Hashing
import LMDB
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

/// A log in a temporary directory. When `body` is done, every record, hash and index row of it is verified.
@discardableResult
func withLog<R>(decodesEvents: Bool = false, _ body: (EventLog, FilePath) throws -> R) throws -> R {
  try withTemporaryDirectory { path in
    let directory = FilePath(path).appending("ledger")
    let result = try body(try EventLog.open(directory, mode: .create), directory)
    try requireSound(directory, decodesEvents: decodesEvents)
    return result
  }
}

/// As the synchronous form.
@discardableResult
func withLog<R>(
  decodesEvents: Bool = false, _ body: (EventLog, FilePath) async throws -> R
) async throws -> R {
  try await withTemporaryDirectory { path in
    let directory = FilePath(path).appending("ledger")
    let result = try await body(try EventLog.open(directory, mode: .create), directory)
    try requireSound(directory, decodesEvents: decodesEvents)
    return result
  }
}

/// Verifies a log from beginning to end.
func requireSound(_ directory: FilePath, decodesEvents: Bool = false) throws {
  let log = try EventLog.open(directory, mode: .readOnly)
  let report = try log.verify(options: .init(decodesEvents: decodesEvents, recordsPerStep: 64))
  #expect(report.damages == [])
  #expect(report.isSound)
}

/// A record of `payload`, of a kind that stands for any.
func plain(_ payload: [UInt8], block: UInt64 = 0) -> NewRecord {
  NewRecord(kind: .blockSequenced, coordinates: .block(block), payload: payload)
}

/// Bytes that differ from place to place and from seed to seed.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ ($0 >> 8) &+ seed &* 7 &+ 1) }
}

/// An L1 block whose hash is that of its header, with some records of its own.
func l1Block(_ number: UInt64, fork: UInt8 = 0, records: Int = 2) -> NewBlock {
  let header: [UInt8] = [fork] + pattern(40, seed: Int(truncatingIfNeeded: number))
  let appended = L1BlockAppended(header: header, canonicalAccBefore: .zero, completeness: .embedded)
  let output = OutputProposed.sample(number)
  return NewBlock(
    number: number, hash: Keccak256.hash(header),
    records: [NewRecord(.l1BlockAppended(appended), at: .block(number))]
      + (1..<max(records, 1)).map { _ in NewRecord(.outputProposed(output), at: .block(number)) })
}

extension NewBlock {
  var id: BlockID { BlockID(number: number, hash: hash) }
}

extension EventLog {
  /// All records of a view, copied.
  func all(_ view: View = .physical) throws -> [StoredRecord] {
    var records: [StoredRecord] = []
    try read(head().positions, view: view) { (view: borrowing RecordView) throws(ReadError) in
      records.append(try view.copy())
    }
    return records
  }

  /// Appends `count` small records in one commit.
  func fill(_ count: Int) throws {
    try append((0..<count).map { plain(pattern(20, seed: $0)) })
  }
}

/// The tables of a log, as the format names them.
let tableNames = ["records", "chunks", "tree", "blocks", "observations", "head"]

/// Changes a log behind its back. The log must not be open.
func tamper(
  _ directory: FilePath, _ body: (inout WriteTransaction, (String) -> Table) throws(LMDBError) -> Void
) throws {
  let environment = try Environment.open(
    at: directory, options: EnvironmentOptions(mode: .readWrite, tables: tableNames))
  try environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
    try body(&transaction, environment.table)
  }
}

/// Flips one bit of a stored value.
func flip(_ directory: FilePath, table: String, key: [UInt8], byte: Int) throws {
  try tamper(directory) { (transaction, tables) throws(LMDBError) in
    var value = try transaction.get(key.rawSpan, in: tables(table))?.bytes ?? []
    value[byte < 0 ? value.count + byte : byte] ^= 0x10
    try transaction.put(value.rawSpan, for: key.rawSpan, in: tables(table))
  }
}

/// The 8 bytes of a key.
func key(_ number: UInt64) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.append(bigEndian: number)
  return bytes
}

extension OutputProposed {
  /// An output that only has to be well-formed.
  static func sample(_ number: UInt64) -> OutputProposed {
    let root = Hash256(1, 2, 3, number)
    return OutputProposed(
      outputIndex: number, outputVersion: 1, outputRoot: root, claim: root, stateRoot: root, blockHash: root,
      l2BlockNumber: number, l1Head: BlockID(number: number, hash: root), parentOutput: nil, proposer: .zero,
      bond: UInt256(UInt64(0)))
  }
}

/// Fails the test: it was refused, but for another reason than it should have been.
func unexpected(_ error: any Error) {
  Issue.record("another error: \(error)")
}

/// Changes keys of eight bytes in every branch page that has many: flips `bit` of the last byte of the one in the middle, or
/// of all behind the first. How many were changed.
func turnBranchKeys(of path: FilePath, bit: UInt8 = 1, all: Bool = false) throws -> Int {
  let (pageSize, branchFlag) = (4096, 0x01)
  var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
  var changed = 0
  func word(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
  for page in stride(from: 2 * pageSize, to: bytes.count, by: pageSize) where word(page + 10) == branchFlag {
    // Offsets of the nodes follow the page header of 16 bytes; a node is page number and key length, and then its key.
    let count = (word(page + 12) - 16) / 2
    guard count > 8 else { continue }
    for index in all ? 1..<count : count / 2..<count / 2 + 1 {
      let node = page + word(page + 16 + 2 * index)
      guard word(node + 6) == 8 else { continue }
      bytes[node + 8 + 7] ^= bit
      changed += 1
    }
  }
  try Data(bytes).write(to: URL(fileURLWithPath: path.string))
  return changed
}
