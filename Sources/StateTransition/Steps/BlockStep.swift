import Hashing
package import Primitives
package import Rollup
import StateTrie

/// A place in the execution of a block, with what its hash alone does not tell.
package struct StepPoint: Hashable, Sendable {
  package var state: StepState

  /// Over the logs so far.
  package var bloom: LogsBloom

  package var context: RollupBlockContext

  package init(state: StepState, bloom: LogsBloom, context: RollupBlockContext) {
    self.state = state
    self.bloom = bloom
    self.context = context
  }
}

/// What one step leads to.
package enum StepResult: Equatable, Sendable {
  /// The next transaction is done, or the block has begun.
  case inside(StepPoint, TransactionFate?)

  /// The block is done: its header, and the claim about the state after it.
  case closed(BlockHeader, OutputClaim)

  /// What a claim about the state after the step says.
  package var hash: Hash256 {
    switch self {
    case .inside(let point, _): point.state.hash
    case .closed(_, let claim): claim.hash
    }
  }
}

/// Executes single steps over nothing but committed data. He who proves and he who checks run this same code, over a
/// recorder the one and over a witness the other.
struct BlockStep<Data: CommittedData> {
  let context: RollupBlockContext
  let data: Data

  /// Nodes and code that the step made; those it read are in `data`.
  private(set) var made = StateArchive()

  init(_ context: RollupBlockContext, data: Data) {
    self.context = context
    self.data = data
  }

  /// The beginning of a block over the state with this root.
  mutating func open(onto stateRoot: Hash256) throws(StepError) -> StepPoint {
    var execution = try execution(over: stateRoot, gasUsed: 0)
    try run { () throws(BlockError) in try execution.begin() }
    let state = StepState(
      stateRoot: try commit(execution.takeDiff(), onto: stateRoot), cumulativeGas: 0, cumulativeBlobGas: 0,
      executedCount: 0, transactionsTrieRoot: Trie.emptyRoot, receiptsTrieRoot: Trie.emptyRoot,
      bloomHash: Keccak256.hash(LogsBloom.empty.bytes), txIndex: 0, blockContextHash: context.hash)
    return StepPoint(state: state, bloom: .empty, context: context)
  }

  /// The step after `point`: the message or the transaction that comes next, or the end of the block.
  mutating func advance(_ point: StepPoint) throws(StepError) -> StepResult {
    let state = point.state
    try check(state)
    var execution = try execution(over: state.stateRoot, gasUsed: state.cumulativeGas)
    var fate: TransactionFate
    if state.txIndex < context.messageCount {
      let message = try message(at: state.txIndex)
      fate = try run { () throws(BlockError) in try execution.apply(message) }
    } else if let transaction = try item(of: context.order.transactionsRoot, at: state.txIndex - context.messageCount) {
      fate = try run { () throws(BlockError) in try execution.apply(transaction) }
    } else {
      return try close(point, &execution)
    }
    // A step is an execution of its own, which counts from 0; the block counts on.
    if case .executed = fate { fate = .executed(index: Int(clamping: state.executedCount)) }
    return .inside(try next(point, &execution), fate)
  }

  /// A claim in a dispute can be the hash of anything: of a state, too, in which no execution ever ends.
  private func check(_ state: StepState) throws(StepError) {
    guard state.cumulativeGas <= context.gasLimit, state.txIndex < UInt64.max, state.executedCount <= state.txIndex
    else {
      throw .notExecutable("no block is ever in the state before the step")
    }
  }

