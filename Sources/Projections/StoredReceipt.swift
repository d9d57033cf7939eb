package import Primitives
package import StateTransition

/// A receipt as `BlockResult` holds it: without the filter, which follows from the logs.
package struct StoredReceipt: Hashable, Sendable {
  /// EIP-2718; 0 for a legacy transaction.
  package let type: UInt8

  package let outcome: Receipt.Outcome

  /// Gas used by the block up to and with this transaction.
  package let cumulativeGasUsed: UInt64
  package let logs: [Log]

  /// What the receipt says of success: before Byzantium nothing.
  package var success: Bool? {
    if case .succeeded(let succeeded) = outcome { succeeded } else { nil }
  }

  package init(encoded bytes: [UInt8]) throws(RLPError) {
    let isTyped = bytes.first.map { $0 < 0x80 } ?? false
    type = isTyped ? bytes[0] : 0
    var reader = RLPReader(bytes.rawSpan.extracting((isTyped ? 1 : 0)..<bytes.count))
    var fields = try reader.readList()
    try reader.finish()
    let status = try fields.readBytes()
    outcome = status.byteCount == Hash256.byteCount ? .stateRoot(Hash256(status)) : .succeeded(status.byteCount == 1)
    cumulativeGasUsed = try fields.readUInt64()
    var items = try fields.readList()
    try fields.finish()
    var logs: [Log] = []
    while !items.isAtEnd { logs.append(try Log(&items)) }
    self.logs = logs
  }
}

extension Log {
  /// Reads the next item, a list.
  fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let address = try fields.readAddress()
    var items = try fields.readList()
    var topics: [Hash256] = []
    while !items.isAtEnd { topics.append(try items.readHash256()) }
    self.init(address: address, topics: topics, data: try fields.readBytes().bytes)
    try fields.finish()
  }
}
