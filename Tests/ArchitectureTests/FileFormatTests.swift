@testable import EventStore
import Hashing
import Primitives
@testable import ProjectionStore
import Rollup
import Testing

@Suite("Docs/FileFormat.md")
struct FileFormatTests {
  /// Rows `| offset | size | field | …` of the table under a heading.
  private func table(under heading: String) throws -> [(offset: Int, size: Int?, field: String)] {
    let lines = try Repository.file("Docs/FileFormat.md").lines
    let start = try #require(lines.firstIndex(of: Substring(heading)), "no heading '\(heading)'")
    let section = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }
    return section.compactMap { line in
      let cells = line.split(separator: "|").map { $0.filter { !$0.isWhitespace } }
      guard cells.count >= 3, let offset = Int(cells[0]) else { return nil }
      return (offset, Int(cells[1]), cells[2])
    }
  }

  @Test("the record header's offsets are those of the code")
  func recordHeader() throws {
    let documented = try table(under: "## Record header").map { "\($0.field) \($0.offset)" }
    typealias Offset = RecordHeader.Offset
    #expect(
      documented == [
        "checksum \(Offset.checksum)", "version \(Offset.version)", "flags \(Offset.flags)", "kind \(Offset.kind)",
        "position \(Offset.position)", "blockNumber \(Offset.blockNumber)",
        "transactionIndex \(Offset.transactionIndex)", "logIndex \(Offset.logIndex)",
        "payloadLength \(Offset.payloadLength)", "payloadHash \(Offset.payloadHash)", "payload \(Offset.payload)",
      ])
  }

  @Test(
    "in every layout each field begins where the one before it ends",
    arguments: [
      ("## Record header", 68), ("## Merkle tree", RecordHeader.leafByteCount), ("## Head row", 109),
      ("## Projections", 93), ("### Folded from ledger and testimony", 141),
    ])
  func fieldsAreContiguous(heading: String, length: Int) throws {
    var end = 0
    for row in try table(under: heading) {
      #expect(row.offset == end, "\(heading), \(row.field)")
      end += row.size ?? 0
    }
    #expect(end == length)
  }

  /// Holds a row that the code writes against a table: what stands at each offset, in the order of the document, and the
  /// checksum at the end. The beginning of a field's text tells which it is.
  private func check(_ row: [UInt8], under heading: String, _ expected: [(field: String, bytes: [UInt8])]) throws {
    let table = try table(under: heading)
    try #require(table.count == expected.count + 1, "\(heading)")
    for (documented, (field, bytes)) in zip(table, expected) {
      let size = try #require(documented.size)
      #expect(documented.field.hasPrefix(field.filter { $0 != " " }), "\(heading): \(field)")
      #expect(Array(row[documented.offset..<documented.offset + size]) == bytes, "\(heading): \(field)")
    }
    let checksum = try #require(table.last)
    #expect(checksum.field.hasPrefix("CRC-32Cofthe\(checksum.offset)bytesbefore"))
    #expect(row.count == checksum.offset + 4)
    let stored = row[checksum.offset...].reduce(0) { $0 << 8 | UInt32($1) }
    #expect(CRC32C.checksum(Array(row[..<checksum.offset]).rawSpan) == stored)
  }

  /// The bytes of a number that has `count` of them, each another one.
  private func marks(_ first: UInt8, _ count: UInt8 = 8) -> [UInt8] { (first..<first + count).map { $0 } }

  private func number(_ first: UInt8) -> UInt64 { marks(first).reduce(0) { $0 << 8 | UInt64($1) } }

  private func hash(_ byte: UInt8) -> Hash256 { Hash256([UInt8](repeating: byte, count: 32).rawSpan) }

  @Test("the head row's layout is that of the code")
  func headRow() throws {
    let head = Head(
      size: number(0x10), root: hash(1), lastLeafHash: hash(2), previousSize: number(0x20), payloadBytes: number(0x30),
      observations: number(0x40), blocks: number(0x50))
    try check(
      head.row, under: "## Head row",
      [
        ("format version: \(Head.formatVersion)", [Head.formatVersion]), ("number of records", marks(0x10)),
        ("root of the tree", hash(1).bytes), ("leaf hash of the last record", hash(2).bytes),
        ("number of records before the last commit", marks(0x20)), ("bytes of all payloads", marks(0x30)),
        ("number of observations", marks(0x40)), ("number of canonical L1 blocks", marks(0x50)),
      ])
  }

  @Test("the layouts of both cursors are those of the code")
  func cursors() throws {
    var cursor = ProjectionCursor(
      nextPosition: number(0x10), lastLeafHash: hash(1), l1BlockNumber: number(0x20), l1BlockHash: hash(2),
      skippedRecords: number(0x30))
    let (ledger, both) = ProjectionCursor.formatVersions
    try check(
      cursor.row, under: "## Projections",
      [
        ("format version: \(ledger)", [ledger]), ("next position to fold", marks(0x10)),
        ("leaf hash of the record before it", hash(1).bytes), ("number of the newest L1 block", marks(0x20)),
        ("its hash", hash(2).bytes), ("how many positions before the next one were passed over", marks(0x30)),
      ])
    let common = Array(cursor.row[1..<89])
    cursor.testimony = TestimonyCursor(nextPosition: number(0x40), lastLeafHash: hash(3), ledgerPosition: number(0x50))
    try check(
      cursor.row, under: "### Folded from ledger and testimony",
      [
        ("format version: \(both)", [both]), ("the same as in the other cursor", common),
        ("next testimony to fold", marks(0x40)), ("leaf hash of the testimony before it", hash(3).bytes),
        ("position of the ledger before which that one stands", marks(0x50)),
      ])
  }

  @Test("the leaf's layout is that of the code")
  func leaf() throws {
    let header = RecordHeader(
      kind: .outputProposed, position: Position(0x0102_0304_0506_0708),
      coordinates: L1Coordinates(
        blockNumber: 0x1112_1314_1516_1718, transactionIndex: 0x2122_2324, logIndex: 0x3132_3334),
      payloadLength: 0x4142_4344, payloadHash: .zero)
    let bytes = header.leafBytes
    let marks: [String: [UInt8]] = [
      "position": [1, 2, 3, 4, 5, 6, 7, 8], "kind": [0x00, 0x08],
      "blockNumber": [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18], "transactionIndex": [0x21, 0x22, 0x23, 0x24],
      "logIndex": [0x31, 0x32, 0x33, 0x34], "payloadLength": [0x41, 0x42, 0x43, 0x44],
      "payloadHash": [UInt8](repeating: 0, count: 32),
    ]
    let rows = try table(under: "## Merkle tree")
    #expect(Set(rows.map(\.field)) == Set(marks.keys))
    for row in rows {
      let field = (row.offset..<row.offset + (row.size ?? 0)).map { bytes[$0] }
      #expect(field == marks[row.field], "\(row.field)")
    }
  }
}
