package import Primitives
package import Rollup

/// The fields of a header that follow from the body of the block and the state before it.
package struct ComputedFields: Hashable, Sendable {
  package let ommersHash: Hash256
  package let stateRoot: Hash256
  package let transactionsRoot: Hash256
  package let receiptsRoot: Hash256
  package let logsBloom: LogsBloom
  package let gasUsed: UInt64

  /// EIP-4895; nil where headers have none.
  package let withdrawalsRoot: Hash256?

  /// EIP-4844; nil where headers have none.
  package let blobGasUsed: UInt64?

  /// EIP-7685; nil where headers have none.
  package let requestsHash: Hash256?
}

extension ComputedFields {
  /// The fields in which the header is wrong, in its own order of fields; empty when it agrees. Hashes and blooms stand
  /// as bytes, gas as eight bytes, most significant first.
  package func differences(from header: BlockHeader) -> [ClaimDifference] {
    var found: [ClaimDifference] = []
    func compare(_ field: String, _ claimed: [UInt8], _ computed: [UInt8]) {
      if claimed != computed { found.append(ClaimDifference(field: field, claimed: claimed, computed: computed)) }
    }
    compare("ommersHash", header.ommersHash.bytes, ommersHash.bytes)
    compare("stateRoot", header.stateRoot.bytes, stateRoot.bytes)
    compare("transactionsRoot", header.transactionsRoot.bytes, transactionsRoot.bytes)
    compare("receiptsRoot", header.receiptsRoot.bytes, receiptsRoot.bytes)
    compare("logsBloom", header.logsBloom.bytes, logsBloom.bytes)
    compare("gasUsed", bytes(of: header.gasUsed), bytes(of: gasUsed))
    if let withdrawalsRoot {
      compare("withdrawalsRoot", header.withdrawalsRoot?.bytes ?? [], withdrawalsRoot.bytes)
    }
    if let blobGasUsed {
      compare("blobGasUsed", header.blobGasUsed.map(bytes(of:)) ?? [], bytes(of: blobGasUsed))
    }
    if let requestsHash { compare("requestsHash", header.requestsHash?.bytes ?? [], requestsHash.bytes) }
    return found
  }

  private func bytes(of value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: value)
    return bytes
  }
}

extension ComputedFields {
  /// The header as it should be: what follows from the block and the state in place of what was claimed.
  package func header(from claimed: BlockHeader) -> BlockHeader {
    var header = claimed
    header.ommersHash = ommersHash
    header.stateRoot = stateRoot
    header.transactionsRoot = transactionsRoot
    header.receiptsRoot = receiptsRoot
    header.logsBloom = logsBloom
    header.gasUsed = gasUsed
    if let withdrawalsRoot { header.withdrawalsRoot = withdrawalsRoot }
    if let blobGasUsed { header.blobGasUsed = blobGasUsed }
    if let requestsHash { header.requestsHash = requestsHash }
    return header
  }
}
