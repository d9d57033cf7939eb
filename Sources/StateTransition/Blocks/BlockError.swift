package import Primitives
package import Rollup

/// Why a block cannot be applied. Numbers and indices count from zero.
///
/// A wrong *claim* in the header is no such reason: it is found by `ComputedFields.disagreements` and is data.
package enum BlockError: Error, Sendable {
  case invalidTransaction(block: UInt64, index: Int, reason: TransactionError)
  case invalidUncle(block: UInt64, index: Int, reason: UncleError)
  /// The block is not invalid: applying it needs code to run, which is not yet supported.
  case needsEVM(block: UInt64, transaction: Int, why: EVMNeed)
  /// The transaction is not invalid: its type is not yet supported.
  case unsupportedTransactionType(block: UInt64, transaction: Int, type: UInt8)
  /// The block's fork is not yet supported.
  case unsupportedFork(block: UInt64, fork: Fork)
  /// The block moves the DAO's balances (EIP-779), which is not yet supported.
  case unsupportedDAOFork(block: UInt64)
  /// An account would own 2²⁵⁶ wei or more, which only an absurd genesis can cause.
  case balanceOverflows(block: UInt64, account: Address)
  case state(block: UInt64, StateReadError)
}

/// What in a transaction needs code to run.
package enum EVMNeed: Hashable, Sendable {
  case contractCreation
  case callToContract(Address)
  case callToPrecompile(Address)
}

/// Why an uncle cannot be rewarded.
package enum UncleError: Hashable, Sendable {
  /// A block has at most two uncles.
  case tooMany(Int)
  /// An uncle is one to six blocks older than the block that names it.
  case depth(number: UInt64)
}

extension BlockError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidTransaction(let block, let index, let reason):
      "block \(block) is invalid: transaction \(index) cannot be in it, \(reason)"
    case .invalidUncle(let block, let index, let reason):
      "block \(block) is invalid: uncle \(index) cannot be in it, \(reason)"
    case .needsEVM(let block, let transaction, let why):
      "block \(block), transaction \(transaction) \(why), which needs the EVM: not yet supported"
    case .unsupportedTransactionType(let block, let transaction, let type):
      "block \(block), transaction \(transaction) has type \(type): not yet supported"
    case .unsupportedFork(let block, let fork):
      "block \(block) is of the fork \(fork): not yet supported"
    case .unsupportedDAOFork(let block):
      "block \(block) moves the balances of the DAO (EIP-779): not yet supported"
    case .balanceOverflows(let block, let account):
      "block \(block) makes the balance of \(account) exceed 256 bits; check the genesis allocation"
    case .state(let block, let error):
      "block \(block): the state before it could not be read: \(error)"
    }
  }
}

extension EVMNeed: CustomStringConvertible {
  package var description: String {
    switch self {
    case .contractCreation: "creates a contract"
    case .callToContract(let address): "calls the contract \(address)"
    case .callToPrecompile(let address): "calls the precompiled contract \(address)"
    }
  }
}

extension UncleError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooMany(let count): "the block names \(count) uncles, and two is the most"
    case .depth(let number): "its number is \(number), and only the six blocks before may have siblings rewarded"
    }
  }
}
