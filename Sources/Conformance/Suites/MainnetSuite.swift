import EVM
import Foundation
import Primitives
import Rollup
import StateTransition
import StateTrie

/// Real blocks of Ethereum's main network, a folder each: `block.json` as the RPC has it and, where the block can be
/// carried out, `pre_state.json` with what it reads. Code and the hashes of ancestors stand in files of their own, in the
/// suite's directory or, where that is one of its folders, above it.
///
/// Two cases for a block: what can be told from the block alone (its hash, the roots over its body, transaction hashes
/// and senders), and its execution (gas, bloom and, from Byzantium on, receipts). The rest of the state is not there, so
/// neither is the state root, nor are the receipts before Byzantium, which hold state roots.
struct MainnetSuite: Suite {
  private let forks: ForkSchedule
  private let codes: [Hash256: [UInt8]]
  private let hashes: [UInt64: Hash256]
  private static let chainID: UInt64 = 1
  private static let codesName = "bytecodes.json"
  private static let hashesName = "block_hashes.json"

  /// Reads `bytecodes.json` and `block_hashes.json`, where they are.
  init(directory: String) throws {
    forks = try MainnetSuite.schedule()
    var codes: [Hash256: [UInt8]] = [:]
    for (hash, code) in try MainnetSuite.common(Self.codesName, of: directory)?.json().members ?? [] {
      codes[try JSON.string(hash).hash()] = try code.bytes()
    }
    self.codes = codes
    var hashes: [UInt64: Hash256] = [:]
    for (number, hash) in try MainnetSuite.common(Self.hashesName, of: directory)?.json().members ?? [] {
      hashes[try JSON.string(number).integer()] = try hash.hash()
    }
    self.hashes = hashes
  }

  /// A file for all blocks: in the directory or, as a block's folder is two below the suite's, up to two above.
  private static func common(_ name: String, of directory: String) -> FixtureFile? {
    var folder = URL(fileURLWithPath: directory)
    for _ in 0...2 {
      let file = FixtureFile(directory: folder.path, path: name)
      if file.exists { return file }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  func files(among files: [FixtureFile]) -> [FixtureFile] {
    files.filter { file in
      let isState = file.name == "pre_state.json" && file.sibling("block.json") != nil
      let isCommon = file.path == Self.codesName || file.path == Self.hashesName
      return file.name.hasSuffix(".json") && !isState && !isCommon
    }
  }

  func cases(of file: FixtureFile) throws -> [SuiteCase] {
    guard file.name == "block.json" else { return [] }
    let json = try file.json()
    let transactions = try json.member("transactions").items.map { (item) throws(FixtureError) in
      try item.transaction()
    }
    let block = try json.block(transactions)
    let fork = forks.fork(of: block.header)
    let body = SuiteCase(name: "\(block.header.number) body", fork: fork.name) {
      try checkBody(block, transactions, fork, json)
    }
    let state = file.sibling("pre_state.json")
    let execution = SuiteCase(name: "\(block.header.number) execution", fork: fork.name) {
      var tracer = NoTracer()
      return try execute(block, over: state, json, &tracer)
    } traced: { tell in
      var tracer = StructLogTracer(tell)
      return try execute(block, over: state, json, &tracer)
    }
    return [body, execution]
  }

  private func execute(
    _ block: EthereumBlock, over file: FixtureFile?, _ json: JSON, _ tracer: inout some Tracer
  ) throws -> CaseResult.Outcome {
    guard let file else { return .skipped(SkipList.withoutState) }
    let state = try FixtureState(preState: file.json(), codes: codes)
    return try checkExecution(block, over: state, json, &tracer).map { CaseResult.Outcome.failed($0) } ?? .passed
  }
}

// MARK: - Checks

extension MainnetSuite {
  private func checkBody(
    _ block: EthereumBlock, _ transactions: [Transaction], _ fork: Fork, _ json: JSON
  ) throws -> String? {
    let expected = try json.member("hash").hash()
    if block.header.hash != expected { return "the header hashes to \(block.header.hash), expected \(expected)" }
    let roots = block.bodyRoots
    if roots.transactionsRoot != block.header.transactionsRoot { return "the transactions root is another one" }
    if roots.withdrawalsRoot != block.header.withdrawalsRoot { return "the withdrawals root is another one" }
    let rules = ForkRules.rules(of: fork)
    for (index, transaction) in transactions.enumerated() {
      let item = try json.member("transactions").items[index]
      if transaction.hash != (try item.member("hash").hash()) {
        return "transaction \(index) hashes to \(transaction.hash)"
      }
      let sender = try transaction.sender(chainID: Self.chainID, rules: rules)
      if sender != (try item.member("from").address()) { return "transaction \(index) is from \(sender)" }
    }
    return nil
  }

  private func checkExecution(
    _ block: EthereumBlock, over state: FixtureState, _ json: JSON, _ tracer: inout some Tracer
  ) throws -> String? {
    let executor = BlockExecutor(chainID: Self.chainID, forks: forks)
    let outcome = try executor.apply(block, to: PartialState(state: state, hashes: hashes), tracer: &tracer)
    if outcome.gasUsed != block.header.gasUsed {
      return "gas used is \(outcome.gasUsed), expected \(block.header.gasUsed)"
    }
    if let claimed = block.header.blobGasUsed, outcome.blobGasUsed != claimed {
      return "blob gas used is \(outcome.blobGasUsed), expected \(claimed)"
    }
    let senders = try json.member("transactions").items.map { (item) throws(FixtureError) in
      try item.member("from").address()
    }
    if outcome.transactions.map(\.sender) != senders { return "transactions were carried out for other senders" }
    let receipts = outcome.transactions.map(\.receipt)
    if LogsBloom.union(receipts.map(\.bloom)) != block.header.logsBloom { return "the bloom is another one" }
    guard outcome.receiptsCarryStatus else { return nil }
    let root = Trie.orderedRoot(of: receipts.map { $0.encode() })
    return root == block.header.receiptsRoot ? nil : "the receipts root is \(root)"
  }
}

/// What a block reads of the state before it.
private struct PartialState: StateView {
  let state: FixtureState
  let hashes: [UInt64: Hash256]

  func account(_ address: Address) -> Account? { state.account(address) }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { state.storage(address, slot) }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] { try state.code(hash) }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    guard let hash = hashes[number] else { throw StateReadError("the suite has no hash of block \(number)") }
    return hash
  }
}

extension MainnetSuite {
  /// The main network's forks, as its clients' chain configurations have them.
  private static func schedule() throws -> ForkSchedule {
    let activations: [(Fork, UInt64)] = [
      (.homestead, 1_150_000), (.tangerineWhistle, 2_463_000), (.spuriousDragon, 2_675_000),
      (.byzantium, 4_370_000), (.constantinople, 7_280_000), (.petersburg, 7_280_000), (.istanbul, 9_069_000),
      (.muirGlacier, 9_200_000), (.berlin, 12_244_000), (.london, 12_965_000), (.arrowGlacier, 13_773_000),
      (.grayGlacier, 15_050_000), (.shanghai, 1_681_338_455), (.cancun, 1_710_338_135), (.prague, 1_746_612_311),
      (.osaka, 1_764_798_551), (.bpo1, 1_765_290_071), (.bpo2, 1_767_747_671),
    ]
    return try ForkSchedule(
      activations: activations.map { ForkSchedule.Activation($0.0, at: $0.1) },
      terminalTotalDifficulty: UInt256("58750000000000000000000"), daoFork: 1_920_000,
      blobSchedule: FixtureForks.standardBlobs, depositContract: FixtureForks.depositContract)
  }
}
