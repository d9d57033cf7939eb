import EVM
import Primitives
import Rollup
import StateTransition

/// GeneralStateTests and EEST's state tests: one transaction in one block without system calls.
///
/// The older suite was filled by a client that pays a mining reward of zero wei, EEST's by one that pays none. Zero wei
/// are seen where a touched account comes into being, before EIP-158: there the fee recipient of a refused transaction
/// has an account in the one suite and none in the other.
struct StateSuite: FixtureSuite {
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    (fixture["post"]?.members ?? []).flatMap { fork, entries in
      if entries.items.isEmpty { return [SuiteCase(name: "\(name) \(fork)", fork: fork) { "it expects nothing" }] }
      return entries.items.enumerated().map { index, entry in
        let name = "\(name) \(fork) \(index)"
        return SuiteCase(name: name, fork: fork) {
          var tracer = NoTracer()
          return try run(fixture, fork: fork, entry, &tracer)
        } traced: { tell in
          var tracer = StructLogTracer(tell)
          return try run(fixture, fork: fork, entry, &tracer)
        }
      }
    }
  }

  private static func run(
    _ fixture: JSON, fork name: String, _ entry: JSON, _ tracer: inout some Tracer
  ) throws(FixtureError) -> String? {
    let forks = try FixtureForks(network: name, config: fixture["config"])
    let chainID = try fixture["config"]?.optional("chainid")?.integer()
    let header = try header(fixture.member("env"), fork: FixtureForks.names[name] ?? .frontier)
    let context = BlockContext(header: header, chainID: chainID ?? 1, forks: forks.schedule)
    var state = try FixtureState(fixture.member("pre"))
    var execution = BlockExecution(context: context, over: state)
    let refusal = try entry.optional("expectException").map { (json) throws(FixtureError) in
      ExpectedRefusal(try json.string())
    }
    var outcome: TransactionOutcome?
    do {
      outcome = try execution.apply(entry.member("txbytes").bytes(), tracer: &tracer)
      if let refusal { return "the transaction is accepted, expected is \(refusal)" }
      state.apply(execution.takeDiff())
    } catch let error as BlockError {
      guard case .invalidTransaction = error else { return "\(error)" }
      guard let refusal else { return "the transaction is refused: \(error)" }
      if let difference = refusal.difference(from: error) { return difference }
    } catch let error as FixtureError {
      throw error
    } catch {
      return "\(error)"
    }
    if paysReward(fixture) && !context.rules.clearsEmptyAccounts { state.touch(context.beneficiary) }
    return try difference(state, outcome, entry)
  }

  /// Whether the filler of the fixture paid zero wei for the block. EEST's fixtures have `config`, the older ones not.
  private static func paysReward(_ fixture: JSON) -> Bool { fixture["config"] == nil }

  private static func difference(
    _ state: FixtureState, _ outcome: TransactionOutcome?, _ entry: JSON
  ) throws(FixtureError) -> String? {
    let root = state.root
    let expected = try entry.member("hash").hash()
    if root != expected {
      let place = try entry["state"].map { (json) throws(FixtureError) in try FixtureState(json) }
        .flatMap { state.firstDifference(from: $0) }
      let gas = outcome.map { "gas used \($0.gasUsed)" } ?? "refused"
      return "\(place ?? "the root is \(root), expected \(expected)"); \(gas)"
    }
    let logs = Log.hash(of: outcome?.logs ?? [])
    let wanted = try entry.member("logs").hash()
    return logs == wanted ? nil : "the logs hash to \(logs), expected \(wanted)"
  }

  /// The block as `env` has it.
  static func header(_ env: JSON, fork: Fork) throws(FixtureError) -> BlockHeader {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: try env.member("currentCoinbase").address(),
      stateRoot: .zero, transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty,
      difficulty: fork >= .paris ? .zero : try env.optional("currentDifficulty")?.number() ?? .zero,
      number: try env.member("currentNumber").integer(), gasLimit: try env.member("currentGasLimit").integer(),
      gasUsed: 0, timestamp: try env.member("currentTimestamp").integer(), extraData: [],
      mixHash: Hash256(try env.optional("currentRandom")?.number() ?? .zero), nonce: 0)
    if fork >= .london { header.baseFeePerGas = try env.optional("currentBaseFee")?.number() ?? 0x0a }
    if fork >= .cancun { header.excessBlobGas = try env.optional("currentExcessBlobGas")?.integer() ?? 0 }
    return header
  }
}
