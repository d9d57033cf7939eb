import Hashing
package import Primitives
package import Rollup

/// What a contract logged (yellow paper, section 4.4.1).
package struct Log: Hashable, Sendable {
  /// The contract.
  package let address: Address

  /// At most four.
  package let topics: [Hash256]
  package let data: [UInt8]

  package init(address: Address, topics: [Hash256], data: [UInt8]) {
    self.address = address
    self.topics = topics
    self.data = data
  }

  /// Appends the log as one list.
  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(address)
      fields.list { items in
        for topic in topics { items.append(topic) }
      }
      fields.append(bytes: data)
    }
  }

  /// Keccak-256 of the RLP of a list of logs.
  package static func hash(of logs: [Log]) -> Hash256 {
    var writer = RLPWriter()
    writer.list { items in
      for log in logs { log.append(to: &items) }
    }
    return Keccak256.hash(writer.bytes)
  }
}

extension LogsBloom {
  /// The filter of the logs' addresses and topics (yellow paper, section 4.4.1). One hash each.
  package init(of logs: [Log]) {
    if logs.isEmpty {
      self = .empty
      return
    }
    var bytes = [UInt8](repeating: 0, count: LogsBloom.byteCount)
    for log in logs {
      LogsBloom.add(log.address.withBytes { Keccak256.hash($0) }, to: &bytes)
      for topic in log.topics { LogsBloom.add(topic.withBytes { Keccak256.hash($0) }, to: &bytes) }
    }
    self = LogsBloom(bytes: bytes) ?? .empty
  }

  /// The filter of everything that some of the filters hold.
  package static func union(_ blooms: [LogsBloom]) -> LogsBloom {
    var bytes = LogsBloom.empty.bytes
    for bloom in blooms where bloom != .empty {
      for index in bytes.indices { bytes[index] |= bloom.bytes[index] }
    }
    return LogsBloom(bytes: bytes) ?? .empty
  }

  /// Sets the three bits that eleven bits each of the hash's first six bytes name.
  private static func add(_ hash: Hash256, to bytes: inout [UInt8]) {
    for pair in 0..<3 {
      let bit = Int(hash.word0 >> UInt64(48 - 16 * pair)) & 0x7ff
      bytes[LogsBloom.byteCount - 1 - bit / 8] |= 1 << UInt8(bit % 8)
    }
  }
}
