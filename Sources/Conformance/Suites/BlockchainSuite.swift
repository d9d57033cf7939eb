import EVM
import Primitives
import Rollup
import StateTransition

/// BlockchainTests and EEST's blockchain tests: blocks from a genesis on, some of them invalid, some on side chains.
/// EEST has some of them as calls of the engine API.
struct BlockchainSuite: FixtureSuite {
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    guard let blocks = fixture["blocks"] ?? fixture["engineNewPayloads"] else { return [] }
    let network = fixture["network"]?.text ?? CaseResult.noFork
    let item = SuiteCase(name: name, fork: network) {
      var tracer = NoTracer()
      return try run(fixture, blocks.items, network: network, &tracer)
    } traced: { tell in
      var tracer = StructLogTracer(tell)
      return try run(fixture, blocks.items, network: network, &tracer)
    }
    return [item]
  }

  private static func run(
    _ fixture: JSON, _ blocks: [JSON], network: String, _ tracer: inout some Tracer
  ) throws -> String? {
    let forks = try FixtureForks(network: network, config: fixture["config"]).schedule
    let chainID = try fixture["config"]?.optional("chainid")?.integer()
    let state = ChainState(try FixtureState(try fixture.member("pre")))
    let genesis = try genesis(fixture)
    if let difference = try check(genesis, state, fixture) { return difference }
    var tree = ForkChoice(genesis: genesis, state: state, chainID: chainID ?? 1, forks: forks)
    for (index, block) in blocks.enumerated() {
      if let difference = try add(block, to: &tree, fixture, &tracer) {
        return "block \(index) of the fixture: \(difference)"
      }
    }
    return try checkEnd(tree, fixture)
  }

  /// The genesis header, from its block, or where there is none from its fields.
  private static func genesis(_ fixture: JSON) throws -> BlockHeader {
    guard let bytes = try fixture["genesisRLP"]?.bytes() else {
      return try fixture.member("genesisBlockHeader").blockHeader()
    }
    return try EthereumBlock(rlp: bytes.rawSpan).header
  }

  private static func check(_ genesis: BlockHeader, _ state: ChainState, _ fixture: JSON) throws -> String? {
    let expected = try fixture.member("genesisBlockHeader").member("hash").hash()
    if genesis.hash != expected { return "genesis hashes to \(genesis.hash), expected \(expected)" }
    return state.root == genesis.stateRoot ? nil : "pre has the root \(state.root), genesis says \(genesis.stateRoot)"
  }

  /// Adds a block of the fixture; nil when it is taken, or refused for the reason that it should be.
  private static func add(
    _ block: JSON, to tree: inout ForkChoice, _ fixture: JSON, _ tracer: inout some Tracer
  ) throws -> String? {
    let expected = try expectedRefusal(block)
    let transactions: [TransactionOutcome]
    do {
      transactions = try tree.add(rlp: try rlp(block), tracer: &tracer)
    } catch let error where !Refusal.rules(brokenBy: error).isEmpty {
      if let expected { return expected.difference(from: error) }
      return "refused: \(error)\(try place(error, fixture))"
    }
    if let expected { return "accepted, expected is \(expected)" }
    return try checkSenders(transactions, block)
  }

  /// Why a block has to be refused; nil when it has to be taken. The engine API's fixtures have the exception's name, a
  /// code that the call ends with, or both; the code says nothing of the block.
  private static func expectedRefusal(_ block: JSON) throws(FixtureError) -> ExpectedRefusal? {
    for (key, value) in block.members where key.hasPrefix("expectException") || key == "validationError" {
      if case .null = value { continue }
      return ExpectedRefusal(try value.string())
    }
    return block.optional("errorCode").map { _ in ExpectedRefusal(nil) }
  }

  private static func rlp(_ block: JSON) throws -> [UInt8] {
    guard let parameters = block["params"] else { return try block.member("rlp").bytes() }
    return try EnginePayload(parameters).rlp()
  }

  /// Holds senders against those of the fixture, where it has them.
  private static func checkSenders(_ transactions: [TransactionOutcome], _ block: JSON) throws -> String? {
    for (index, (transaction, json)) in zip(transactions, block["transactions"]?.items ?? []).enumerated() {
      guard let expected = try json.optional("sender")?.address(), transaction.sender != expected else { continue }
      return "transaction \(index) is from \(transaction.sender), expected \(expected)"
    }
    return nil
  }

  /// The first account that is not as the fixture ends, when a block came to another state.
  private static func place(_ error: any Error, _ fixture: JSON) throws -> String {
    guard let state = (error as? ForkChoiceError)?.state, let json = fixture["postState"] else { return "" }
    return state.firstDifference(from: try FixtureState(json)).map { "; \($0)" } ?? ""
  }

  private static func checkEnd(_ tree: ForkChoice, _ fixture: JSON) throws -> String? {
    let expected = try fixture.member("lastblockhash").hash()
    if tree.head != expected { return "the head is \(tree.head), expected \(expected)" }
    guard let head = tree.nodes[tree.head] else { return "the head is not there" }
    if let json = fixture["postState"], !json.members.isEmpty {
      if let difference = head.state.contents.firstDifference(from: try FixtureState(json)) { return difference }
    }
    if let hash = try fixture.optional("postStateHash")?.hash() {
      if hash != head.state.root { return "the root is \(head.state.root), expected \(hash)" }
    }
    return nil
  }
}
