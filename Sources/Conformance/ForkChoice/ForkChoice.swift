import EVM
import Primitives
import Rollup
import StateTransition

/// A tree of blocks and the choice of a head among them: what tests of side chains and total difficulty need. A rollup
/// has no such choice; its L1 makes it.
struct ForkChoice {
  /// A block in the tree.
  struct Node {
    let header: BlockHeader
    let uncles: [Hash256]
    let totalDifficulty: UInt256
    let state: ChainState
  }

  private(set) var nodes: [Hash256: Node]
  private(set) var head: Hash256

  private let forks: ForkSchedule
  private let executor: BlockExecutor

  init(genesis: BlockHeader, state: ChainState, chainID: UInt64, forks: ForkSchedule) {
    head = genesis.hash
    nodes = [head: Node(header: genesis, uncles: [], totalDifficulty: genesis.difficulty, state: state)]
    self.forks = forks
    executor = BlockExecutor(chainID: chainID, forks: forks)
  }

  /// Takes a block in, if it is valid and its parent is there; else says why not. Returns what its transactions did.
  ///
  /// Only an error that breaks a rule (`Refusal`) says something about the block.
  ///
  /// - Parameter tracer: is told of each instruction of the block's transactions.
  mutating func add(rlp bytes: [UInt8], tracer: inout some Tracer) throws -> [TransactionOutcome] {
    let block = try EthereumBlock(rlp: bytes.rawSpan)
    let header = block.header
    guard let parent = nodes[header.parentHash] else {
      throw ForkChoiceError([.unknownParent], "block \(header.number) has an unknown parent")
    }
    let rules = HeaderRules(forks: forks)
    try rules.validate(header, parent: parent.header, parentHash: header.parentHash)
    try rules.validateMerge(header, totalDifficulty: parent.totalDifficulty)
    do { try block.checkBody() } catch { throw refusal(of: block, parent, for: error, &tracer) }
    try UncleRules(forks: forks).validate(block.uncles, of: header, ancestors: ancestors(from: header.parentHash))
    let (node, transactions) = try execute(block, parent, &tracer)
    let hash = header.hash
    nodes[hash] = node
    if isBetter(node) { head = hash }
    return transactions
  }

  /// Why a block is refused whose body is not its header's. Those who fill fixtures carry a block out before they look at
  /// these roots, and name what they find first: so the block is carried out here too, and breaks the rule that stops it.
  private func refusal(
    of block: EthereumBlock, _ parent: Node, for error: BlockBodyError, _ tracer: inout some Tracer
  ) -> ForkChoiceError {
    let rules = Refusal.rules(brokenBy: error)
    do { _ = try execute(block, parent, &tracer) } catch is ForkChoiceError {
      // The header's claims are those of another body: that they are wrong says nothing more.
    } catch let other {
      return ForkChoiceError(rules + Refusal.rules(brokenBy: other), "\(error); \(other)")
    }
    return ForkChoiceError(rules, "\(error)")
  }

  private func execute(
    _ block: EthereumBlock, _ parent: Node, _ tracer: inout some Tracer
  ) throws -> (Node, [TransactionOutcome]) {
    let view = TreeView(state: parent.state, tree: self, parent: block.header.parentHash)
    let outcome = try executor.apply(block, to: view, tracer: &tracer)
    let commitment = try outcome.commit(block, onto: parent.state.root, reader: parent.state)
    var state = parent.state
    state.apply(outcome.diffs, commitment.state)
    let wrong = commitment.computed.differences(from: block.header)
    if let first = wrong.first {
      let rules = wrong.compactMap { Refusal($0) }
      throw ForkChoiceError(rules, "block \(block.header.number): \(first)", state: state.contents)
    }
    let node = Node(
      header: block.header, uncles: block.uncles.map(\.hash),
      totalDifficulty: parent.totalDifficulty &+ block.header.difficulty, state: state)
    return (node, outcome.transactions)
  }

  /// More work wins; from the merge on, where nothing is added, what comes later.
  private func isBetter(_ node: Node) -> Bool {
    guard let best = nodes[head] else { return true }
    if node.totalDifficulty != best.totalDifficulty { return node.totalDifficulty > best.totalDifficulty }
    return node.header.difficulty.isZero && node.header.number > best.header.number
  }

  private func ancestors(from hash: Hash256) -> [UncleRules.Ancestor] {
    var ancestors: [UncleRules.Ancestor] = []
    var next = hash
    while ancestors.count < UncleRules.ancestorCount, let node = nodes[next] {
      ancestors.append(UncleRules.Ancestor(header: node.header, hash: next, uncles: node.uncles))
      next = node.header.parentHash
    }
    return ancestors
  }
}

/// Why a block is not taken in.
struct ForkChoiceError: Error, CustomStringConvertible {
  /// What it breaks: one rule, or all claims of the header that are wrong.
  let rules: [Refusal]

  let description: String

  /// What the block came to, where it could be carried out.
  let state: FixtureState?

  init(_ rules: [Refusal], _ description: String, state: FixtureState? = nil) {
    self.rules = rules
    self.description = description
    self.state = state
  }
}

/// The state after a block of the tree, with the hashes of the blocks before.
private struct TreeView: StateView {
  let state: ChainState
  let tree: ForkChoice
  let parent: Hash256

  func account(_ address: Address) -> Account? { state.account(address) }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { state.contents.storage(address, slot) }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] { try state.contents.code(hash) }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    var hash = parent
    while let node = tree.nodes[hash] {
      if node.header.number == number { return hash }
      hash = node.header.parentHash
    }
    throw StateReadError("the tree has no ancestor with the number \(number)")
  }
}
