import Primitives
import Rollup
import StateTransition
import StateTrie

extension ProposerState {
  /// Writes block 0: the state of the allocation, with all its tries, and what the header claims about it.
  func begin(_ configuration: ChainConfiguration, in view: ProjectionView) throws(FoldError) {
    guard configuration == self.configuration else {
      throw .configuration("the log configures another chain than the one that this fold was made for")
    }
    guard try Self.hash(of: 0, in: view) == nil else {
      throw .configuration("the log configures its chain a second time")
    }
    view.enter(.trie)
    let state = GenesisState(of: configuration.allocation)
    view.enter(.rows)
    for entry in state.entries { put(entry, in: view) }
    put(state.nodes, of: nil, in: view)
    let header = configuration.genesisHeader
    put(result(of: header, stateRoot: state.root), hash: header.hash, in: view)
    if configuration.rollup == nil {
      let work = BlockWork(totalDifficulty: header.difficulty, uncles: [])
      view.put(Self.work, Self.key(0), work.encode())
    }
  }

  private func result(of header: BlockHeader, stateRoot: Hash256) -> BlockResult {
    var differences: [ClaimDifference] = []
    if header.stateRoot != stateRoot {
      differences.append(
        ClaimDifference(field: "stateRoot", claimed: header.stateRoot.bytes, computed: stateRoot.bytes))
    }
    var computed = header
    computed.stateRoot = stateRoot
    return BlockResult(
      header: header, batchIndex: 0, indexInBatch: 0, stateRoot: stateRoot, computedHash: computed.hash,
      differences: differences, receipts: [], claim: configuration.genesisClaim)
  }

  private func put(_ entry: GenesisState.Entry, in view: ProjectionView) {
    view.put(Self.accounts, entry.key, entry.account.row())
    if entry.account.hasCode { view.put(Self.code, entry.account.codeHash, entry.code) }
    for slot in entry.storage {
      view.put(Self.storage, Self.storageKey(account: entry.key, slot: slot.key), slot.encodedValue)
    }
    put(entry.storageNodes, of: entry.key, in: view)
  }

  /// Writes all nodes of a trie, which come in ascending order of paths.
  private func put(_ nodes: [NodeChange], of owner: Hash256?, in view: ProjectionView) {
    let table = owner == nil ? Self.accountNodes : Self.storageNodes
    var shapes = NodeShapes()
    for change in nodes {
      guard let node = change.node, let shape = shapes.shape(of: change.path, node.rawSpan) else { continue }
      if shape == .leaf && !change.path.isRoot { continue }
      let row = NodeRow.make(shape.leaves(of: node.rawSpan, after: nil), node.rawSpan)
      change.path.withStorageKey(behind: owner) { view.batch.put(table, key: $0, value: row.rawSpan) }
    }
  }
}
