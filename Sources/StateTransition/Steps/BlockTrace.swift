package import Primitives
package import Rollup
import StateTrie

/// The execution of one block, step by step, with a proof for each step: what both sides of a dispute argue with.
///
/// Step 0 opens the block; then comes one for each message and transaction; the last one closes it.
package struct BlockTrace<Data: CommittedData> {
  package let context: RollupBlockContext

  /// Before each message and transaction, and before the closing step.
  package let points: [StepPoint]

  /// What became of each message and transaction.
  package let fates: [TransactionFate]

  /// The executed block's.
  package let header: BlockHeader

  /// What the state after the block is claimed as.
  package let claim: OutputClaim

  private let data: LayeredData<Data>

  /// Executes the block.
  ///
  /// - Parameters:
  ///   - messages: those that the block consumes, whose root the context has.
  ///   - transactions: those of the order.
  ///   - parentRoot: root of the state after the block before, which `data` has.
  /// - Complexity: as executing the block, and a path of each trie it touches for each transaction.
  package init(
    _ context: RollupBlockContext, messages: [InboxCall], transactions: [[UInt8]], onto parentRoot: Hash256, data: Data
  ) throws(StepError) {
    var layered = LayeredData(base: data)
    layered.added.addOrderedTrie(of: messages.map { $0.encode() })
    layered.added.addOrderedTrie(of: transactions)
    var opening = BlockStep(context, data: layered)
    var points = [try opening.open(onto: parentRoot)]
    var fates: [TransactionFate] = []
    layered.added.add(opening.made)
    while true {
      var step = BlockStep(context, data: layered)
      let result = try step.advance(points[points.count - 1])
      layered.added.add(step.made)
      switch result {
      case .inside(let point, let fate):
        points.append(point)
        if let fate { fates.append(fate) }
      case .closed(let header, let claim):
        self.init(context, points, fates, header, claim, layered)
        return
      }
    }
  }

  private init(
    _ context: RollupBlockContext, _ points: [StepPoint], _ fates: [TransactionFate], _ header: BlockHeader,
    _ claim: OutputClaim, _ data: LayeredData<Data>
  ) {
    self.context = context
    self.points = points
    self.fates = fates
    self.header = header
    self.claim = claim
    self.data = data
  }

  /// How many steps the block takes, the opening and the closing one included.
  package var stepCount: Int { points.count + 1 }

  /// The claim about the state after the step with this index; past the last step the last state repeats.
  package func claim(after step: UInt64) -> Hash256 {
    step < UInt64(points.count) ? points[Int(step)].state.hash : claim.hash
  }

  /// The witness of what `body` reads.
  func record(_ body: (WitnessRecorder<LayeredData<Data>>) throws(StepError) -> Void) throws(StepError) -> Witness {
    let recorder = WitnessRecorder(over: data)
    try body(recorder)
    return recorder.witness
  }
}

extension StateArchive {
  /// Adds the trie that holds each item under the RLP of its index.
  mutating func addOrderedTrie(of items: [[UInt8]]) {
    let keyed = items.enumerated()
      .map { (key: Trie.indexKey($0.offset), value: $0.element) }
      .sorted { $0.key < $1.key }
    var builder = TrieBuilder()
    var nodes: [NodeChange] = []
    for item in keyed { builder.append(item.key, item.value) { nodes.append(NodeChange(path: $0, node: $1)) } }
    _ = builder.finish { nodes.append(NodeChange(path: $0, node: $1)) }
    add(nodes)
  }

  /// Adds everything that a state's commitment writes.
  package mutating func add(_ commitment: StateCommitment) {
    add(commitment.nodes)
    for account in commitment.accounts { add(account.storageNodes) }
    for code in commitment.code { add(code: code.code) }
  }
}
