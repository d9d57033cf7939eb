package import Primitives

/// Why a transaction cannot be in a block.
package enum TransactionError: Error, Equatable, Sendable {
  case malformed(RLPError)
  /// The recipient has this many bytes; it must have none or 20.
  case recipientLength(Int)
  /// An envelope of EIP-2718 with a type that did not exist at the block's fork.
  case unsupportedType(UInt8)
  /// `v` is neither 27 nor 28 nor, from Spurious Dragon on, 35 or more.
  case unknownV(UInt256)
  /// Signed for another chain; nil for a chain id of more than 64 bits.
  case wrongChainID(signed: UInt64?)
  /// r or s is zero, or not below the order of the group.
  case signatureOutOfRange
  /// s is in the upper half, which EIP-2 forbids from Homestead on.
  case signatureNotLowS
  /// No public key can have made the signature.
  case noSuchSignature
  /// The nonce is 2⁶⁴ − 1 (EIP-2681).
  case nonceExhausted
  case wrongNonce(expected: UInt64, found: UInt64)
  case gasBelowIntrinsic(limit: UInt64, intrinsic: UInt64)
  /// The gas limit is more than the block has left.
  case gasAboveBlock(limit: UInt64, left: UInt64)
  /// The price is below the block's base fee (EIP-1559).
  case priceBelowBaseFee(price: UInt256, baseFee: UInt256)
  /// Value plus fee does not fit 256 bits; nobody owns as much.
  case costOverflows
  case insufficientBalance(needed: UInt256, available: UInt256)
  /// The sender is a contract (EIP-3607).
  case senderHasCode
  /// EIP-1559.
  case priorityFeeAboveFee(priority: UInt256, fee: UInt256)
  /// Code that makes a contract, in bytes (EIP-3860).
  case initcodeTooLarge(size: Int, greatest: Int)
  /// EIP-7825.
  case gasAboveCap(limit: UInt64, cap: UInt64)
  /// A blob transaction names no blob (EIP-4844).
  case noBlobs
  /// A blob's hash has this version (EIP-4844).
  case blobVersion(UInt8)
  /// More blobs than a transaction or what is left of the block may have (EIP-4844, EIP-7594).
  case tooManyBlobs(count: Int, allowed: UInt64)
  /// EIP-4844.
  case priceBelowBlobBaseFee(price: UInt256, baseFee: UInt256)
  /// A set-code transaction authorizes nothing (EIP-7702).
  case noAuthorizations
  /// A transaction of a type that cannot make a contract has no recipient.
  case creationNotAllowed(type: UInt8)
}

extension TransactionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let error): "it is not a canonical RLP transaction: \(error)"
    case .recipientLength(let length): "its recipient has \(length) bytes; an address has 20"
    case .unsupportedType(let type): "its type \(type) does not exist at this fork"
    case .unknownV(let v): "its signature's v is \(v), which this fork does not know"
    case .wrongChainID(let signed): "it is signed for chain \(signed.map(String.init) ?? "with an id above 64 bits")"
    case .signatureOutOfRange: "its signature's r or s is out of range"
    case .signatureNotLowS: "its signature's s is in the upper half of its range (EIP-2)"
    case .noSuchSignature: "no key can have made its signature"
    case .nonceExhausted: "its nonce is the greatest 64-bit number (EIP-2681)"
    case .wrongNonce(let expected, let found): "its nonce is \(found), the sender's next is \(expected)"
    case .gasBelowIntrinsic(let limit, let intrinsic): "its gas limit \(limit) is below the intrinsic gas \(intrinsic)"
    case .gasAboveBlock(let limit, let left): "its gas limit \(limit) is above the \(left) that the block has left"
    case .priceBelowBaseFee(let price, let baseFee): "its gas price \(price) is below the base fee \(baseFee)"
    case .costOverflows: "its value and fee together exceed 256 bits"
    case .insufficientBalance(let needed, let available):
      "its sender needs \(needed) wei for value and fee and has \(available)"
    case .senderHasCode: "its sender is a contract (EIP-3607)"
    case .priorityFeeAboveFee(let priority, let fee): "its priority fee \(priority) is above its fee \(fee) (EIP-1559)"
    case .initcodeTooLarge(let size, let greatest):
      "its code has \(size) bytes, and \(greatest) is the most (EIP-3860)"
    case .gasAboveCap(let limit, let cap): "its gas limit \(limit) is above \(cap) (EIP-7825)"
    case .noBlobs: "it is a blob transaction without blobs (EIP-4844)"
    case .blobVersion(let version): "one of its blob hashes has the version \(version), not 1 (EIP-4844)"
    case .tooManyBlobs(let count, let allowed): "it has \(count) blobs, and \(allowed) are allowed here (EIP-4844)"
    case .priceBelowBlobBaseFee(let price, let baseFee):
      "its blob gas price \(price) is below the blob base fee \(baseFee) (EIP-4844)"
    case .noAuthorizations: "it is a set-code transaction without authorizations (EIP-7702)"
    case .creationNotAllowed(let type): "a transaction of type \(type) needs a recipient"
    }
  }
}
