import Primitives
import Rollup
import StateTransition

/// GeneralStateTests and EEST's state tests: one transaction in one block, a reward of zero and no system calls.
enum StateSuite: Suite {
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    (fixture["post"]?.members ?? []).flatMap { fork, entries in
      entries.items.enumerated().map { index, entry in
        SuiteCase(name: "\(name) \(fork) \(index)", fork: fork) {
          try run(fixture, fork: fork, entry)
        }
      }
    }
  }

  private static func run(_ fixture: JSON, fork name: String, _ entry: JSON) throws(FixtureError) -> String? {
    let forks = try FixtureForks(network: name, config: fixture["config"])
    let chainID = try fixture["config"]?.optional("chainid") { (value) throws(FixtureError) in try value.integer() }
    let header = try header(fixture.member("env"), fork: FixtureForks.names[name] ?? .frontier)
    let context = BlockContext(header: header, chainID: chainID ?? 1, forks: forks.schedule)
    var state = try FixtureState(fixture.member("pre"))
    var execution = BlockExecution(context: context, over: state)
    let isRefusalExpected = entry["expectException"]?.text != nil
    do {
      let outcome = try execution.apply(entry.member("txbytes").bytes())
      if isRefusalExpected { return "the transaction is accepted, and should not be" }
      state.apply(execution.takeDiff())
      return try difference(state, outcome, entry)
    } catch let error as BlockError {
      guard case .invalidTransaction = error else { return "\(error)" }
      // The reward of zero is paid whether or not there is a transaction, and before EIP-158 that makes an account.
      if !context.rules.clearsEmptyAccounts { state.touch(context.beneficiary) }
      if !isRefusalExpected { return "the transaction is refused: \(error)" }
      return state.root == (try entry.member("hash").hash()) ? nil : "the state before has another root"
    } catch let error as FixtureError {
      throw error
    } catch {
      return "\(error)"
    }
  }

  private static func difference(
    _ state: FixtureState, _ outcome: TransactionOutcome, _ entry: JSON
  ) throws(FixtureError) -> String? {
    let root = state.root
    let expected = try entry.member("hash").hash()
    if root != expected {
      let place = try entry["state"].map { (json) throws(FixtureError) in try FixtureState(json) }
        .flatMap { state.firstDifference(from: $0) }
      return "\(place ?? "the root is \(root), expected \(expected)"); gas used \(outcome.gasUsed)"
    }
    let logs = Log.hash(of: outcome.logs)
    let wanted = try entry.member("logs").hash()
    return logs == wanted ? nil : "the logs hash to \(logs), expected \(wanted)"
  }

  /// The block as `env` has it.
  static func header(_ env: JSON, fork: Fork) throws(FixtureError) -> BlockHeader {
    func number(_ key: String) throws(FixtureError) -> UInt64? {
      try env.optional(key) { (value) throws(FixtureError) in try value.integer() }
    }
    func word(_ key: String) throws(FixtureError) -> UInt256? {
      try env.optional(key) { (value) throws(FixtureError) in try value.number() }
    }
    var header = BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: try env.member("currentCoinbase").address(),
      stateRoot: .zero, transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty,
      difficulty: fork >= .paris ? .zero : try word("currentDifficulty") ?? .zero,
      number: try env.member("currentNumber").integer(), gasLimit: try env.member("currentGasLimit").integer(),
      gasUsed: 0, timestamp: try env.member("currentTimestamp").integer(), extraData: [],
      mixHash: Hash256(try word("currentRandom") ?? .zero), nonce: 0)
    if fork >= .london { header.baseFeePerGas = try word("currentBaseFee") ?? 0x0a }
    if fork >= .cancun { header.excessBlobGas = try number("currentExcessBlobGas") ?? 0 }
    return header
  }
}