  private mutating func next(_ point: StepPoint, _ execution: inout RollupExecution) throws(StepError) -> StepPoint {
    var next = point
    next.state.txIndex += 1
    next.state.stateRoot = try commit(execution.takeDiff(), onto: point.state.stateRoot)
    guard let outcome = execution.outcomes.first, let transaction = execution.transactions.first else { return next }
    let receipt = outcome.receipt
    next.state.cumulativeGas = outcome.cumulativeGasUsed
    next.state.transactionsTrieRoot = try append(transaction, to: point.state.transactionsTrieRoot, at: point.state)
    next.state.receiptsTrieRoot = try append(receipt.encode(), to: point.state.receiptsTrieRoot, at: point.state)
    next.bloom = LogsBloom.union([point.bloom, receipt.bloom])
    next.state.bloomHash = Keccak256.hash(next.bloom.bytes)
    next.state.executedCount += 1
    return next
  }

  private mutating func close(
    _ point: StepPoint, _ execution: inout RollupExecution
  ) throws(StepError) -> StepResult {
    try run { () throws(BlockError) in try execution.finish() }
    let header = context.header(
      stateRoot: try commit(execution.takeDiff(), onto: point.state.stateRoot),
      transactionsRoot: point.state.transactionsTrieRoot, receiptsRoot: point.state.receiptsTrieRoot,
      logsBloom: point.bloom, gasUsed: point.state.cumulativeGas)
    return .closed(header, context.claim(of: header))
  }
}

extension BlockStep {
  private func execution(over root: Hash256, gasUsed: UInt64) throws(StepError) -> RollupExecution {
    let parent = BlockID(number: context.number &- 1, hash: context.parentHash)
    let view = CommittedState(root: root, parent: parent, data: data)
    return try run { () throws(BlockError) in try RollupExecution(context, over: view, gasUsed: gasUsed) }
  }

  private func run<Value>(_ body: () throws(BlockError) -> Value) throws(StepError) -> Value {
    do { return try body() } catch { throw .notExecutable(error.description) }
  }

  private mutating func commit(_ diff: StateDiff, onto root: Hash256) throws(StepError) -> Hash256 {
    do {
      let commitment = try diff.commit(onto: root, reader: CommittedTries(data: data))
      made.add(commitment)
      return commitment.root
    } catch { throw .notExecutable(error.description) }
  }

  private func message(at index: UInt64) throws(StepError) -> InboxCall {
    guard let bytes = try item(of: context.messagesRoot, at: index) else {
      throw .notExecutable("the block consumes \(context.messageCount) messages, and message \(index) is not there")
    }
    do { return try InboxCall(rlp: bytes.rawSpan) } catch { throw .notExecutable("message \(index): \(error)") }
  }

  /// The item with this index in an ordered trie.
  private func item(of root: Hash256, at index: UInt64) throws(StepError) -> [UInt8]? {
    do {
      return try Trie.value(
        of: Trie.indexKey(Int(clamping: index)), root: root, reader: CommittedNodes(account: nil, data: data))
    } catch { throw .notExecutable(error.description) }
  }

  /// Adds the next item to an ordered trie of the executed block.
  private mutating func append(
    _ item: [UInt8], to root: Hash256, at state: StepState
  ) throws(StepError) -> Hash256 {
    let change = TrieChange(key: Trie.indexKey(Int(clamping: state.executedCount)), value: item)
    do {
      let update = try Trie.update(root: root, changes: [change], reader: CommittedNodes(account: nil, data: data))
      made.add(update.nodeChanges)
      return update.root
    } catch { throw .notExecutable(error.description) }
  }
}

extension RollupBlockContext {
  /// What the output of the block claims, when this is its header.
  ///
  /// - Parameter hash: the header's, if it is known already.
  package func claim(of header: BlockHeader, hash: Hash256? = nil) -> OutputClaim {
    OutputClaim(
      outputRoot: OutputRoot.hash(
        stateRoot: header.stateRoot, messagePasserStorageRoot: Trie.emptyRoot, blockHash: hash ?? header.hash),
      parentOrder: order.commitment, l1OriginHash: order.l1Origin.hash, l2BlockNumber: header.number,
      batchIndex: batchIndex, indexInBatch: indexInBatch, messagesConsumed: order.messagesConsumed)
  }
}
