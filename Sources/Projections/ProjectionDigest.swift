import Hashing
package import Primitives

/// Keccak-256 over the ordered contents of a projection and the L1 block it has reached: equal on every machine at equal
/// canonical history, whatever the batches and restarts on the way.
///
/// The bytes hashed: per table, its name's length (4) and name; per row in key order 0x01, the key's length (4), the
/// value's length (4), key, value; 0x00 after the last row of a table; at the end the L1 block's number (8) and hash (32).
/// Integers are big-endian. Lengths and markers make two different contents two different byte strings. Log positions are
/// left out: they depend on what a node happened to see.
package struct ProjectionDigest {
  private var hash = Keccak256()
  private var buffer: [UInt8] = []
  private var isInTable = false

  package init() {}

  /// Starts the next table. Tables come in the order that the projection declares.
  package mutating func begin(_ table: ProjectionTable) {
    endTable()
    isInTable = true
    let name = Array(table.name.utf8)
    buffer.append(bigEndian: UInt32(name.count))
    buffer += name
  }

  /// Adds a row. Rows come in key order.
  package mutating func add(key: RawSpan, value: RawSpan) {
    buffer.append(1)
    buffer.append(bigEndian: UInt32(key.byteCount))
    buffer.append(bigEndian: UInt32(value.byteCount))
    buffer.append(contentsOf: key)
    buffer.append(contentsOf: value)
    if buffer.count >= 1 << 14 { flush() }
  }

  /// The digest, at the L1 block that the contents belong to.
  package consuming func finalize(l1BlockNumber: UInt64, l1BlockHash: Hash256) -> Hash256 {
    endTable()
    buffer.append(bigEndian: l1BlockNumber)
    l1BlockHash.withBytes { buffer.append(contentsOf: $0) }
    flush()
    return hash.finalize()
  }

  private mutating func endTable() {
    if isInTable { buffer.append(0) }
    isInTable = false
  }

  private mutating func flush() {
    hash.update(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
