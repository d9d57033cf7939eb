package import EVM
import Hashing
import Primitives
import Rollup
import StateTransition

/// Random transactions, several on one state, carried out by `BlockExecution` over `WorldState` and by the slow ledger:
/// the same gas, success, output and logs of each, and the same accounts, code and storage when the changes are asked
/// for.
package struct TransactionComparison {
  private let fork: Fork
  private let prices: Prices
  private let machine: Machine

  /// - Parameters:
  ///   - chains: of transactions, at least; a third succeed of those that are carried out.
  ///   - planted: gas that instructions cost too much in the second machine.
  package static func run(
    seed: UInt64, revision: Revision, chains: Int, planted: [UInt8: Int] = [:]
  ) -> ComparisonReport {
    onStack(of: 256 << 20) {
      guard let fork = Fork.allCases.first(where: { ForkRules.rules(of: $0).revision == revision }) else {
        preconditionFailure("every revision is that of a fork")
      }
      let comparison = TransactionComparison(
        fork: fork, prices: Prices(revision, planted: planted), machine: Machine(revision: revision))
      var seeds = SplitMix64(seed: seed)
      return ComparisonReport(rounds: chains) { _, report in
        let seed = seeds.next()
        comparison.play(RandomCode(seed: seed, prices: comparison.prices), &report)
        report.difference = report.difference.map { "\(revision), chain \(seed): \($0)" }
      }
    }
  }

  /// Two blocks, each of some transactions.
  private func play(_ start: RandomCode, _ report: inout ComparisonReport) {
    var random = start
    var accounts = random.world()
    random.addOwners(to: &accounts)
    var flat = FlatState(accounts)
    for _ in 0..<2 where report.difference == nil {
      play(&random, &flat, &report)
    }
  }

  private func play(_ random: inout RandomCode, _ flat: inout FlatState, _ report: inout ComparisonReport) {
    let (context, environment) = block(&random)
    var slow = SlowLedger(
      prices: prices, block: environment, world: World(flat.accounts, revision: prices.revision))
    var execution = BlockExecution(context: context, over: flat, machine: machine)
    for index in 0..<1 + random.below(5) {
      let (transaction, sender, authorities) = random.transaction(in: slow.world, environment)
      let expected = slow.apply(transaction, from: sender, authorities: authorities)
      report.runs += 1
      if expected.succeeded { report.successes += 1 }
      do throws(BlockError) {
        let found = SlowLedger.Outcome(try execution.apply(transaction, from: sender))
        if found != expected { report.difference = "transaction \(index): \(found) for \(expected)" }
      } catch { report.difference = "transaction \(index): \(error)" }
      if report.difference != nil { return }
      if random.once(in: 2) { flat.apply(execution.takeDiff()) } else { continue }
      report.difference = flat.difference(from: slow.world.state.accounts).map { "after transaction \(index): \($0)" }
      if report.difference != nil { return }
    }
    flat.apply(execution.takeDiff())
    report.difference = flat.difference(from: slow.world.state.accounts)
  }

  /// A block's context, and the same as the second machine has it.
  private func block(_ random: inout RandomCode) -> (BlockContext, BlockEnvironment) {
    var environment = random.block()
    let isMerged = prices.revision >= .paris
    var header = BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: environment.beneficiary, stateRoot: .zero,
      transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty,
      difficulty: isMerged ? 0 : environment.difficultyOrPrevRandao, number: environment.number,
      gasLimit: environment.gasLimit, gasUsed: 0, timestamp: environment.timestamp, extraData: [],
      mixHash: isMerged ? Hash256(environment.difficultyOrPrevRandao) : .zero, nonce: 0)
    header.baseFeePerGas = prices.revision >= .london ? environment.baseFee : nil
    header.excessBlobGas = prices.revision >= .cancun ? random.random.next() % 40_000_000 : nil
    let context = BlockContext(header: header, chainID: UInt64(environment.chainID.low), forks: forks())
    // e^(excess / fraction) is judged by published vectors.
    environment.blobBaseFee = context.blobBaseFee
    return (context, environment)
  }

  /// The fork from the start on.
  private func forks() -> ForkSchedule {
    let all = Fork.allCases.filter { $0 != .frontier && $0 != .paris && $0 <= fork }
    let blobs = BlobParameters(fork: .cancun, target: 30, max: 60, baseFeeUpdateFraction: 3_338_477)
    guard
      let schedule = try? ForkSchedule(
        activations: all.map { ForkSchedule.Activation($0, at: 0) },
        terminalTotalDifficulty: fork >= .paris ? 0 : nil, blobSchedule: [blobs])
    else { preconditionFailure("forks in order are a schedule") }
    return schedule
  }
}

extension SlowLedger.Outcome {
  fileprivate init(_ outcome: TransactionOutcome) {
    self.init(
      succeeded: outcome.succeeded, gasUsed: outcome.gasUsed, output: outcome.output, logs: outcome.logs,
      contract: outcome.contractAddress)
  }
}

/// A state as accounts with everything they have: what a block is carried out over, and what its changes are put into.
private struct FlatState: StateView {
  var accounts: [Address: World.Account]
  private var codes: [Hash256: [UInt8]]

  init(_ accounts: [Address: World.Account]) {
    self.accounts = accounts
    codes = [:]
    for account in accounts.values { codes[Keccak256.hash(account.code)] = account.code }
  }

  /// The root of an account's storage is that of some storage.
  func account(_ address: Address) -> Account? {
    accounts[address].map {
      Account(
        nonce: $0.nonce, balance: $0.balance,
        storageRoot: $0.storage.isEmpty ? Account.empty.storageRoot : Hash256(1, 2, 3, 4),
        codeHash: Keccak256.hash($0.code))
    }
  }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { accounts[address]?.storage[slot] ?? 0 }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    guard let code = codes[hash] else { throw StateReadError("no code has the hash \(hash)") }
    return code
  }

  func blockHash(_ number: UInt64) -> Hash256 { World.blockHash(number) }

  mutating func apply(_ diff: StateDiff) {
    for entry in diff.code { codes[entry.hash] = entry.code }
    for change in diff.accounts {
      guard let account = change.account else {
        accounts[change.address] = nil
        continue
      }
      var storage = change.clearsStorage ? [:] : accounts[change.address]?.storage ?? [:]
      for slot in change.storage { storage[slot.slot] = slot.value.isZero ? nil : slot.value }
      accounts[change.address] = World.Account(
        balance: account.balance, nonce: account.nonce, code: codes[account.codeHash] ?? [], storage: storage)
    }
  }

  /// The first account that is not as it should be.
  func difference(from expected: [Address: World.Account]) -> String? {
    let addresses = Set(accounts.keys).union(expected.keys).sorted()
    guard let address = addresses.first(where: { accounts[$0] != expected[$0] }) else { return nil }
    func text(_ account: World.Account?) -> String { account.map { "\($0)" } ?? "none" }
    return "\(address) is \(text(accounts[address])) for \(text(expected[address]))"
  }
}
