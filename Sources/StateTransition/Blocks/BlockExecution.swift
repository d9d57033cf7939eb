package import EVM
import Primitives
import Rollup

/// A block while it is carried out: `begin`, each transaction, `finish`.
///
/// A value: a copy made in between goes on by itself. The view is the state before; a single transaction in the middle
/// of a block is carried out over the state before it, with the gas that those before it used.
package struct BlockExecution {
  package let context: BlockContext

  /// One per transaction that was carried out.
  package private(set) var outcomes: [TransactionOutcome] = []

  /// Gas used by the block so far.
  package private(set) var gasUsed: UInt64

  /// Blob gas used by the block so far (EIP-4844).
  package internal(set) var blobGasUsed: UInt64

  let machine: Machine

  /// The records of the precompiled contracts, once they have been asked for.
  var precompiles: [Int] = []

  var world: WorldState

  /// - Parameters:
  ///   - view: the state before the block, or before the transaction where it is taken up.
  ///   - gasUsed: by the transactions that are not carried out here.
  ///   - blobGasUsed: likewise.
  ///   - machine: one of the block's revision, used by nobody else at the same time; nil makes one. A machine that is
  ///     used again has the code prepared that it met before.
  package init(
    context: BlockContext, over view: any StateView, gasUsed: UInt64 = 0, blobGasUsed: UInt64 = 0,
    machine: Machine? = nil
  ) {
    precondition(machine == nil || machine?.revision == context.rules.revision, "a machine is of one revision")
    self.context = context
    self.gasUsed = gasUsed
    self.blobGasUsed = blobGasUsed
    self.machine = machine ?? Machine(revision: context.rules.revision)
    world = WorldState(over: view, clearsEmptyAccounts: context.rules.clearsEmptyAccounts)
  }

  /// What has changed since the last time this was asked, or since the view; to be committed in turn. Asking after each
  /// transaction gives the changes of each.
  package mutating func takeDiff() -> StateDiff { world.takeDiff() }

  /// Notes a transaction that was carried out.
  mutating func record(_ outcome: TransactionOutcome) {
    gasUsed = outcome.cumulativeGasUsed
    outcomes.append(outcome)
  }

  /// The record of an account.
  mutating func index(of address: Address) throws(BlockError) -> Int {
    do { return try world.index(of: address) } catch { throw .state(block: context.number, error) }
  }

  /// Why the virtual machine gave up.
  func failure(_ error: StateReadError) -> BlockError {
    guard let account = world.overflowing else { return .state(block: context.number, error) }
    return .balanceOverflows(block: context.number, account: account)
  }

  /// Adds wei to an account, which comes into being when there is none, even for an amount of zero. (Under EIP-161 it
  /// leaves again when the transaction ends.)
  mutating func credit(_ amount: UInt256, to address: Address) throws(BlockError) {
    let index = try index(of: address)
    guard world.credit(amount, to: index) else {
      throw .balanceOverflows(block: context.number, account: address)
    }
  }
}
