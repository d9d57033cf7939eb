package import Primitives
import Rollup

/// A signed transaction of any type (yellow paper, section 4.2; EIP-155, 2718, 2930, 1559, 4844, 7702).
///
/// One flat value: a field that a type does not have is empty or zero.
package struct Transaction: Hashable, Sendable {
  /// The first byte of an EIP-2718 envelope; a legacy transaction has none and counts as 0.
  package enum Kind: UInt8, CaseIterable, Sendable {
    case legacy = 0
    /// EIP-2930.
    case accessList = 1
    /// EIP-1559.
    case dynamicFee = 2
    /// EIP-4844.
    case blob = 3
    /// EIP-7702.
    case setCode = 4
  }

  package var kind: Kind

  /// The chain that a typed transaction is for. A legacy one says it in `v`, and has 0 here.
  package var chainID: UInt64

  package var nonce: UInt64

  /// In wei per unit of gas, on top of the base fee; the gas price of types 0 and 1.
  package var maxPriorityFeePerGas: UInt256

  /// In wei per unit of gas, the base fee included; the gas price of types 0 and 1.
  package var maxFeePerGas: UInt256

  package var gasLimit: UInt64

  /// nil makes a contract.
  package var to: Address?

  /// In wei.
  package var value: UInt256

  package var data: [UInt8]

  /// Types 1 and up.
  package var accessList: [AccessListEntry] = []

  /// In wei per unit of blob gas; type 3.
  package var maxFeePerBlobGas: UInt256 = .zero

  /// What the blobs are named by (EIP-4844); type 3.
  package var blobVersionedHashes: [Hash256] = []

  /// Type 4.
  package var authorizationList: [Authorization] = []

  /// For a legacy transaction 27 or 28, or 35 + 2 · chain id, plus the parity of the signature's point (EIP-155); a chain
  /// id has up to 64 bits, so this may have more. For a typed one the parity.
  package var v: UInt256

  package var r: UInt256
  package var s: UInt256

  /// A legacy transaction with the given fields; unsigned when `v`, `r` and `s` are left out.
  package init(
    nonce: UInt64, gasPrice: UInt256, gasLimit: UInt64, to: Address?, value: UInt256, data: [UInt8] = [],
    v: UInt256 = .zero, r: UInt256 = .zero, s: UInt256 = .zero
  ) {
    kind = .legacy
    chainID = 0
    self.nonce = nonce
    maxPriorityFeePerGas = gasPrice
    maxFeePerGas = gasPrice
    self.gasLimit = gasLimit
    self.to = to
    self.value = value
    self.data = data
    self.v = v
    self.r = r
    self.s = s
  }

  /// An unsigned transaction of type 2; change `kind` and set what other types have besides.
  package init(
    chainID: UInt64, nonce: UInt64, maxPriorityFeePerGas: UInt256, maxFeePerGas: UInt256, gasLimit: UInt64,
    to: Address?, value: UInt256, data: [UInt8] = [], accessList: [AccessListEntry] = []
  ) {
    self.init(nonce: nonce, gasPrice: maxFeePerGas, gasLimit: gasLimit, to: to, value: value, data: data)
    kind = .dynamicFee
    self.chainID = chainID
    self.maxPriorityFeePerGas = maxPriorityFeePerGas
    self.accessList = accessList
  }

  /// What the sender of a type 0 or 1 transaction pays per unit of gas, in wei; for others the most it pays.
  package var gasPrice: UInt256 { maxFeePerGas }

  /// EIP-4844.
  package var blobGas: UInt64 { UInt64(blobVersionedHashes.count) * Transaction.gasPerBlob }

  /// Blob gas of one blob (EIP-4844).
  package static let gasPerBlob = BlobParameters.gasPerBlob
}

/// An account, and slots of it, that a transaction says it will use (EIP-2930).
package struct AccessListEntry: Hashable, Sendable {
  package var address: Address
  package var storageKeys: [Hash256]

  package init(address: Address, storageKeys: [Hash256]) {
    self.address = address
    self.storageKeys = storageKeys
  }
}

/// What an account owner signs so that the account runs another's code (EIP-7702).
package struct Authorization: Hashable, Sendable {
  /// 0 for any chain.
  package var chainID: UInt256

  /// Whose code; the zero address takes the delegation away.
  package var address: Address

  package var nonce: UInt64
  package var yParity: UInt64
  package var r: UInt256
  package var s: UInt256

  package init(
    chainID: UInt256, address: Address, nonce: UInt64, yParity: UInt64 = 0, r: UInt256 = .zero, s: UInt256 = .zero
  ) {
    self.chainID = chainID
    self.address = address
    self.nonce = nonce
    self.yParity = yParity
    self.r = r
    self.s = s
  }
}
