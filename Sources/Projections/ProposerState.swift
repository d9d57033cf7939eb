package import Rollup
import StateTransition

/// L2 state: executes every sequenced block, and holds what was posted about it against what came out.
///
/// | table | key | value |
/// |---|---|---|
/// | `accounts` | keccak(address) | `Account.row` |
/// | `storage` | keccak(address) ‖ keccak(slot) | RLP of the value |
/// | `code` | keccak(code) | the code |
/// | `accountNodes` | path | `NodeRow` of the state trie |
/// | `storageNodes` | keccak(address) ‖ path | `NodeRow` of the account's storage trie |
/// | `results` | block number | `BlockResult` |
/// | `hashes` | block number | block hash |
/// | `outputs` | output index | `OutputVerdict` |
/// | `work` | block number, up to the merge | `BlockWork` |
///
/// and of a rollup, whose blocks derivation finds in the order:
///
/// | table | key | value |
/// |---|---|---|
/// | `derivation` … `rejections` | | `OrderTables` |
/// | `updates` | number of the update | L1 block and `ConfigUpdate` |
///
/// Numbers are eight bytes, most significant first; paths are `NibblePath.storageKey`. A wrong claim is a row; a block that
/// cannot be applied stops the fold.
package struct ProposerState: Projection {
  package static let name = "proposer-state"
  package static let schemaVersion: UInt32 = 8
  package static let readMode = ReadMode.canonical
  package static var upstreams: [any Projection.Type] { [SenderIndex.self] }

  package static let accounts = ProjectionTable(index: 0, name: "accounts")
  package static let storage = ProjectionTable(index: 1, name: "storage")
  package static let code = ProjectionTable(index: 2, name: "code")
  package static let accountNodes = ProjectionTable(index: 3, name: "accountNodes")
  package static let storageNodes = ProjectionTable(index: 4, name: "storageNodes")
  package static let results = ProjectionTable(index: 5, name: "results")
  package static let hashes = ProjectionTable(index: 6, name: "hashes")
  package static let outputs = ProjectionTable(index: 7, name: "outputs")

  package static let order = OrderTables(firstIndex: 8)
  package static let updates = ProjectionTable(index: 15, name: "updates")
  package static let work = ProjectionTable(index: 16, name: "work")

  package static let tables =
    [accounts, storage, code, accountNodes, storageNodes, results, hashes, outputs] + order.all + [updates, work]

  package static let resultTables = [results, hashes]

  let configuration: ChainConfiguration
  let executor: BlockExecutor
  let headerRules: HeaderRules
  let uncleRules: UncleRules
  let machines = MachineShelf()

  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
    headerRules = HeaderRules(forks: configuration.forks)
    uncleRules = UncleRules(forks: configuration.forks)
    executor = BlockExecutor(chainID: configuration.chainID, forks: configuration.forks)
  }

  package func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> OutputVerdict? {
    if configuration.rollup != nil { return try foldRollup(fact, into: view) }
    switch fact.event {
    case .chainConfigured(let event): try begin(event.configuration, in: view)
    case .blockSequenced(let event): try apply(event, in: view)
    case .outputProposed(let event): return try judge(event, in: view)
    // A batch says how its blocks reached L1; the blocks themselves follow. The rest is about L1 and settlement.
    default: break
    }
    return nil
  }
}
