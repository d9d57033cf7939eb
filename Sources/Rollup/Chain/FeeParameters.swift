package import Primitives

/// How an L2 chain's fees move, and who has them.
package struct FeeParameters: Hashable, Sendable {
  /// The beneficiary of every L2 block.
  package var feeRecipient: Address

  /// EIP-1559: gas limit over gas target.
  package var elasticityMultiplier: UInt64

  /// EIP-1559: the base fee moves by at most one part in this many from block to block.
  package var baseFeeMaxChangeDenominator: UInt64

  package init(feeRecipient: Address, elasticityMultiplier: UInt64 = 2, baseFeeMaxChangeDenominator: UInt64 = 8) {
    self.feeRecipient = feeRecipient
    self.elasticityMultiplier = elasticityMultiplier
    self.baseFeeMaxChangeDenominator = baseFeeMaxChangeDenominator
  }
}

extension FeeParameters {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    feeRecipient = try fields.readAddress()
    let offset = fields.offset
    elasticityMultiplier = try fields.readUInt64()
    baseFeeMaxChangeDenominator = try fields.readUInt64()
    try fields.finish()
    guard elasticityMultiplier > 0, baseFeeMaxChangeDenominator > 0 else {
      throw RLPError(offset: offset, reason: .invalidValue("the parameters of EIP-1559 are not zero"))
    }
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(feeRecipient)
      fields.append(elasticityMultiplier)
      fields.append(baseFeeMaxChangeDenominator)
    }
  }
}
