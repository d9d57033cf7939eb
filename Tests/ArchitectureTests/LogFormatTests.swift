@testable import EventStore
import Hashing
import LMDB
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

/// What `Docs/FileFormat.md` says of a log's tables, held against the rows of a log that was written.
@Suite("Docs/FileFormat.md: a log's tables")
struct LogFormatTests {
  /// A part of a key or of a value; `size` is nil where it may have any.
  private struct Field: Equatable {
    let name: String
    let size: Int?
  }

  private struct Layout {
    let key, value: [Field]
  }

  private struct Row {
    let key, value: [UInt8]
  }

  /// Keys and values as the document gives them, by table.
  private func documented() throws -> [String: Layout] {
    let lines = try Repository.file("Docs/FileFormat.md").lines
    let start = try #require(lines.firstIndex(of: "## Log: tables"))
    var tables: [String: Layout] = [:]
    for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("#") }) where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
      tables[String(cells[0].filter { $0.isLetter })] = Layout(key: fields(cells[1]), value: fields(cells[2]))
    }
    return tables
  }

  /// `name (size) ‖ name (size)`; what stands behind a semicolon is said of the whole row.
  private func fields(_ cell: Substring) -> [Field] {
    (cell.split(separator: ";").first ?? "").split(separator: "‖").map { part in
      let size = part.firstMatch(of: #/ \((\d+)\)/#)
      let name = size.map { part[..<$0.range.lowerBound] } ?? part
      return Field(name: name.split(separator: " ").joined(separator: " "), size: size.flatMap { Int($0.output.1) })
    }
  }

  private func bytes(_ number: UInt64, _ count: Int = 8) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) }
  }

  private func rows(of table: Table, in log: EventLog) throws -> [Row] {
    var rows: [Row] = []
    try log.environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
      var cursor = try transaction.cursor(in: table)
      var entry = try cursor.first()
      while let found = entry {
        rows.append(Row(key: found.key.bytes, value: found.value.bytes))
        entry = try cursor.next()
      }
    }
    return rows
  }

  /// L1 block 7 with a record whose payload is in three parts, an observation, and records for a tree of some levels.
  private func withLog(_ body: (EventLog) throws -> Void) throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path), mode: .create)
      let appended = L1BlockAppended(header: [1, 2, 3], canonicalAccBefore: .zero, completeness: .embedded)
      let payload = (0..<Self.longPayload).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      try log.appendBlock(
        number: 7, hash: Self.blockHash,
        records: [
          NewRecord(.l1BlockAppended(appended), at: .block(7)),
          NewRecord(kind: .blockSequenced, coordinates: .block(7), payload: payload),
        ])
      let final = L1Finalized(block: BlockID(number: 7, hash: Self.blockHash))
      try log.append([NewRecord(.l1Finalized(final), at: .observed(at: 7))])
      try log.append((0..<75).map { NewRecord(kind: .blockSequenced, coordinates: .block(7), payload: [$0]) })
      try body(log)
    }
  }

  private static let blockHash = Hash256(1, 2, 3, 4)

  /// One page, and then more than stands beside a header.
  private static let longPayload = 4080 + 1954 + 100

  @Test("keys and rows of every table are what the document says, field by field")
  func tables() throws {
    let documented = try documented()
    #expect(Set(documented.keys) == Set(EventLog.Tables.names))
    func check(_ name: String, _ part: KeyPath<Layout, [Field]>, _ expected: [(String, Int?)]) {
      let fields = documented[name]?[keyPath: part]
      #expect(fields == expected.map { Field(name: $0.0, size: $0.1) }, "\(name)")
    }
    try withLog { log in
      let records = try rows(of: log.tables.records, in: log)
      check("records", \.key, [("position", 8)])
      check("records", \.value, [("record header", RecordHeader.byteCount), ("first part of the payload", nil)])
      #expect(records.map(\.key) == (0..<78).map { bytes($0) })
      let long = try log.record(at: Position(1))
      let layout = PayloadLayout(payloadLength: Self.longPayload)
      #expect(layout.inline > 0 && layout.paged > 0 && layout.rest > 0)
      #expect(Array(records[1].value[RecordHeader.byteCount...]) == Array(long.payload[..<layout.inline]))
      #expect(Array(records[5].value[RecordHeader.byteCount...]) == [2])

      let chunks = try rows(of: log.tables.chunks, in: log)
      check("chunks", \.key, [("position", 8), ("index", 2)])
      check("chunks", \.value, [("a further part of the payload", nil)])
      #expect(chunks.map(\.key) == [bytes(1) + bytes(0, 2), bytes(1) + bytes(1, 2)])
      let end = layout.inline + layout.paged
      #expect(chunks.map(\.value) == [Array(long.payload[layout.inline..<end]), Array(long.payload[end...])])

      let blocks = try rows(of: log.tables.blocks, in: log)
      check("blocks", \.key, [("L1 block number", 8)])
      check(
        "blocks", \.value,
        [("first position", 8), ("position after the last", 8), ("L1 block hash", Hash256.byteCount)])
      #expect(blocks.map(\.key) == [bytes(7)])
      #expect(blocks.map(\.value) == [bytes(0) + bytes(2) + Self.blockHash.bytes])

      let observations = try rows(of: log.tables.observations, in: log)
      check("observations", \.key, [("event kind", 2), ("position", 8)])
      check("observations", \.value, [("nothing", nil)])
      #expect(observations.map(\.key) == [bytes(UInt64(EventKind.l1Finalized.rawValue), 2) + bytes(2)])
      #expect(observations.map(\.value) == [[]])

      let head = try rows(of: log.tables.head, in: log)
      check("head", \.key, [("0", 8)])
      #expect(head.map(\.key) == [bytes(0)] && head.map(\.value.count) == [109])
    }
  }

  @Test("the hash of each complete subtree from level 3 up is in the row, and at the place, that the document says")
  func tree() throws {
    let documented = try documented()
    #expect(documented["tree"]?.key == [Field(name: "number of a group of eight leaves", size: 8)])
    let text = try Repository.file("Docs/FileFormat.md").text.split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    #expect(text.contains("one hash for each trailing one bit of g, and one more."))
    let subtree = "the hash of the subtree at level l ≥ 3 and index i is in the row of group"
    #expect(text.contains("\(subtree) ((i + 1)·2^(l−3)) − 1, at place l − 3."))
    try withLog { log in
      let rows = try rows(of: log.tables.tree, in: log)
      let leaves = try (0..<78 as Range<UInt64>).map { try log.leafHash(at: Position($0)) }
      #expect(rows.map(\.key) == (0..<9).map { bytes($0) })
      for (group, row) in rows.enumerated() {
        #expect(row.value.count == (1 + (~group).trailingZeroBitCount) * Hash256.byteCount)
      }
      var found = 0
      for level in 3...6 {
        for index in 0..<78 >> level {
          let (group, place) = ((index + 1) << (level - 3) - 1, level - 3)
          let hash = MerkleTree.root(ofLeaves: leaves[index << level..<(index + 1) << level])
          let start = place * Hash256.byteCount
          #expect(Array(rows[group].value[start..<start + Hash256.byteCount]) == hash.bytes, "\(level), \(index)")
          found += 1
        }
      }
      // As many as there are.
      #expect(found * Hash256.byteCount == rows.reduce(0) { $0 + $1.value.count })
    }
  }

  @Test("how far a verification has come is written as the document says")
  func resumeFile() throws {
    let lines = try Repository.file("Docs/FileFormat.md").lines
    let start = try #require(lines.firstIndex(of: "## Resume file"))
    let items = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.compactMap { line -> String? in
      let cells = line.split(separator: "|").map { $0.filter { $0 != " " } }
      return cells.count == 3 && Int(cells[0]) != nil ? "\(cells[0]) \(cells[1])" : nil
    }
    let (hash, other) = (Hash256(1, 2, 3, 4), Hash256(5, 6, 7, 8))
    var checkpoint = VerifyCheckpoint()
    checkpoint.position = 40
    checkpoint.chunkRows = 2
    checkpoint.payloadBytes = 300
    checkpoint.unreadable = 4
    checkpoint.findings = 5
    checkpoint.observationRows = 6
    checkpoint.groups = try #require(Frontier(size: 5, hashes: [hash, other]))
    (checkpoint.firstBlock, checkpoint.newestBlock) = (7, 8)
    checkpoint.openBlock = OpenBlock(number: 8, row: BlockRow(first: 30, end: 39, hash: hash))
    checkpoint.accumulator = .reading(before: hash, hash: other, first: 30)
    #expect(VerifyCheckpoint(encoded: checkpoint.encoded) == checkpoint)
    let encoded = checkpoint.encoded
    var reader = RLPReader(encoded.rawSpan)
    var list = try reader.readList()
    var numbers: [UInt64] = []
    for _ in 0..<7 { numbers.append(try list.readUInt64()) }
    #expect(numbers == [3, 40, 2, 300, 4, 5, 6])
    var groups = try list.readList()
    var hashes: [Hash256] = []
    while !groups.isAtEnd { hashes.append(try groups.readHash256()) }
    #expect(hashes == [hash, other])
    var blocks = try list.readList()
    numbers = [try blocks.readUInt64(), try blocks.readUInt64()]
    try blocks.finish()
    #expect(numbers == [7, 8])
    var open = try list.readList()
    numbers = [try open.readUInt64(), try open.readUInt64(), try open.readUInt64()]
    hashes = [try open.readHash256()]
    try open.finish()
    #expect(numbers == [8, 30, 39] && hashes == [hash])
    var accumulator = try list.readList()
    hashes = [try accumulator.readHash256(), try accumulator.readHash256()]
    numbers = [try accumulator.readUInt64()]
    try accumulator.finish()
    try list.finish()
    #expect(hashes == [hash, other] && numbers == [30])
    let names = [
      "format", "position", "chunkRows", "payloadBytes", "unreadable", "findings", "observationRows", "groups",
      "blocks", "openBlock", "accumulator",
    ]
    #expect(items == names.enumerated().map { "\($0) \($1)" })
  }
}
