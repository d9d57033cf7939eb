import Primitives
package import Rollup
package import StateTransition

extension RollupView {
  /// Takes the ledger's next canonical fact.
  package mutating func apply(_ event: Event, archive: inout StateArchive) throws(ViewError) {
    if case .l1BlockAppended(let appended) = event { beginBlock(appended, archive: &archive) }
    noteOrder(event)
    noteSettlement(event)
    let steps: [DerivationStep]
    do { steps = try derivation.apply(event, storage: &storage) } catch { throw .derivation(error) }
    for step in steps {
      switch step {
      case .rejected(let rejection): rejections.append(rejection)
      case .block(let block): try execute(block, archive: &archive)
      }
    }
    noteSafeHead()
  }

  private mutating func beginBlock(_ appended: L1BlockAppended, archive: inout StateArchive) {
    // Derivation refuses a malformed header just after.
    guard let header = try? BlockHeader(rlp: appended.header.rawSpan) else { return }
    let id = BlockID(number: header.number, hash: archive.add(header: appended.header))
    begin(L1Entry(id: id, timestamp: header.timestamp, safeHead: safeHead))
  }

  private mutating func execute(_ block: DerivedBlock, archive: inout StateArchive) throws(ViewError) {
    guard let parent = result(of: block.block.number - 1) else { return }
    let calls = block.messages.map { InboxCall(messages[Int($0)].message) }
    let context = RollupBlockContext(
      block.block.order, messages: calls, parent: parent.header, parentHash: parent.hash,
      settings: settings(atL1Block: block.block.l1Origin.number).execution,
      batchIndex: block.cursor.batchIndex, indexInBatch: block.cursor.indexInBatch)
    do {
      let (header, hash, fates) = try archive.execute(
        context, messages: calls, transactions: block.block.transactions, after: parent.header)
      let result = ExecutedBlock.Result(
        header: header, hash: hash, claim: context.claim(of: header, hash: hash), fates: fates)
      blocks.append(ExecutedBlock(derived: block, context: context, messages: calls, result: result))
      if block.isForced {
        forcedBlocks.append(ForcedBlock(number: block.block.number, l1Block: block.block.l1Origin.number + 1))
      }
    } catch { throw .execution(block: block.block.number, error) }
  }
}

// Inbox, batches, settings.
extension RollupView {
  private mutating func noteOrder(_ event: Event) {
    let l1Block = current.id.number
    switch event {
    case .messageDelivered(let message): messages.append(MessageEntry(message: message, l1Block: l1Block))
    case .sequencerBatchDelivered(let batch):
      let deadline = l1Block.saturatingSum(currentSettings.sequencingWindow)
      let content = BatchEntry.Content.blocks(
        count: batch.lastBlock - batch.firstBlock + 1, dataHash: batch.dataHash,
        dataL1Block: batch.data == .present ? l1Block : nil, dataDeadline: deadline)
      batches.append(BatchEntry(content: content, l1Block: l1Block, messagesConsumed: batch.messagesConsumed))
    case .batchDataDelivered(let data): noteData(ofBatch: data.batchIndex, l1Block)
    case .blockSequenced(let sequenced): note(sequenced)
    case .forceIncluded(let forced):
      batches.append(
        BatchEntry(
          content: .forced(lastMessage: forced.lastMessage), l1Block: l1Block,
          messagesConsumed: forced.lastMessage + 1))
    case .configUpdated(let update): change(update.update, l1Block)
    default: break
    }
  }

  private mutating func noteData(ofBatch index: UInt64, _ l1Block: UInt64) {
    guard index > 0, index <= UInt64(batches.count) else { return }
    if case .blocks(let count, let hash, _, let deadline) = batches[Int(index) - 1].content {
      batches[Int(index) - 1].content = .blocks(
        count: count, dataHash: hash, dataL1Block: l1Block, dataDeadline: deadline)
    }
  }

  private mutating func note(_ sequenced: BlockSequenced) {
    let index = Int(sequenced.batchIndex) - 1
    guard batches.indices.contains(index), case .rollup(let block) = sequenced.block else { return }
    batches[index].data.append(block)
  }

  private mutating func change(_ update: ConfigUpdate, _ l1Block: UInt64) {
    var next = settings[settings.count - 1]
    next.from = l1Block
    next.settings.apply(update)
    next.execution.apply(update)
    settings.append(next)
  }
}
