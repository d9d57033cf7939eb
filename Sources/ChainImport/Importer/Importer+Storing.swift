import EventStore
import Primitives
import Rollup

extension Importer {
  /// Keeps a block for which something vouches.
  mutating func vouch(for block: FollowedBlock) throws(ImportError) {
    try keep(block)
    if block.id.number > anchored.number { anchored = block.id }
  }

  /// Stores a block, or counts it as known.
  mutating func keep(_ block: FollowedBlock) throws(ImportError) {
    guard let unstored = block.unstored else {
      if block.source != nil { report.knownBlocks += 1 }
      return
    }
    if unstored.number <= tip.number { try leaveBranch(for: unstored) }
    group.append(recorder.record(unstored))
    groupBytes += unstored.bytes.count
    if group.count >= options.blocksPerCommit || groupBytes >= options.bytesPerCommit { try commit() }
  }

  /// Revokes stored blocks from this one's number on: they rest on nothing but themselves.
  private mutating func leaveBranch(for block: ImportedBlock) throws(ImportError) {
    let parent = try reading { () throws(ReadError) in try log.block(block.number - 1) }
    guard let parent else {
      throw ImportError(.outOfSequence(found: block.number), block: block.number, source: block.source)
    }
    do {
      try log.appendReorg(oldTip: tip, newTip: block.id, commonAncestor: parent.id)
    } catch {
      throw ImportError(.append(error), block: block.number)
    }
    report.replaced = tip
    recorder = try reading { () throws(ReadError) in try LedgerRecorder(after: parent, in: log) }
    tip = parent.id
  }

  /// Stores the gathered blocks in one commit.
  mutating func commit() throws(ImportError) {
    guard let last = group.last else { return }
    do {
      let appended = try log.appendBlocks(group)
      report.storedBlocks += UInt64(appended.newCount)
    } catch {
      throw ImportError(.append(error), block: group[0].number)
    }
    tip = BlockID(number: last.number, hash: last.hash)
    group.removeAll(keepingCapacity: true)
    groupBytes = 0
    progress.storedBlocks = report.storedBlocks
    try showProgress()
  }

  func showProgress(every interval: UInt64 = 1) throws(ImportError) {
    guard progress.block % interval == 0 else { return }
    guard shouldContinue(progress) else { throw ImportError(.cancelled) }
  }

  /// The end of the files: the last block is kept as `--head` says, or for want of better on its own word.
  consuming func finish() throws(ImportError) -> ImportReport {
    do {
      try keepLast()
    } catch {
      try keepWhatIsSound(after: error)
    }
    try settle()
    report.head = tip
    report.finalized = finalized
    return report
  }

  private mutating func keepLast() throws(ImportError) {
    guard let last = followed else { return }
    guard let head = options.head else {
      try keep(last)
      return
    }
    guard head == last.hash else {
      throw ImportError(.headMismatch(hash: last.hash, head: head), block: last.header.number, source: last.source)
    }
    try vouch(for: last)
  }

  /// Stores what was vouched for before the import failed, and then fails as it did.
  mutating func keepWhatIsSound(after error: ImportError) throws(ImportError) {
    if case .cancelled = error.reason { throw error }
    try? settle()
    var error = error
    error.storedTip = tip.number
    throw error
  }

  /// Commits, and records up to where the chain is final.
  private mutating func settle() throws(ImportError) {
    try commit()
    guard anchored.number > finalized.number else { return }
    let event = Event.l1Finalized(L1Finalized(block: anchored))
    do {
      try log.append([NewRecord(event, at: .observed(at: tip.number))])
    } catch {
      throw ImportError(.append(error))
    }
    finalized = anchored
  }
}
