import Hashing
package import Primitives

/// An Ethereum block header with the fields of any fork (yellow paper, section 4.4, and the EIPs named below).
///
/// Names are those of Ethereum's JSON-RPC, but for `ommersHash` (there `sha3Uncles`) and `beneficiary` (there `miner`).
package struct BlockHeader: Hashable, Sendable {
  package var parentHash: Hash256
  package var ommersHash: Hash256
  package var beneficiary: Address
  package var stateRoot: Hash256
  package var transactionsRoot: Hash256
  package var receiptsRoot: Hash256
  package var logsBloom: LogsBloom
  package var difficulty: UInt256
  package var number: UInt64
  package var gasLimit: UInt64
  package var gasUsed: UInt64

  /// Seconds since 1970.
  package var timestamp: UInt64

  package var extraData: [UInt8]

  /// Of the proof of work; from the merge on, the beacon chain's randomness (`prevRandao`, EIP-4399).
  package var mixHash: Hash256

  /// Eight bytes in RLP, read as a big-endian number.
  package var nonce: UInt64

  /// Wei per gas (EIP-1559, London).
  package var baseFeePerGas: UInt256?

  /// EIP-4895, Shanghai.
  package var withdrawalsRoot: Hash256?

  /// EIP-4844, Cancun.
  package var blobGasUsed: UInt64?

  /// EIP-4844, Cancun.
  package var excessBlobGas: UInt64?

  /// EIP-4788, Cancun.
  package var parentBeaconBlockRoot: Hash256?

  /// EIP-7685, Prague.
  package var requestsHash: Hash256?

  /// A header with the fields that every fork has.
  package init(
    parentHash: Hash256, ommersHash: Hash256, beneficiary: Address, stateRoot: Hash256, transactionsRoot: Hash256,
    receiptsRoot: Hash256, logsBloom: LogsBloom, difficulty: UInt256, number: UInt64, gasLimit: UInt64,
    gasUsed: UInt64, timestamp: UInt64, extraData: [UInt8], mixHash: Hash256, nonce: UInt64
  ) {
    self.parentHash = parentHash
    self.ommersHash = ommersHash
    self.beneficiary = beneficiary
    self.stateRoot = stateRoot
    self.transactionsRoot = transactionsRoot
    self.receiptsRoot = receiptsRoot
    self.logsBloom = logsBloom
    self.difficulty = difficulty
    self.number = number
    self.gasLimit = gasLimit
    self.gasUsed = gasUsed
    self.timestamp = timestamp
    self.extraData = extraData
    self.mixHash = mixHash
    self.nonce = nonce
  }
}

extension BlockHeader {
  /// The block's hash: Keccak-256 of the header's RLP.
  package var hash: Hash256 { Keccak256.hash(encode()) }

  /// Number and hash.
  package var id: BlockID { BlockID(number: number, hash: hash) }
}
