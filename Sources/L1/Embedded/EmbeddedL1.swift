package import EventStore
package import Primitives
package import Rollup
package import Settlement
import Synchronization

/// An L1 in the process: an `EmbeddedChain` that many can use, and that keeps itself in a log of its own, so that it goes on
/// after a restart where it was. Transactions that wait are not kept.
///
/// Every instruction returns when what it did is durable.
package final class EmbeddedL1: L1Chain {
  private let state: Mutex<State>

  /// Who decides steps of blocks.
  private let verifier: any StepVerifier

  private struct State {
    var chain: EmbeddedChain
    var journal: ChainJournal?

    /// Why nothing can be kept any more.
    var failure: L1Error?
  }

  package let chainID: UInt64

  /// A chain in memory only.
  package init(genesis: EmbeddedGenesis, contract: RollupContract, verifier: any StepVerifier) {
    chainID = genesis.chainID
    self.verifier = verifier
    state = Mutex(State(chain: EmbeddedChain(genesis: genesis, contract: contract), journal: nil))
  }

  /// A chain that keeps itself in `log`, and goes on with what is there.
  ///
  /// - Complexity: every call that the log has is carried out again.
  /// - Throws: when the log is of another chain, or its calls give other blocks.
  package init(
    genesis: EmbeddedGenesis, contract: RollupContract, verifier: any StepVerifier, log: EventLog
  ) throws(L1Error) {
    chainID = genesis.chainID
    self.verifier = verifier
    var chain = EmbeddedChain(genesis: genesis, contract: contract)
    let journal = ChainJournal(log)
    try journal.restore(&chain, verifier: verifier)
    state = Mutex(State(chain: chain, journal: journal))
  }

  /// The chain as it is now: a copy that shares all, until the next instruction copies the lists of blocks.
  package var chain: EmbeddedChain { state.withLock { $0.chain } }
}

extension EmbeddedL1 {
  package func head() -> BlockID { state.withLock { $0.chain.head.id } }

  package func finalized() -> BlockID { state.withLock { $0.chain.finalized } }

  package func block(number: UInt64) -> L1Block? { state.withLock { $0.chain.block(number: number)?.block } }

  package func block(hash: Hash256) -> L1Block? { state.withLock { $0.chain.block(hash: hash)?.block } }

  package func submit(_ transaction: L1Transaction) -> Hash256 { state.withLock { $0.chain.submit(transaction) } }

  package func receipt(of transactionHash: Hash256) -> L1Receipt? {
    state.withLock { $0.chain.receipt(of: transactionHash) }
  }

  package func balance(of account: Address) -> UInt256 { state.withLock { $0.chain.balance(of: account) } }

  /// The rollup contract after the newest block. O(1).
  package var contract: RollupContract { state.withLock { $0.chain.contract } }
}

extension EmbeddedL1 {
  /// Makes the next block; of no transactions, when none wait.
  @discardableResult
  package func mine(at timestamp: UInt64, limit: Int = .max) throws(L1Error) -> L1Block {
    try change { chain throws(L1Error) in
      try chain.mine(at: timestamp, limit: limit, verifier: verifier).block
    }
  }

  /// Leaves the newest `depth` blocks and mines others, one for each time given.
  ///
  /// Refused as a whole, or carried out as a whole: a time that does not advance leaves the chain as it was.
  ///
  /// - Parameter transactions: what becomes of those that were in the blocks that go.
  package func reorganise(
    depth: UInt64, transactions: EmbeddedChain.OrphanPolicy, miningAt timestamps: [UInt64]
  ) throws(L1Error) {
    try change { chain throws(L1Error) in
      var changed = chain
      try changed.orphan(depth: depth, transactions: transactions)
      for timestamp in timestamps { _ = try changed.mine(at: timestamp, verifier: verifier) }
      chain = changed
    }
  }

  /// Goes back to a branch that was left, whose newest block has this hash.
  package func returnTo(_ tip: Hash256) throws(L1Error) {
    try change { chain throws(L1Error) in try chain.returnTo(tip) }
  }

  /// Declares a block final, with all before it.
  package func finalize(through number: UInt64) throws(L1Error) {
    try change { chain throws(L1Error) in chain.finalize(through: number) }
  }

  /// Carries out an instruction, and keeps what it did before anybody sees it. One that is refused has changed nothing. Once
  /// something could not be kept, all further instructions are refused: what is in memory is then ahead of what is stored.
  private func change<Result: Sendable>(
    _ body: (inout EmbeddedChain) throws(L1Error) -> Result
  ) throws(L1Error) -> Result {
    try state.withLock { state throws(L1Error) in
      if let failure = state.failure { throw failure }
      guard let journal = state.journal else { return try body(&state.chain) }
      let before = state.chain.unfinalized
      do throws(L1Error) {
        let result = try body(&state.chain)
        try journal.record(from: before, to: state.chain)
        return result
      } catch {
        if case .store = error { state.failure = error }
        throw error
      }
    }
  }
}
