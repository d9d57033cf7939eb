package import Primitives
package import Rollup
package import StateTransition

/// What executing a block gave: a row of table `results`.
package struct BlockResult: Hashable, Sendable {
  /// The header as it was sequenced, claims and all.
  package let header: BlockHeader

  /// Where the block stands in the data: its batch, and its place there.
  package let batchIndex: UInt64
  package let indexInBatch: UInt64

  /// Root of the state after the block, as computed.
  package let stateRoot: Hash256

  /// Hash of the header with every computed field in place of the claimed one: the header's own hash when all agree.
  package let computedHash: Hash256

  /// The header's fields that are wrong, in its order of fields.
  package let differences: [ClaimDifference]

  /// One per transaction, each encoded as the receipts trie holds it, but without the filter, which follows from the logs.
  package let receipts: [[UInt8]]

  /// What an output about a rollup's block should claim; nil for an imported block.
  package let claim: OutputClaim?

  /// What of the order could not be carried out, and so has no receipt. An imported block has nothing of that kind.
  package let invalid: [InvalidTransaction]

  /// The contracts that deposits made. A transaction's follows from its nonce; a deposit has none.
  package let deposited: [DepositedContract]

  init(
    header: BlockHeader, batchIndex: UInt64, indexInBatch: UInt64, stateRoot: Hash256, computedHash: Hash256,
    differences: [ClaimDifference], receipts: [[UInt8]], claim: OutputClaim? = nil,
    invalid: [InvalidTransaction] = [], deposited: [DepositedContract] = []
  ) {
    self.header = header
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
    self.stateRoot = stateRoot
    self.computedHash = computedHash
    self.differences = differences
    self.receipts = receipts
    self.claim = claim
    self.invalid = invalid
    self.deposited = deposited
  }
}

/// A contract that a deposit made.
package struct DepositedContract: Hashable, Sendable {
  /// Number of the deposit's receipt.
  package let receipt: UInt64
  package let address: Address
}

/// A transaction of the order that changed nothing.
package struct InvalidTransaction: Hashable, Sendable {
  /// Its place among the block's messages and, behind them, its transactions.
  package let index: UInt64

  /// `TransactionError.name`.
  package let reason: String
}

extension BlockResult {
  func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 768)
    writer.list { fields in
      header.append(to: &fields)
      fields.append(batchIndex)
      fields.append(indexInBatch)
      fields.append(stateRoot)
      fields.append(computedHash)
      fields.list { items in
        for difference in differences { difference.append(to: &items) }
      }
      fields.list { items in
        for receipt in receipts { items.append(bytes: receipt) }
      }
      fields.list { item in
        if let claim { claim.append(to: &item) }
      }
      fields.list { items in
        for transaction in invalid {
          items.append(transaction.index)
          items.append(bytes: Array(transaction.reason.utf8))
        }
      }
      if !deposited.isEmpty {
        fields.list { items in
          for contract in deposited {
            items.append(contract.receipt)
            items.append(contract.address)
          }
        }
      }
    }
    return writer.bytes
  }

  /// - Parameter withReceipts: else they are passed over.
  init(rlp bytes: RawSpan, withReceipts: Bool = true) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    header = try BlockHeader(&fields)
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    stateRoot = try fields.readHash256()
    computedHash = try fields.readHash256()
    differences = try ClaimDifference.readAll(&fields)
    var receipts: [[UInt8]] = []
    if withReceipts {
      var items = try fields.readList()
      while !items.isAtEnd { receipts.append(try items.readBytes().bytes) }
    } else {
      _ = try fields.readRawItem()
    }
    self.receipts = receipts
    var item = try fields.readList()
    claim = item.isAtEnd ? nil : try OutputClaim(&item)
    invalid = try fields.readAll { (items) throws(RLPError) in
      InvalidTransaction(
        index: try items.readUInt64(), reason: String(decoding: try items.readBytes().bytes, as: UTF8.self))
    }
    // Hardly any block has some: the others leave the list out.
    deposited =
      try fields.isAtEnd
      ? []
      : fields.readAll { (items) throws(RLPError) in
        DepositedContract(receipt: try items.readUInt64(), address: try items.readAddress())
      }
    try fields.finish()
  }
}
