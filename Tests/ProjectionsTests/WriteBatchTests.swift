import Primitives
@testable import Projections
import TestSupport
import Testing

@Suite("Write batch")
struct WriteBatchTests {
  private static let tables = (0..<3).map { ProjectionTable(index: $0, name: "table\($0)") }

  @Test("a batch hands over every touched key once, with its last value, in the order of tables and keys")
  func equalsModel() {
    var random = SeededGenerator()
    let batch = WriteBatch()
    for _ in 0..<20 {
      batch.reset()
      var model: [Int: [[UInt8]: [UInt8]?]] = [:]
      for _ in 0..<2000 {
        let table = Self.tables[Int(random.next() % 3)]
        // Few distinct keys, of lengths around the eight bytes that are compared first.
        let key =
          Array(repeating: UInt8(random.next() % 2), count: Int(random.next() % 4) * 4)
          + [UInt8(random.next() % 16)]
        if random.next() % 4 == 0 {
          batch.delete(table, key: key.rawSpan)
          model[table.index, default: [:]][key] = .some(nil)
        } else {
          let value = random.bytes(count: Int(random.next() % 40))
          batch.put(table, key: key.rawSpan, value: value.rawSpan)
          model[table.index, default: [:]][key] = value
        }
      }
      var expected: [String] = []
      for (table, rows) in model.sorted(by: { $0.key < $1.key }) {
        for (key, value) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
          expected.append("\(table) \(key) \(String(describing: value))")
        }
      }
      var found: [String] = []
      batch.forEachInOrder { table, key, value in
        found.append("\(table) \(key.bytes) \(String(describing: value.map { $0.bytes }))")
      }
      #expect(found == expected)
      #expect(batch.count == expected.count)
    }
  }

  @Test(
    "a batch that keeps rows answers and commits as a new one does each time, whatever is read and in whatever sections"
  )
  func keptRows() throws {
    var random = SeededGenerator()
    let stores = [MemoryTables(tables: Self.tables), MemoryTables(tables: Self.tables)]
    let kept = WriteBatch(keepingRows: true)
    kept.keepsHistory = true
    for _ in 0..<60 {
      let new = WriteBatch()
      new.keepsHistory = true
      kept.begin()
      if random.next() % 4 == 0 {
        // Sections without a row, which nobody commits.
        for _ in 0..<3 { kept.beginSection() }
        kept.begin()
      }
      for step in 0..<40 {
        if step % 10 == 0, random.next() % 2 == 0 { for batch in [kept, new] { batch.beginSection() } }
        let table = Self.tables[Int(random.next() % 3)]
        let key = [UInt8(random.next() % 4)] + random.bytes(count: Int(random.next() % 2) * 9)
        let views = zip([kept, new], stores).map { ProjectionView(batch: $0, over: $1) }
        switch random.next() % 4 {
        case 0: for view in views { view.delete(table, key) }
        case 1:
          let value = random.bytes(count: Int(random.next() % 5))
          for view in views { view.put(table, key, value) }
        case 2:
          let found = try views.map { try $0.firstKey(of: table, from: [key[0]]) { $0.byte(at: 0) == key[0] } }
          #expect(found[0] == found[1])
        default:
          let values = try views.map { try $0.value(table, key.rawSpan) }
          #expect(values[0] == values[1])
        }
      }
      #expect(Self.old(kept, stores[0]) == Self.old(new, stores[1]))
      // Now and then a commit fails.
      if random.next() % 8 == 0 { continue }
      stores[0].commit(kept)
      stores[1].commit(new)
      kept.didCommit()
      for table in Self.tables {
        #expect(stores[0].ordered(table).map(\.key) == stores[1].ordered(table).map(\.key))
        #expect(stores[0].ordered(table).map(\.value) == stores[1].ordered(table).map(\.value))
      }
    }
  }

  @Test(
    "rows that are set aside come in the order of tables and keys, each key once and as it was last; no look finds them"
  )
  func unreadRows() {
    var random = SeededGenerator()
    let batch = WriteBatch(keepingRows: true)
    batch.setAside([Self.tables[0], Self.tables[2]])
    for round in 0..<12 {
      var model: [Int: [[UInt8]: [UInt8]?]] = [:]
      for _ in 0..<3000 {
        let table = Self.tables[Int(random.next() % 3)]
        // Many with the first word, two or three in common, some the beginning of others, and some written often.
        var key = [UInt8](repeating: UInt8(random.next() % 2), count: Int(random.next() % 4) * (round % 3 == 0 ? 7 : 8))
        key += random.bytes(count: 1 + Int(random.next() % 2))
        let value = random.next() % 8 == 0 ? nil : random.bytes(count: Int(random.next() % 5))
        if let value {
          batch.put(table, key: key.rawSpan, value: value.rawSpan)
        } else {
          batch.delete(table, key: key.rawSpan)
        }
        if table.index != 1 { model[table.index, default: [:]][key] = .some(value) }
      }
      var expected: [String] = []
      for (table, rows) in model.sorted(by: { $0.key < $1.key }) {
        for (key, value) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
          #expect(batch.entry(Self.tables[table], key.rawSpan) == nil)
          expected.append("\(table) \(key) \(String(describing: value))")
        }
      }
      var found: [String] = []
      batch.forEachUnreadRow { bytes in
        guard let row = OldRow(bytes, at: 0), row.end == bytes.byteCount else { return }
        var value: [UInt8]?
        if case .value(let range) = row.content { value = bytes.extracting(range).bytes }
        found.append("\(row.table) \(bytes.extracting(row.key).bytes) \(String(describing: value))")
      }
      #expect(found == expected)
      var others = 0
      batch.forEachInOrder { table, _, _ in
        #expect(table == 1)
        others += 1
      }
      #expect(others == batch.count && batch.unreadBytes > 0)
      if round % 2 == 0 { batch.didCommit() } else { batch.begin() }
      #expect(batch.unreadBytes == 0 && batch.isEmpty)
    }
  }

  /// What sections changed, and what was there before and after, in the order of sections, tables and keys.
  private static func old(_ batch: WriteBatch, _ store: MemoryTables) -> [String] {
    var stored: [Int: [UInt8]] = [:]
    batch.forEachEntryInOrder { entry, table, key, _ in
      guard batch.remembersStored(entry) else { return }
      store.read(tables[table], key) { if let value = $0 { stored[entry] = value.bytes } }
    }
    var found: [String] = []
    batch.forEachOld(stored: { stored[$0] }) { section, table, key, old, new in
      found.append("\(section) \(table) \(key.bytes) \(String(describing: old)) \(String(describing: new))")
    }
    return found.sorted()
  }

  @Test("keys are ordered as byte strings, a proper prefix first, at every length around a word")
  func orderOfKeys() {
    var keys: [[UInt8]] = []
    for length in [0, 1, 2, 7, 8, 9, 15, 16, 17] {
      for last: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
        keys.append(Array(repeating: 0, count: length) + [last])
        keys.append(Array(repeating: 0xff, count: length) + [last])
        keys.append(Array(repeating: 0, count: length))
      }
    }
    for left in keys {
      for right in keys {
        #expect(left.rawSpan.precedes(right.rawSpan) == left.lexicographicallyPrecedes(right))
        #expect(left.rawSpan.hasPrefix(right.rawSpan) == left.starts(with: right))
      }
    }
  }
}

