import Primitives
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
      ("## Projections", 93),
    ])
  func fieldsAreContiguous(heading: String, length: Int) throws {
    var end = 0
    for row in try table(under: heading) {
      #expect(row.offset == end, "\(heading), \(row.field)")
      end += row.size ?? 0
    }
    #expect(end == length)
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
