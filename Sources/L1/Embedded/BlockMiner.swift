import Primitives
import Rollup
import Settlement
import StateTransition
import StateTrie

/// Everything that the embedded L1 knows after a block.
struct L1State: Equatable, Sendable {
  var accounts: L1Accounts
  var contract: RollupContract
}

/// Carries out the transactions of one block.
struct BlockMiner {
  private(set) var state: L1State
  let parent: EmbeddedBlock
  let context: L1Context

  /// Which branch of the chain the block is mined on.
  let branch: UInt64

  let randomness: Hash256

  private var outcomes: [Outcome] = []

  private struct Outcome {
    var failure: L1Failure?
    var logs: [Log]
  }

  init(state: L1State, parent: EmbeddedBlock, context: L1Context, branch: UInt64, randomness: Hash256) {
    self.state = state
    self.parent = parent
    self.context = context
    self.branch = branch
    self.randomness = randomness
  }

  /// The block, and the state after it in `state`.
  mutating func mine(_ transactions: [L1Transaction], verifier: some StepVerifier) -> EmbeddedBlock {
    for transaction in transactions {
      do throws(L1Failure) {
        outcomes.append(Outcome(failure: nil, logs: try apply(transaction, verifier)))
      } catch {
        outcomes.append(Outcome(failure: error, logs: []))
      }
      state.accounts.countTransaction(of: transaction.sender)
    }
    let header = header(for: transactions)
    let id = header.id
    let receipts = zip(transactions, outcomes).enumerated().map { index, pair in
      L1Receipt(
        transactionHash: pair.0.hash, block: id, transactionIndex: UInt32(index), failure: pair.1.failure,
        logs: pair.1.logs)
    }
    return EmbeddedBlock(
      header: header, transactions: transactions, receipts: receipts, contract: state.contract.address)
  }

  private mutating func apply(
    _ transaction: L1Transaction, _ verifier: some StepVerifier
  ) throws(L1Failure) -> [Log] {
    let contract = state.contract.address
    let balance = state.accounts.balance(of: transaction.sender)
    guard transaction.value <= balance else {
      throw .insufficientFunds(balance: balance, value: transaction.value)
    }
    guard transaction.to == contract else {
      state.accounts.transfer(transaction.value, from: transaction.sender, to: transaction.to)
      return []
    }
    let result = try call(transaction, verifier)
    state.accounts.transfer(transaction.value, from: transaction.sender, to: contract)
    if let payout = result.payout {
      state.accounts.transfer(payout.amount, from: contract, to: payout.beneficiary)
    }
    return result.events.map { $0.log(of: contract) }
  }

  private mutating func call(
    _ transaction: L1Transaction, _ verifier: some StepVerifier
  ) throws(L1Failure) -> CallResult {
    let call: ContractCall
    do { call = try ContractCall(rlp: transaction.input.rawSpan) } catch { throw .malformedCall }
    do {
      return try state.contract.call(
        call, from: Caller(transaction.sender, isContract: transaction.isContract), value: transaction.value,
        at: context, verifier: verifier)
    } catch {
      throw .reverted(error)
    }
  }

  private func header(for transactions: [L1Transaction]) -> BlockHeader {
    let receipts = outcomes.enumerated().map { index, outcome in
      Receipt(
        type: L1Transaction.type, outcome: .succeeded(outcome.failure == nil),
        cumulativeGasUsed: UInt64(index + 1) * EmbeddedGenesis.gasPerTransaction, logs: outcome.logs)
    }
    var header = parent.header
    header.parentHash = parent.id.hash
    header.number = context.number
    header.timestamp = context.timestamp
    header.mixHash = randomness
    header.nonce = branch
    header.stateRoot = state.accounts.stateRoot
    header.transactionsRoot = Trie.orderedRoot(of: transactions.map { $0.encode() })
    header.receiptsRoot = Trie.orderedRoot(of: receipts.map { $0.encode() })
    header.logsBloom = LogsBloom.union(receipts.map(\.bloom))
    header.gasUsed = UInt64(transactions.count) * EmbeddedGenesis.gasPerTransaction
    return header
  }
}
