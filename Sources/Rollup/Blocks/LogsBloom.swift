import Primitives

/// Bloom filter over the addresses and topics of logs: 2048 bits (yellow paper, section 4.4.1).
package struct LogsBloom: Hashable, Sendable {
  /// Bytes of a bloom filter.
  package static let byteCount = 256

  /// The filter of no logs.
  package static let empty = LogsBloom(unchecked: [UInt8](repeating: 0, count: byteCount))

  /// 256 bytes.
  package let bytes: [UInt8]

  /// Nil unless there are 256 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == LogsBloom.byteCount else { return nil }
    self.bytes = bytes
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    bytes = try reader.readExactly(LogsBloom.byteCount).bytes
  }

  private init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }
}
