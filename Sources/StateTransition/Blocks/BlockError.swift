package import Primitives
import Rollup

/// Why a block cannot be applied. Numbers and indices count from zero.
///
/// A wrong *claim* in the header is no such reason: it is found by `ComputedFields.differences` and is data.
package enum BlockError: Error, Sendable {
  case invalidTransaction(block: UInt64, index: Int, reason: TransactionError)
  case invalidUncle(block: UInt64, index: Int, reason: UncleError)
  /// The block's RLP has more bytes than may be (EIP-7934).
  case tooLarge(block: UInt64, byteCount: Int, greatest: Int)
  /// The deposit contract logged something that is no deposit (EIP-6110).
  case malformedDeposit(block: UInt64)
  /// A contract that the protocol has to ask for requests is not there, or fails (EIP-7002, EIP-7251).
  case systemContract(block: UInt64, address: Address, fails: Bool)
  /// An account would own 2²⁵⁶ wei or more, which only the genesis of an imported chain can bring about: a rollup's
  /// supply is bounded (`RollupExecution`).
  case balanceOverflows(block: UInt64, account: Address)
  case state(block: UInt64, StateReadError)
}

/// Why an uncle cannot be rewarded.
package enum UncleError: Equatable, Sendable {
  /// A block has at most two uncles.
  case tooMany(Int)
  /// An uncle is one to six blocks older than the block that names it.
  case depth(number: UInt64)
  /// The block or one of its last ancestors names it already.
  case namedBefore
  /// It is a block of the chain.
  case isAncestor
  /// Its parent is none of the ancestors whose children may be named.
  case noSibling
  /// It is no valid header.
  case header(HeaderError)
}

extension BlockError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidTransaction(let block, let index, let reason):
      "block \(block) is invalid: transaction \(index) cannot be in it, \(reason)"
    case .invalidUncle(let block, let index, let reason):
      "block \(block) is invalid: uncle \(index) cannot be in it, \(reason)"
    case .tooLarge(let block, let byteCount, let greatest):
      "block \(block) is invalid: it has \(byteCount) bytes, and \(greatest) is the most (EIP-7934)"
    case .malformedDeposit(let block):
      "block \(block) is invalid: the deposit contract logged something that is no deposit (EIP-6110)"
    case .systemContract(let block, let address, let fails):
      "block \(block) is invalid: the system contract \(address) \(fails ? "fails" : "has no code")"
    case .balanceOverflows(let block, let account):
      "block \(block) makes the balance of \(account) exceed 256 bits; check the genesis allocation"
    case .state(let block, let error):
      "block \(block): the state before it could not be read: \(error)"
    }
  }
}

extension UncleError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooMany(let count): "the block names \(count) uncles, and two is the most"
    case .namedBefore: "it has been named before"
    case .isAncestor: "it is a block of the chain"
    case .noSibling: "its parent is none of the ancestors whose children may be named"
    case .header(let error): "its header is invalid: \(error)"
    case .depth(let number): "its number is \(number), and only the six blocks before may have siblings rewarded"
    }
  }
}
