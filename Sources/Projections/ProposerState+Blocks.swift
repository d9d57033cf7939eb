import Primitives
import Rollup
import StateTransition
import StateTrie

/// The state before a block, as it is stored.
struct StoredBefore {
  let state: StoredState
  let nodes: StoredNodes

  init(_ view: ProjectionView) {
    state = StoredState(view)
    nodes = StoredNodes(view)
  }
}

extension ProposerState {
  /// Executes the next block and writes what it did.
  func apply(_ event: BlockSequenced, in view: ProjectionView) throws(FoldError) {
    view.enter(.decode)
    let (block, hash) = try decode(event.block)
    let parent = try parent(of: block, in: view)
    let work = try work(of: block, in: view)
    view.enter(.senders)
    let place = DerivationCursor(batchIndex: event.batchIndex, indexInBatch: event.indexInBatch)
    let signers = try SenderIndex.signers(of: block.transactions, commitment: hash, at: place, in: view)
    view.enter(.execute)
    let before = StoredBefore(view)
    let outcome: BlockOutcome
    do {
      outcome = try executor.apply(block, signers: signers, to: before.state, on: machines)
    } catch { throw .block(error) }
    view.enter(.trie)
    let commitment: BlockCommitment
    do {
      commitment = try outcome.commit(block, onto: parent.stateRoot, reader: before.nodes, trust: .trusted)
    } catch { throw .trie(block: block.header.number, error) }
    view.enter(.rows)
    try put(commitment.state, over: before, in: view)
    put(result(of: block, hash: hash, event, commitment), hash: hash, in: view)
    if let work { view.put(Self.work, Self.key(block.header.number), work.encode()) }
  }

  private func decode(_ block: SequencedBlock) throws(FoldError) -> (EthereumBlock, hash: Hash256) {
    switch block {
    case .ethereum(let bytes):
      do throws(RLPError) {
        return (try EthereumBlock(rlp: bytes.rawSpan), try SequencedBlock.blockHash(ofBlock: bytes.rawSpan))
      } catch {
        throw .malformedBlock(error)
      }
    case .rollup(let block):
      throw .notNext(block: block.number, reason: "it is a rollup's, and this chain was imported")
    }
  }

  /// The result of the block before, once it is known that this block may come next.
  private func parent(of block: EthereumBlock, in view: ProjectionView) throws(FoldError) -> BlockResult {
    let number = block.header.number
    guard number > 0, let parent = try Self.result(of: number - 1, withReceipts: false, in: view) else {
      throw .notNext(block: number, reason: "there is no block before it")
    }
    guard try Self.hash(of: number, in: view) == nil else {
      throw .notNext(block: number, reason: "there is a block of this number already")
    }
    let parentHash = try Self.hash(of: number - 1, in: view) ?? .zero
    do {
      try headerRules.validate(block.header, parent: parent.header, parentHash: parentHash)
    } catch { throw .header(error) }
    return parent
  }

  /// Writes what a block changed, in the order of keys: that of what was read `before`.
  func put(_ state: StateCommitment, over before: StoredBefore, in view: ProjectionView) throws(FoldError) {
    for change in state.accounts {
      if let account = change.account {
        if let entry = before.state.entry(of: change.key) {
          view.batch.put(account.row().rawSpan, in: entry)
        } else {
          view.put(Self.accounts, change.key, account.row())
        }
      } else {
        view.delete(Self.accounts, change.key)
      }
      if change.clearsStorage { try deleteStorage(of: change.key, in: view) }
      try putStorage(of: change, over: before, in: view)
    }
    try put(state.nodeChanges, of: nil, over: before.nodes, in: view)
    for entry in state.code { view.put(Self.code, entry.hash, entry.code) }
  }

  private func putStorage(
    of change: StateCommitment.AccountChange, over before: StoredBefore, in view: ProjectionView
  ) throws(FoldError) {
    for slot in change.storage {
      let key = Self.storageKey(account: change.key, slot: slot.key)
      if slot.value.isZero { view.delete(Self.storage, key) } else { view.put(Self.storage, key, slot.encodedValue) }
    }
    if !change.storageNodeChanges.isEmpty {
      try put(change.storageNodeChanges, of: change.key, over: before.nodes, in: view)
    }
  }

  /// Writes what changed in the account trie, or in the storage trie of an account.
  private func put(
    _ changes: NodeChanges, of owner: Hash256?, over before: StoredNodes, in view: ProjectionView
  ) throws(FoldError) {
    let table = owner == nil ? Self.accountNodes : Self.storageNodes
    try Self.rows { () throws(TableReadError) in
      try changes.forEach(
        removed: { path throws(TableReadError) in
          path.withStorageKey(behind: owner) { view.batch.delete(table, key: $0) }
        },
        { path, node, shape throws(TableReadError) in
          if shape == .leaf && !path.isRoot { return }
          if let entry = before.entry(of: path, of: owner) {
            let header = view.batch.read(entry) { shape.leaves(of: node, after: $0) }
            return view.batch.put(NodeRow.make(header, node).rawSpan, in: entry)
          }
          // Nobody asked for it before.
          try path.withStorageKey(behind: owner) { (key: RawSpan) throws(TableReadError) -> Void in
            let header = try view.read(table, key) { shape.leaves(of: node, after: $0) }
            view.batch.put(table, key: key, value: NodeRow.make(header, node).rawSpan)
          }
        })
    }
  }

  private func deleteStorage(of account: Hash256, in view: ProjectionView) throws(FoldError) {
    let prefix = account.bytes
    try Self.rows { () throws(TableReadError) in
      try view.deleteAll(Self.storage, withPrefix: prefix.rawSpan)
      try view.deleteAll(Self.storageNodes, withPrefix: prefix.rawSpan)
    }
  }

  private func result(
    of block: EthereumBlock, hash: Hash256, _ event: BlockSequenced, _ commitment: BlockCommitment
  ) -> BlockResult {
    let differences = commitment.computed.differences(from: block.header)
    return BlockResult(
      header: block.header, batchIndex: event.batchIndex, indexInBatch: event.indexInBatch,
      stateRoot: commitment.state.root,
      computedHash: differences.isEmpty ? hash : commitment.computed.header(from: block.header).hash,
      differences: differences, receipts: commitment.receipts.map { $0.encode(withBloom: false) })
  }

  /// Writes what a block gave, and its hash as sequenced.
  func put(_ result: BlockResult, hash: Hash256, in view: ProjectionView) {
    let key = Self.key(result.header.number)
    view.put(Self.results, key, result.encode())
    view.put(Self.hashes, key, hash.bytes)
  }
}
