package import Primitives
package import Rollup

/// Which rule a header breaks, in the block it claims to be.
package struct HeaderError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Violation: Equatable, Sendable {
    case parentHash(claimed: Hash256, expected: Hash256)
    case number(claimed: UInt64, expected: UInt64)
    case timestamp(claimed: UInt64, parent: UInt64)
    case extraData(byteCount: Int)
    /// The optional fields are not those of the fork; nil: not those of any.
    case fields(claimed: BlockHeader.Shape?, fork: Fork)
    /// nil: after this parent no gas limit is right.
    case gasLimit(claimed: UInt64, allowed: ClosedRange<UInt64>?)
    case gasUsed(claimed: UInt64, gasLimit: UInt64)
    case baseFeePerGas(claimed: UInt256, expected: UInt256)
    case difficulty(claimed: UInt256, expected: UInt256)
    case ommersHash(claimed: Hash256, expected: Hash256)
    case nonce(claimed: UInt64)
    /// Not whole blobs, or more than may be.
    case blobGasUsed(claimed: UInt64, most: UInt64)
    case excessBlobGas(claimed: UInt64, expected: UInt64)
    case daoMark(claimed: [UInt8])
    /// Proof of work after the total difficulty that ends it, or none before.
    case merge(difficulty: UInt256, totalDifficulty: UInt256, terminal: UInt256)
  }

  /// The number in the header.
  package let block: UInt64

  package let violation: Violation

  package init(block: UInt64, violation: Violation) {
    self.block = block
    self.violation = violation
  }

  package var description: String { "block \(block): \(violation)" }
}

extension HeaderError.Violation: CustomStringConvertible {
  package var description: String {
    switch self {
    case .parentHash(let claimed, let expected): "parentHash is \(claimed), its parent's hash is \(expected)"
    case .number(let claimed, let expected): "number is \(claimed), after its parent comes \(expected)"
    case .timestamp(let claimed, let parent): "timestamp is \(claimed), not later than its parent's \(parent)"
    case .extraData(let byteCount):
      "extraData has \(byteCount) bytes, at most \(HeaderRules.greatestExtraDataLength) are allowed"
    case .fields(let claimed, let fork):
      "the header has the fields of \(claimed.map { "\($0)" } ?? "no fork"), the block is in \(fork)"
    case .gasLimit(let claimed, let allowed?):
      "gasLimit is \(claimed), allowed is \(allowed.lowerBound) to \(allowed.upperBound)"
    case .gasLimit(let claimed, nil): "gasLimit is \(claimed), and after its parent's none is allowed"
    case .gasUsed(let claimed, let gasLimit): "gasUsed is \(claimed), more than gasLimit \(gasLimit)"
    case .baseFeePerGas(let claimed, let expected): "baseFeePerGas is \(claimed), expected is \(expected)"
    case .difficulty(let claimed, let expected): "difficulty is \(claimed), expected is \(expected)"
    case .ommersHash(let claimed, let expected):
      "sha3Uncles is \(claimed), expected is \(expected): there are no uncles after the merge"
    case .blobGasUsed(let claimed, let most):
      "blobGasUsed is \(claimed), allowed are multiples of \(Transaction.gasPerBlob) up to \(most)"
    case .excessBlobGas(let claimed, let expected): "excessBlobGas is \(claimed), expected is \(expected)"
    case .daoMark(let claimed):
      "extraData is \(Hex.encode(claimed)), expected is the mark of the DAO's fork (EIP-779)"
    case .merge(let difficulty, let totalDifficulty, let terminal):
      "difficulty is \(difficulty) after a total of \(totalDifficulty), and proof of work ends at \(terminal)"
    case .nonce(let claimed): "nonce is \(claimed), expected is 0 after the merge"
    }
  }
}
