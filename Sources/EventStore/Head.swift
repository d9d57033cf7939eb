import Hashing
package import Primitives

/// The state of a log after a commit.
package struct Head: Equatable, Sendable {
  /// How many records there are; the position that the next one gets.
  package var size: UInt64

  /// Root of the RFC 6962 tree over the leaves of all records; of the empty tree, SHA-256 of nothing.
  package var root: Hash256

  /// Leaf hash of the last record; zero in an empty log.
  package var lastLeafHash: Hash256

  /// Size before the last commit: what the check at open goes back to.
  package var previousSize: UInt64

  /// Bytes of all payloads, without headers.
  package var payloadBytes: UInt64

  /// How many records are observations, which table `observations` lists.
  package var observations: UInt64

  /// How many L1 blocks are canonical, which table `blocks` lists.
  package var blocks: UInt64
}

extension Head {
  /// Format version of the whole store, first byte of the head row.
  static let formatVersion: UInt8 = 1

  /// Layout of the head row; each offset follows from the one before, and a checksum over all of it ends the row.
  private enum Offset {
    static let version = 0
    static let size = version + 1
    static let root = size + 8
    static let lastLeafHash = root + Hash256.byteCount
    static let previousSize = lastLeafHash + Hash256.byteCount
    static let payloadBytes = previousSize + 8
    static let observations = payloadBytes + 8
    static let blocks = observations + 8
    static let checksum = blocks + 8
    static let end = checksum + 4
  }

  /// The row as stored.
  var row: [UInt8] {
    var bytes: [UInt8] = [Self.formatVersion]
    bytes.reserveCapacity(Offset.end)
    bytes.append(bigEndian: size)
    bytes.append(contentsOf: root.bytes)
    bytes.append(contentsOf: lastLeafHash.bytes)
    bytes.append(bigEndian: previousSize)
    bytes.append(bigEndian: payloadBytes)
    bytes.append(bigEndian: observations)
    bytes.append(bigEndian: blocks)
    bytes.append(bigEndian: CRC32C.checksum(bytes.rawSpan))
    return bytes
  }

  /// Reads a stored row; says what is wrong with it otherwise.
  init(row: RawSpan) throws(Damage) {
    guard row.byteCount == Offset.end else {
      throw Damage(.head("its row has \(row.byteCount) bytes instead of \(Offset.end)"))
    }
    let stored: UInt32 = row.bigEndian(at: Offset.checksum)
    guard CRC32C.checksum(row.extracting(0..<Offset.checksum)) == stored else {
      throw Damage(.head("its checksum does not match"))
    }
    guard row.byte(at: Offset.version) == Self.formatVersion else {
      throw Damage(.head("format version \(row.byte(at: Offset.version)), this program knows \(Self.formatVersion)"))
    }
    size = row.bigEndian(at: Offset.size)
    root = Hash256(row.extracting(Offset.root..<Offset.lastLeafHash))
    lastLeafHash = Hash256(row.extracting(Offset.lastLeafHash..<Offset.previousSize))
    previousSize = row.bigEndian(at: Offset.previousSize)
    payloadBytes = row.bigEndian(at: Offset.payloadBytes)
    observations = row.bigEndian(at: Offset.observations)
    blocks = row.bigEndian(at: Offset.blocks)
    guard previousSize < size || size == 0 && previousSize == 0 else {
      throw Damage(.head("it is not larger than the head before it"))
    }
    guard payloadBytes / UInt64(PayloadLayout.longestPayload) <= size, observations <= size, blocks <= size
    else { throw Damage(.head("it counts more than its records can have")) }
  }
}
