import Hashing
import Primitives
import Projections
import Testing

@Suite("Projection digest")
struct DigestTests {
  private static let tables = [ProjectionTable(index: 0, name: "ab"), ProjectionTable(index: 1, name: "c")]

  private static func digest(
    _ rows: [(Int, [UInt8], [UInt8])], number: UInt64 = 7, hash: Hash256 = .zero
  ) -> Hash256 {
    let stored = MemoryTables(tables: tables)
    let batch = WriteBatch()
    for (table, key, value) in rows { batch.put(tables[table], key: key.rawSpan, value: value.rawSpan) }
    stored.commit(batch)
    return stored.digest(l1BlockNumber: number, l1BlockHash: hash)
  }

  @Test("the digest is Keccak-256 of the documented bytes")
  func documentedBytes() {
    var bytes: [UInt8] = [0, 0, 0, 2] + Array("ab".utf8)
    bytes += [1, 0, 0, 0, 1, 0, 0, 0, 2, 0x61, 0x62, 0x63]
    bytes += [0, 0, 0, 0, 1] + Array("c".utf8) + [0]
    bytes += [0, 0, 0, 0, 0, 0, 0, 7] + [UInt8](repeating: 0, count: 32)
    #expect(Self.digest([(0, [0x61], [0x62, 0x63])]) == Keccak256.hash(bytes))
  }

  @Test("contents that differ in one place have different digests")
  func everyPlaceCounts() {
    let variants = [
      Self.digest([]),
      Self.digest([(0, [1], [2])]),
      Self.digest([(1, [1], [2])]),
      Self.digest([(0, [1, 2], [])]),
      Self.digest([(0, [], [1, 2])]),
      Self.digest([(0, [1], [3])]),
      Self.digest([(0, [1], [2]), (1, [1], [2])]),
      Self.digest([(0, [1], [2]), (0, [2], [2])]),
      Self.digest([], number: 8),
      Self.digest([], hash: Hash256(0, 0, 0, 1)),
    ]
    #expect(Set(variants).count == variants.count)
  }

  @Test("a digest over more than one buffer of rows equals that of the bytes in one piece")
  func longContents() {
    let rows = (0..<3000).map { index in
      let low = UInt8(index & 0xff)
      let value = [UInt8](repeating: low, count: 40)
      return (0, [UInt8(index >> 8), low], value)
    }
    var bytes: [UInt8] = [0, 0, 0, 2] + Array("ab".utf8)
    for row in rows {
      bytes += [1, 0, 0, 0, 2, 0, 0, 0, 40]
      bytes += row.1
      bytes += row.2
    }
    bytes += [0, 0, 0, 0, 1] + Array("c".utf8) + [0]
    bytes += [0, 0, 0, 0, 0, 0, 0, 7] + [UInt8](repeating: 0, count: 32)
    #expect(Self.digest(rows.reversed()) == Keccak256.hash(bytes))
  }
}