extension Optional where Wrapped == RawSpan {
  fileprivate func map<R>(_ transform: (RawSpan) -> R) -> R? {
    guard let self else { return nil }
    return transform(self)
  }
}

@Suite("Projection view")
struct ProjectionViewTests {
  private static let table = ProjectionTable(index: 0, name: "rows")

  private static func stored(_ rows: [String: String]) -> MemoryTables {
    let tables = MemoryTables(tables: [table])
    let batch = WriteBatch()
    for (key, value) in rows { batch.put(table, key: Array(key.utf8).rawSpan, value: Array(value.utf8).rawSpan) }
    tables.commit(batch)
    return tables
  }

  private static func text(_ view: ProjectionView, _ key: String) throws -> String? {
    try view.value(table, Array(key.utf8).rawSpan).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("a fold sees its own writes and deletions over what is stored")
  func ownWrites() throws {
    let view = ProjectionView(batch: WriteBatch(), over: Self.stored(["a": "1", "b": "2", "c": "3"]))
    view.put(Self.table, Array("a".utf8), Array("long enough to move".utf8))
    view.delete(Self.table, Array("b".utf8))
    #expect(try Self.text(view, "a") == "long enough to move")
    #expect(try Self.text(view, "b") == nil)
    #expect(try Self.text(view, "c") == "3")
    #expect(try Self.text(view, "d") == nil)
    view.put(Self.table, Array("b".utf8), [])
    #expect(try Self.text(view, "b") == "")
  }

  @Test("removing a prefix removes stored and unwritten rows below it, and no others")
  func prefixes() throws {
    let view = ProjectionView(
      batch: WriteBatch(), over: Self.stored(["a": "0", "ab": "1", "abc": "2", "ac": "3", "b": "4"]))
    view.put(Self.table, Array("abd".utf8), [5])
    view.put(Self.table, Array("ad".utf8), [6])
    try view.deleteAll(Self.table, withPrefix: Array("ab".utf8).rawSpan)
    for gone in ["ab", "abc", "abd"] { #expect(try Self.text(view, gone) == nil) }
    for kept in ["a", "ac", "ad", "b"] { #expect(try Self.text(view, kept) != nil) }
  }
}
