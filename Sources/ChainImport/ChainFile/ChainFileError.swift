import Primitives

/// Why a chain file cannot be read on.
package struct ChainFileError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// The system says why.
    case unreadable(String)
    /// No block can begin like this.
    case notRLP(String)
    /// A byte string stands where a block, a list, belongs.
    case notAList
    /// More bytes than any block has.
    case tooLong(length: Int, limit: Int)
    /// The file ends within a block.
    case truncated(length: Int, available: Int)
  }

  package let path: String

  /// Where the block begins, in bytes from the start of the file.
  package let offset: Int64

  package let reason: Reason
}

extension ChainFileError: CustomStringConvertible {
  package var description: String {
    "\(path), byte \(offset): \(explanation)"
  }

  /// What is wrong, without where.
  package var explanation: String {
    switch reason {
    case .unreadable(let cause): "the file cannot be read: \(cause)"
    case .notRLP(let cause): "no block begins here: \(cause)"
    case .notAList: "no block begins here: a block is an RLP list"
    case .tooLong(let length, let limit): "an item of \(length) bytes, more than the \(limit) a block may have"
    case .truncated(let length, let available):
      "the file ends within a block: it has \(length) bytes, \(available) are there"
    }
  }
}
