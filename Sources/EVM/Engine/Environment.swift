import Primitives

/// Block and transaction as the instructions push them: words.
package struct Environment {
  let origin: UInt256
  let gasPrice: UInt256
  let coinbase: UInt256
  let timestamp: UInt256
  package let number: UInt64
  let difficultyOrPrevRandao: UInt256
  let gasLimit: UInt256
  let chainID: UInt256
  let baseFee: UInt256
  let blobBaseFee: UInt256
  let blobHashes: [Hash256]

  /// Gas for each byte of EXP's exponent.
  let expByteGas: Int

  package init(block: BlockEnvironment, transaction: TransactionEnvironment, schedule: GasSchedule) {
    origin = UInt256(transaction.origin)
    gasPrice = transaction.gasPrice
    coinbase = UInt256(block.beneficiary)
    timestamp = UInt256(block.timestamp)
    number = block.number
    difficultyOrPrevRandao = block.difficultyOrPrevRandao
    gasLimit = UInt256(block.gasLimit)
    chainID = block.chainID
    baseFee = block.baseFee
    blobBaseFee = block.blobBaseFee
    blobHashes = transaction.blobHashes
    expByteGas = schedule.expByte
  }
}
