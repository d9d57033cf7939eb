import Hashing
package import Primitives
package import Rollup
import StateTrie

/// Everything about an L2 block before its first transaction runs: what the sequencer ordered, and what origin,
/// configuration and parent make of it. The sequencer chooses nothing but the order.
///
/// | Field of the executed block | Comes from |
/// |---|---|
/// | `number`, `timestamp` | the order |
/// | `beneficiary`, `gasLimit` | the configuration at the origin |
/// | `baseFeePerGas` | the parent (EIP-1559, with the configuration's parameters) |
/// | `prevRandao`, `parentBeaconBlockRoot` | the origin's hash: nobody on L2 chose it, and contracts can prove L1 by it |
/// | `extraData` | empty |
/// | `ommersHash`, `withdrawalsRoot`, `difficulty`, `nonce`, blob gas | there are none |
/// | `requestsHash` | is left out, from Prague on too: there is no beacon chain to ask (EIP-7685) |
///
/// So the headers of Prague and later have the fields of Cancun's (`BlockHeader.Shape`), and `HeaderRules`, which are
/// an Ethereum chain's, would refuse them.
package struct RollupBlockContext: Hashable, Sendable {
  /// EIP-155.
  package var chainID: UInt64

  /// Whose rules hold.
  package var fork: Fork

  /// Of the L2 block before.
  package var parentHash: Hash256

  package var beneficiary: Address
  package var gasLimit: UInt64

  /// In wei.
  package var baseFeePerGas: UInt256

  package var order: BlockOrder

  /// How many inbox messages the block consumes; they come before its transactions.
  package var messageCount: UInt64

  /// Ethereum's ordered trie over the messages, each as `InboxCall.encode` gives it.
  package var messagesRoot: Hash256

  /// The place in the data that the block was read from.
  package var batchIndex, indexInBatch: UInt64

  package init(
    chainID: UInt64, fork: Fork, parentHash: Hash256, beneficiary: Address, gasLimit: UInt64, baseFeePerGas: UInt256,
    order: BlockOrder, messageCount: UInt64, messagesRoot: Hash256, batchIndex: UInt64, indexInBatch: UInt64
  ) {
    self.chainID = chainID
    self.fork = fork
    self.parentHash = parentHash
    self.beneficiary = beneficiary
    self.gasLimit = gasLimit
    self.baseFeePerGas = baseFeePerGas
    self.order = order
    self.messageCount = messageCount
    self.messagesRoot = messagesRoot
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
  }

  /// The context of the block with this order.
  ///
  /// - Parameters:
  ///   - messages: those that the block consumes, in order.
  ///   - parent: header of the L2 block before.
  ///   - parentHash: that header's, if it is known already.
  ///   - settings: as they stand at the order's L1 origin.
  /// - Complexity: O(size of the messages).
  package init(
    _ order: BlockOrder, messages: [InboxCall], parent: BlockHeader, parentHash: Hash256? = nil,
    settings: RollupSettings, batchIndex: UInt64, indexInBatch: UInt64
  ) {
    let fork = settings.forks.fork(
      atBlock: order.number, timestamp: order.timestamp, isAfterMerge: true)
    self.init(
      chainID: settings.chainID, fork: fork, parentHash: parentHash ?? parent.hash,
      beneficiary: settings.fees.feeRecipient,
      gasLimit: settings.gasLimit, baseFeePerGas: settings.fees.baseFee(after: parent), order: order,
      messageCount: UInt64(messages.count), messagesRoot: Trie.orderedRoot(of: messages.map { $0.encode() }),
      batchIndex: batchIndex, indexInBatch: indexInBatch)
  }

  /// Number of the block.
  package var number: UInt64 { order.number }

  /// What a step state commits to.
  package var hash: Hash256 {
    var writer = RLPWriter(capacity: 512)
    append(to: &writer)
    return Keccak256.hash(writer.bytes)
  }
}

extension RollupBlockContext {
  /// The header as far as it is known before anything ran: roots are of nothing, gas used is zero.
  package var draftHeader: BlockHeader {
    var header = BlockHeader(
      parentHash: parentHash, ommersHash: HeaderRules.noOmmersHash, beneficiary: beneficiary, stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero,
      number: order.number, gasLimit: gasLimit, gasUsed: 0, timestamp: order.timestamp, extraData: [],
      mixHash: order.l1Origin.hash, nonce: 0)
    let shape = BlockHeader.Shape(of: fork)
    header.baseFeePerGas = baseFeePerGas
    if shape >= .shanghai { header.withdrawalsRoot = Trie.emptyRoot }
    if shape >= .cancun {
      header.blobGasUsed = 0
      header.excessBlobGas = 0
      header.parentBeaconBlockRoot = order.l1Origin.hash
    }
    return header
  }
}

extension RollupBlockContext {
  private static let version: UInt64 = 1

  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    var fields = try reader.readList()
    guard try fields.readUInt64() == RollupBlockContext.version else {
      throw RLPError(offset: offset, reason: .invalidValue("the version of a block context is 1"))
    }
    chainID = try fields.readUInt64()
    guard let fork = Fork(rawValue: try fields.readUInt64()) else {
      throw RLPError(offset: offset, reason: .invalidValue("a fork is a number of the table in Docs/Events.md"))
    }
    self.fork = fork
    parentHash = try fields.readHash256()
    beneficiary = try fields.readAddress()
    gasLimit = try fields.readUInt64()
    baseFeePerGas = try fields.readUInt256()
    order = try BlockOrder(&fields)
    messageCount = try fields.readUInt64()
    messagesRoot = try fields.readHash256()
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(RollupBlockContext.version)
      fields.append(chainID)
      fields.append(UInt64(fork.rawValue))
      fields.append(parentHash)
      fields.append(beneficiary)
      fields.append(gasLimit)
      fields.append(baseFeePerGas)
      order.append(to: &fields)
      fields.append(messageCount)
      fields.append(messagesRoot)
      fields.append(batchIndex)
      fields.append(indexInBatch)
    }
  }
}

extension FeeParameters {
  /// Base fee of the block after `parent`, in wei per gas: EIP-1559 with these parameters.
  func baseFee(after parent: BlockHeader) -> UInt256 {
    HeaderRules.baseFeePerGas(
      after: parent, elasticityMultiplier: elasticityMultiplier, changeDenominator: baseFeeMaxChangeDenominator)
  }
}
