public import Primitives

/// Why bytes are not the content of a tile.
public enum TileError: Error, Equatable, Sendable {
  /// Hashes have 32 bytes each.
  case wrongLength(bytes: Int, expected: Int)

  /// An entry's length reaches beyond the bundle, or the bundle ends before its entries do.
  case truncatedEntry(Int)

  /// Bytes follow the last entry.
  case trailingBytes(Int)
}

extension TileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongLength(let bytes, let expected): "it has \(bytes) bytes instead of \(expected)"
    case .truncatedEntry(let place): "it ends within entry \(place)"
    case .trailingBytes(let count): "\(count) bytes follow its last entry"
    }
  }
}

extension Tile {
  /// The content of a tile of hashes.
  public static func encode(hashes: [Hash256]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Hash256.byteCount)
    for hash in hashes { hash.withBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// The hashes that the bytes of this tile are.
  public func hashes(_ bytes: [UInt8]) throws(TileError) -> [Hash256] {
    let expected = width * Hash256.byteCount
    guard bytes.count == expected else { throw .wrongLength(bytes: bytes.count, expected: expected) }
    let span = bytes.rawSpan
    var hashes: [Hash256] = []
    hashes.reserveCapacity(width)
    for place in 0..<width {
      hashes.append(Hash256(span.extracting(place * Hash256.byteCount..<(place + 1) * Hash256.byteCount)))
    }
    return hashes
  }

  /// The longest entry that a bundle can hold.
  public static let longestEntry = Int(UInt16.max)

  /// The content of a bundle.
  ///
  /// - Precondition: no entry is longer than 65,535 bytes.
  public static func encode(entries: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      precondition(entry.count <= Tile.longestEntry, "an entry of a bundle has at most 65,535 bytes")
      bytes.append(bigEndian: UInt16(entry.count))
      bytes += entry
    }
    return bytes
  }

  /// The entries that the bytes of this bundle are: as many as it is wide.
  public func entries(_ bytes: [UInt8]) throws(TileError) -> [[UInt8]] {
    let span = bytes.rawSpan
    var entries: [[UInt8]] = []
    entries.reserveCapacity(width)
    var offset = 0
    for place in 0..<width {
      guard bytes.count - offset >= 2 else { throw .truncatedEntry(place) }
      let length = Int(span.bigEndian(at: offset, as: UInt16.self))
      guard bytes.count - offset - 2 >= length else { throw .truncatedEntry(place) }
      entries.append(Array(bytes[offset + 2..<offset + 2 + length]))
      offset += 2 + length
    }
    guard offset == bytes.count else { throw .trailingBytes(bytes.count - offset) }
    return entries
  }
}
