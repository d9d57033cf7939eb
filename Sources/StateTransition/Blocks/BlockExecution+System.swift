import EVM
import Primitives
package import Rollup

extension BlockExecution {
  /// What comes before the transactions: the DAO's balances are moved (EIP-779), and the protocol tells its contracts
  /// the parent's beacon root (EIP-4788) and hash (EIP-2935).
  package mutating func begin() throws(BlockError) {
    if context.movesDAO { try moveDAO() }
    if context.rules.revision >= .cancun, let root = context.parentBeaconBlockRoot {
      _ = try callSystem(SystemContract.beaconRoots, input: root.bytes)
    }
    if context.rules.revision >= .prague {
      _ = try callSystem(SystemContract.historyStorage, input: context.parentHash.bytes)
    }
  }

  /// What comes after the transactions: withdrawals (EIP-4895), requests (EIP-7685), rewards.
  ///
  /// - Returns: the block's requests, by rising kind; none before Prague.
  @discardableResult
  package mutating func finish(
    uncles: [BlockHeader], withdrawals: [Withdrawal]?
  ) throws(BlockError) -> [BlockRequest] {
    for withdrawal in withdrawals ?? [] {
      try credit(UInt256(withdrawal.amount) * Self.weiPerGwei, to: withdrawal.address)
    }
    world.endTransaction()
    let requests = context.collectsRequests ? try collectRequests() : []
    try payRewards(uncles: uncles)
    world.endTransaction()
    return requests
  }

  private static var weiPerGwei: UInt256 { 1_000_000_000 }

  private mutating func collectRequests() throws(BlockError) -> [BlockRequest] {
    let all: [(BlockRequest.Kind, [UInt8])] = [
      (.deposits, try deposits()), (.withdrawals, try collect(SystemContract.withdrawalRequests)),
      (.consolidations, try collect(SystemContract.consolidationRequests)),
    ]
    return all.filter { !$0.1.isEmpty }.map { BlockRequest(kind: $0, data: $1) }
  }

  private func deposits() throws(BlockError) -> [UInt8] {
    guard let contract = context.depositContract else { return [] }
    var requests: [UInt8] = []
    for log in outcomes.flatMap(\.logs) where log.address == contract && log.topics.first == DepositLog.topic {
      guard let request = DepositLog.request(log.data) else { throw .malformedDeposit(block: context.number) }
      requests += request
    }
    return requests
  }

  /// Asks a contract that has to be there, and has to answer, for its requests.
  private mutating func collect(_ contract: Address) throws(BlockError) -> [UInt8] {
    guard world.accounts[try index(of: contract)].value.hasCode else {
      throw .systemContract(block: context.number, address: contract, fails: false)
    }
    let result = try callSystem(contract, input: [])
    guard result.isSuccess else { throw .systemContract(block: context.number, address: contract, fails: true) }
    return result.output
  }

  /// A call by the protocol: it costs nobody gas, and moves nothing.
  private mutating func callSystem(_ contract: Address, input: [UInt8]) throws(BlockError) -> ExecutionResult {
    let message = Message(
      kind: .call, sender: SystemContract.caller, recipient: contract, value: .zero, input: input,
      gas: SystemContract.gasLimit)
    let environment = TransactionEnvironment(origin: SystemContract.caller, gasPrice: .zero)
    do {
      let result = try machine.execute(message, block: context.environment, transaction: environment, host: &world)
      world.endTransaction()
      return result
    } catch {
      throw failure(error)
    }
  }

  /// Moves what the DAO and its children own to the refund contract (EIP-779).
  private mutating func moveDAO() throws(BlockError) {
    for address in DAOFork.drained {
      let account = try index(of: address)
      let balance = world.accounts[account].value.balance
      if balance.isZero { continue }
      world.debit(balance, from: account)
      try credit(balance, to: DAOFork.refund)
    }
    world.endTransaction()
  }
}
