import EventStore
import Primitives
import Rollup
import StateTransition

extension Importer {
  /// Reads a file to its end.
  mutating func read(_ path: String) throws(ImportError) {
    let bytesBefore = progress.bytesRead
    var file = try open(path)
    var isFirst = true
    while let raw = try nextBlock(of: &file) {
      let block = try ImportedBlock(raw, path: path, expected: isFirst ? nil : expectedNumber)
      if isFirst { try begin(at: block) }
      isFirst = false
      try follow(block)
      progress.block = block.number
      progress.bytesRead = bytesBefore + file.offset
      try showProgress(every: 64)
    }
  }

  private func open(_ path: String) throws(ImportError) -> ChainFile {
    do {
      return try ChainFile(path: path)
    } catch {
      throw ImportError(error)
    }
  }

  private func nextBlock(of file: inout ChainFile) throws(ImportError) -> ChainFile.RawBlock? {
    do {
      return try file.next()
    } catch {
      throw ImportError(error, block: expectedNumber)
    }
  }

  /// A file may begin before the last one ended. Then what that one ended with is stored, and the chain is followed anew from
  /// the stored block on which this file builds.
  private mutating func begin(at block: ImportedBlock) throws(ImportError) {
    guard let last = followed, block.number <= last.header.number else { return }
    try keep(last)
    try commit()
    followed = nil
    ancestors.removeAll()
  }

  /// The number that the next block has; nil while the files have not said where they begin.
  private var expectedNumber: UInt64? {
    followed.map { $0.header.number + 1 }
  }

  /// Takes the next block of the files.
  ///
  /// First it is held against its parent; if it names it, the parent is vouched for and kept, whatever is wrong with the
  /// block itself.
  private mutating func follow(_ block: ImportedBlock) throws(ImportError) {
    if block.number == 0, followed == nil {
      try block.checkBody()
      followed = try known(block)
      remember(block)
      return
    }
    let parent = try parent(of: block)
    try checkLink(from: block, to: parent)
    try vouch(for: parent)
    do {
      try rules.validate(block.header, parent: parent.header, parentHash: parent.hash)
    } catch {
      throw ImportError(.header(error), block: parent.header.number + 1, source: block.source)
    }
    try block.checkBody()
    try checkUncles(of: block)
    followed = try known(block)
    remember(block)
  }

  /// The block before, of the files or of the store.
  private func parent(of block: ImportedBlock) throws(ImportError) -> FollowedBlock {
    if let followed {
      guard block.number == followed.header.number + 1 else {
        throw ImportError(
          .outOfSequence(found: block.number), block: followed.header.number + 1, source: block.source)
      }
      return followed
    }
    guard block.number > 0, let header = try storedHeader(block.number - 1) else {
      throw ImportError(.outOfSequence(found: block.number), block: tip.number + 1, source: block.source)
    }
    return header
  }

  private func checkLink(from block: ImportedBlock, to parent: FollowedBlock) throws(ImportError) {
    guard block.header.parentHash != parent.hash else { return }
    // What is final is not at fault: the header rules name the block that does not fit.
    guard parent.header.number > anchored.number else { return }
    throw ImportError(
      .unlinked(hash: parent.hash, next: block.number, parentHash: block.header.parentHash),
      block: parent.header.number, source: parent.source ?? block.source)
  }

  /// The block as it is to be followed: as stored, if the store has it.
  private func known(_ block: ImportedBlock) throws(ImportError) -> FollowedBlock {
    var unstored: ImportedBlock? = block
    if block.number <= tip.number, let stored = try reading({ () throws(ReadError) in try log.block(block.number) }) {
      if stored.id.hash == block.hash {
        unstored = nil
      } else if block.number <= anchored.number {
        throw ImportError(
          .conflict(stored: stored.id.hash, given: block.hash), block: block.number, source: block.source)
      }
    }
    return FollowedBlock(header: block.header, hash: block.hash, source: block.source, unstored: unstored)
  }

  /// A stored block, by its header; nil when the store has none of this number.
  private func storedHeader(_ number: UInt64) throws(ImportError) -> FollowedBlock? {
    guard let stored = try reading({ () throws(ReadError) in try log.block(number) }) else { return nil }
    let record = try reading { () throws(ReadError) in try log.record(at: stored.positions.lowerBound) }
    let event = try reading { () throws(ReadError) in try record.event() }
    guard case .l1BlockAppended(let appended) = event, let header = try? BlockHeader(rlp: appended.header.rawSpan)
    else {
      throw ImportError(.foreignRecord(record.position, "is no L1 block of an import"), block: number)
    }
    return FollowedBlock(header: header, hash: stored.id.hash, source: nil, unstored: nil)
  }
}

/// Runs a read of the log inside an import.
func reading<Value>(_ body: () throws(ReadError) -> Value) throws(ImportError) -> Value {
  do {
    return try body()
  } catch {
    throw ImportError(.read(error))
  }
}
