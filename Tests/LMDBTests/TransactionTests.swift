import Glibc
import LMDB
import SystemPackage
import TestSupport
import Testing

// That spans, entries, cursors and transactions cannot be kept is not tested here, because such a program does not
// compile. Each of these was written once and refused (Swift 6.3): returning a span, or a cursor, from `read`; assigning a
// span or an entry's key to a variable outside; giving a span to a task; keeping the transaction itself; and, in a write,
// using a span or a cursor after a `put` or `delete`.
@Suite("Transactions")
final class TransactionTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("what a write stored, later reads see, and reads begun before do not")
  func snapshotIsolation() throws {
    let environment = try scratch.open()
    let table = environment.table("records")
    try environment.append(1)
    try environment.read { transaction throws(LMDBError) in
      try environment.append(1)
      #expect(try transaction.count(of: table) == 1)
      #expect(try transaction.get(1, in: table) == nil)
    }
    try environment.read { transaction throws(LMDBError) in
      #expect(try transaction.count(of: table) == 2)
      #expect(try transaction.get(1, in: table)?.array == [UInt8](repeating: 1, count: 100))
    }
  }

  @Test("a write that throws changes nothing")
  func abort() throws {
    struct Refusal: LMDBFailure, Equatable {
      init() {}
      init(_ error: LMDBError) {}
    }
    let environment = try scratch.open()
    try environment.append(3)
    #expect(throws: Refusal()) {
      try environment.write { transaction throws(Refusal) in
        do throws(LMDBError) {
          try transaction.put([9].raw, for: 0, in: environment.table("records"))
        } catch {
          throw Refusal(error)
        }
        throw Refusal()
      }
    }
    #expect(try environment.content().count == 3)
    #expect(try environment.content()[0].last == 0)
    try environment.append(1)
    #expect(try environment.content().count == 4)
  }

  @Test("a write transaction sees its own changes, in every table order")
  func readOwnWrites() throws {
    let environment = try scratch.open(tables: ["b", "a", "c"])
    try environment.write { transaction throws(LMDBError) in
      for (number, name) in ["a", "b", "c"].enumerated() {
        try transaction.put([UInt8(number)].raw, for: 7, in: environment.table(name))
      }
      #expect(try transaction.get(7, in: environment.table("b"))?.array == [1])
      #expect(try transaction.delete(7, in: environment.table("a")))
      #expect(try !transaction.delete(7, in: environment.table("a")))
      #expect(try transaction.get(7, in: environment.table("a")) == nil)
    }
    #expect(try environment.content(of: "a") == [])
    #expect(try environment.content(of: "b") == [[0, 0, 0, 0, 0, 0, 0, 7, 1]])
    #expect(try environment.content(of: "c") == [[0, 0, 0, 0, 0, 0, 0, 7, 2]])
  }

  @Test("an append whose key does not come after the last one is refused and changes nothing", arguments: [0, 1, 2])
  func appendOrder(key: UInt64) throws {
    let environment = try scratch.open()
    try environment.append(3)
    let before = try environment.content()
    #expect(throws: LMDBError.keyExists) {
      try environment.write { transaction throws(LMDBError) in
        try transaction.append([1].raw, for: key, in: environment.table("records"))
      }
    }
    #expect(throws: LMDBError.keyExists) {
      try environment.write { transaction throws(LMDBError) in
        try transaction.append(for: key, byteCount: 8, in: environment.table("records")) { _ in }
      }
    }
    #expect(try environment.content() == before)
  }

  @Test("a value written in place holds what was written, and zeros where nothing was")
  func reserve() throws {
    let environment = try scratch.open()
    // The pages that are reused below hold other bytes.
    try environment.append(200)
    try environment.write { transaction throws(LMDBError) in
      for key in 0..<200 { try transaction.delete(UInt64(key), in: environment.table("records")) }
    }
    for round in 0..<20 {
      try environment.write { transaction throws(LMDBError) in
        try transaction.append(for: UInt64(1000 + round), byteCount: 1000, in: environment.table("records")) { output in
          output.append(contentsOf: [1, 2, 3].raw)
        }
      }
    }
    let expected = [1, 2, 3] + [UInt8](repeating: 0, count: 997)
    for row in try environment.content() { #expect(Array(row.dropFirst(8)) == expected) }
  }

  @Test("an empty value is a value")
  func emptyValue() throws {
    let environment = try scratch.open()
    try environment.write { transaction throws(LMDBError) in
      try transaction.append([UInt8]().raw, for: 1, in: environment.table("records"))
    }
    #expect(try environment.content() == [[0, 0, 0, 0, 0, 0, 0, 1]])
  }

  @Test("jobs run in the order of arrival, on one thread, and can commit for many callers")
  func jobs() throws {
    let environment = try scratch.open()
    let table = environment.table("records")
    for number in 0..<100 {
      environment.enqueue { writer in
        try? writer.transaction { transaction throws(LMDBError) in
          try transaction.append([UInt8(number)].raw, for: UInt64(number), in: table)
        }
      }
    }
    try environment.write { transaction throws(LMDBError) in
      #expect(try transaction.count(of: table) == 100)
    }
    #expect(try environment.content().map { $0[8] } == (0..<100).map { UInt8($0) })
  }

  @Test("an environment whose last reference goes on its write thread closes and can be opened again")
  func closeOnWriteThread() throws {
    for _ in 0..<50 {
      var environment: Environment? = try scratch.open()
      guard let table = environment?.table("records") else { return }
      environment?.enqueue { writer in
        usleep(500)
        try? writer.transaction { transaction throws(LMDBError) in
          try transaction.put([1].raw, for: 1, in: table)
        }
      }
      environment = nil
    }
    #expect(try scratch.open().content().count <= 1)
  }

  @Test("reads, scans and seeks agree with a sorted dictionary", arguments: [UInt64(1), 2, 3])
  func model(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let environment = try scratch.open()
    let table = environment.table("records")
    var model: [UInt64: [UInt8]] = [:]
    for _ in 0..<30 {
      let changes = (0..<Int.random(in: 1...40, using: &random)).map { _ -> (UInt64, [UInt8]?) in
        let key = UInt64.random(in: 0..<200, using: &random)
        guard Int.random(in: 0..<4, using: &random) > 0 else { return (key, nil) }
        return (key, [UInt8](repeating: random.next() as UInt8, count: Int.random(in: 0..<5000, using: &random)))
      }
      try environment.write { transaction throws(LMDBError) in
        for (key, value) in changes {
          if let value {
            try transaction.put(value.raw, for: key, in: table)
          } else {
            #expect(try transaction.delete(key, in: table) == (model[key] != nil))
          }
          model[key] = value
        }
      }
      let sorted = model.sorted { $0.key < $1.key }
      try environment.read { transaction throws(LMDBError) in
        try Self.compare(transaction, table, sorted, seek: UInt64.random(in: 0..<220, using: &random))
      }
    }
  }

  private static func compare(
    _ transaction: borrowing ReadTransaction, _ table: Table, _ rows: [(key: UInt64, value: [UInt8])], seek: UInt64
  ) throws(LMDBError) {
    #expect(try transaction.count(of: table) == rows.count)
    var cursor = try transaction.cursor(in: table)
    for row in rows {
      guard let entry = try cursor.next() else { Issue.record("the scan ended before \(row.key)"); return }
      #expect(key(entry.key) == row.key && entry.value.array == row.value)
    }
    #expect(try cursor.next() == nil)
    for row in rows.reversed() {
      let entry = row.key == rows.last?.key ? try cursor.last() : try cursor.previous()
      guard let entry else { Issue.record("the scan back ended before \(row.key)"); return }
      #expect(key(entry.key) == row.key)
    }
    #expect(try cursor.previous() == nil)
    let wanted = rows.first { $0.key >= seek }?.key
    if let found = try cursor.seek(seek) { #expect(key(found.key) == wanted) } else { #expect(wanted == nil) }
    #expect(try transaction.get(seek, in: table)?.array == rows.first { $0.key == seek }?.value)
  }

  private static func key(_ bytes: RawSpan) -> UInt64 { bytes.array.reduce(0) { $0 << 8 | UInt64($1) } }
}
