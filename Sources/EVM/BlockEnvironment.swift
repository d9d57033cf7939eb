package import Primitives

/// What code may ask about the block it runs in.
package struct BlockEnvironment: Hashable, Sendable {
  package var number: UInt64

  /// Seconds since 1970.
  package var timestamp: UInt64

  /// Who gets the block's fees: the COINBASE opcode.
  package var beneficiary: Address

  package var gasLimit: UInt64

  /// Wei per gas; zero before London.
  package var baseFee: UInt256

  /// Opcode 0x44: the header's difficulty, and since Paris its `prevRandao` (EIP-4399).
  package var difficultyOrPrevRandao: UInt256

  /// Wei per unit of blob gas (EIP-7516); zero before Cancun.
  package var blobBaseFee: UInt256

  package var chainID: UInt256

  package init(
    number: UInt64, timestamp: UInt64, beneficiary: Address, gasLimit: UInt64, baseFee: UInt256,
    difficultyOrPrevRandao: UInt256, blobBaseFee: UInt256, chainID: UInt256
  ) {
    self.number = number
    self.timestamp = timestamp
    self.beneficiary = beneficiary
    self.gasLimit = gasLimit
    self.baseFee = baseFee
    self.difficultyOrPrevRandao = difficultyOrPrevRandao
    self.blobBaseFee = blobBaseFee
    self.chainID = chainID
  }
}
