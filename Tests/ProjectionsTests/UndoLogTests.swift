import Primitives
import TestSupport
import Testing

@testable import Projections

@Suite("Undoing the sections of a batch")
struct UndoLogTests {
  private static let table = ProjectionTable(index: 0, name: "rows")

  /// A batch over rows that are stored, each change of which is made of a plain dictionary as well.
  private struct Play {
    let batch: WriteBatch
    let tables = MemoryTables(tables: [UndoLogTests.table])
    var rows: [[UInt8]: [UInt8]] = [:]

    init(keepingRows keepsRows: Bool, keepingHistory keepsHistory: Bool) {
      batch = WriteBatch(keepingRows: keepsRows)
      batch.keepsHistory = keepsHistory
    }

    mutating func step(_ random: inout SeededGenerator) throws {
      let key = [UInt8(random.next() % 6)] + [UInt8](repeating: 1, count: Int(random.next() % 2) * 9)
      let view = ProjectionView(batch: batch, over: tables)
      switch random.next() % 6 {
      case 0:
        view.delete(UndoLogTests.table, key)
        rows[key] = nil
      case 1:
        let value = random.bytes(count: Int(random.next() % 70))
        view.put(UndoLogTests.table, key, value)
        rows[key] = value
      case 2:
        // What is read first is changed without being looked for again.
        let (length, entry) = try view.readEntry(UndoLogTests.table, key.rawSpan) { $0?.byteCount ?? 5 }
        guard let entry else { return }
        var value = rows[key] ?? [UInt8](repeating: 0, count: length)
        if !value.isEmpty { value[Int(random.next() % UInt64(value.count))] &+= 1 }
        batch.put(value.rawSpan, in: entry)
        rows[key] = value
      default:
        let entry = try view.readEntry(UndoLogTests.table, key.rawSpan) { _ in }.entry
        if let entry { changeInPlace(key, entry, &random) }
      }
    }

    private mutating func changeInPlace(_ key: [UInt8], _ entry: Int, _ random: inout SeededGenerator) {
      guard var value = rows[key], value.count > 3 else { return }
      let start = batch.rows.rewrite(entry)
      for _ in 0...random.next() % 2 {
        let first = Int(random.next() % UInt64(value.count - 2))
        batch.rows.rememberBytes(start + first..<start + first + 3, of: entry)
        for offset in first..<first + 3 {
          value[offset] = UInt8(truncatingIfNeeded: random.next())
          batch.rows.changeBytes { $0[start + offset] = value[offset] }
        }
      }
      rows[key] = value
    }

    /// What undoes each section, put back from the last to the first.
    func undo(from sections: [[[UInt8]: [UInt8]]]) {
      var stored: [Int: [UInt8]] = [:]
      batch.forEachEntryInOrder { entry, table, key, _ in
        guard batch.remembersStored(entry) else { return }
        tables.read(UndoLogTests.table, key) { if let value = $0 { stored[entry] = value.bytes } }
      }
      var pieces: [(section: Int, rows: [UInt8])] = []
      batch.forEachUndo(stored: { stored[$0] }) { pieces.append(($0, $1.bytes)) }
      #expect(pieces.map(\.section) == pieces.map(\.section).sorted())
      var rows = rows
      for section in sections.indices.reversed() {
        for piece in pieces.reversed() where piece.section == section { putBack(piece.rows, into: &rows) }
        #expect(rows == sections[section], "section \(section) of \(sections.count)")
      }
    }

    private func putBack(_ bytes: [UInt8], into rows: inout [[UInt8]: [UInt8]]) {
      var old: [OldRow] = []
      while let row = OldRow(bytes.rawSpan, at: old.last?.end ?? 0) { old.append(row) }
      #expect(old.last?.end == bytes.count)
      for row in old.reversed() {
        let key = Array(bytes[row.key])
        switch row.content {
        case .absent: rows[key] = nil
        case .value(let range): rows[key] = Array(bytes[range])
        case .patch(let range, let length):
          let patch = Array(bytes[range])
          #expect(rows[key]?.count == length && !batch.keepsHistory)
          let isApplied = Patch.apply(patch.rawSpan, to: &rows[key, default: []])
          #expect(isApplied)
        }
      }
    }
  }

  @Test(
    "put back from the last to the first, old rows undo section after section, in whatever way they were changed",
    arguments: [false, true], [false, true])
  func undo(keepsRows: Bool, keepsHistory: Bool) throws {
    var random = SeededGenerator()
    var play = Play(keepingRows: keepsRows, keepingHistory: keepsHistory)
    for _ in 0..<60 {
      play.batch.begin()
      var sections: [[[UInt8]: [UInt8]]] = []
      for step in 0..<40 {
        if step == 0 || random.next() % 8 == 0 {
          play.batch.beginSection()
          sections.append(play.rows)
        }
        try play.step(&random)
      }
      play.undo(from: sections)
      play.tables.commit(play.batch)
      play.batch.didCommit()
    }
  }

  @Test("old rows come in pieces, each of one section, and first those that only the store knows")
  func pieces() {
    let batch = WriteBatch()
    let value = [UInt8](repeating: 1, count: 1 << 15)
    for section in 0..<3 {
      batch.beginSection()
      for number in UInt8(0)..<40 {
        let key = [number]
        let value = [UInt8](repeating: UInt8(section), count: value.count)
        batch.put(Self.table, key: key.rawSpan, value: value.rawSpan)
      }
    }
    var pieces: [(section: Int, keys: [UInt8])] = []
    batch.forEachUndo(stored: { _ in value }) { section, rows in
      var keys: [UInt8] = []
      var offset = 0
      while let row = OldRow(rows, at: offset) {
        keys.append(rows.byte(at: row.key.lowerBound))
        offset = row.end
      }
      #expect(offset == rows.byteCount)
      #expect(offset < UndoLog.partLimit + 2 * value.count)
      pieces.append((section, keys))
    }
    #expect(pieces.count > 6)
    let all = [UInt8](0..<40)
    for section in 0..<3 { #expect(pieces.filter { $0.section == section }.flatMap(\.keys) == all) }
  }
}
