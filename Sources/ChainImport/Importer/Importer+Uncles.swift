import EventStore
import Primitives
import Rollup
import StateTransition

extension Importer {
  /// Holds the uncles of the next block against the blocks before it, those of the files first, then those of the store.
  func checkUncles(of block: ImportedBlock) throws(ImportError) {
    if block.content.uncles.isEmpty { return }
    var ancestors = ancestors
    while ancestors.count < UncleRules.ancestorCount {
      let reached = ancestors.last?.header.number ?? block.number
      guard reached > 0, let stored = try storedAncestor(reached - 1) else { break }
      ancestors.append(stored)
    }
    do {
      try UncleRules(forks: rules.forks).validate(block.content.uncles, of: block.header, ancestors: ancestors)
    } catch {
      throw ImportError(.block(error), block: block.number, source: block.source)
    }
  }

  /// Keeps of a block what the uncles of later ones are held against.
  mutating func remember(_ block: ImportedBlock) {
    if ancestors.count == UncleRules.ancestorCount { ancestors.removeLast() }
    ancestors.insert(
      UncleRules.Ancestor(header: block.header, hash: block.hash, uncles: block.content.uncles.map(\.hash)), at: 0)
  }

  private func storedAncestor(_ number: UInt64) throws(ImportError) -> UncleRules.Ancestor? {
    guard let stored = try reading({ () throws(ReadError) in try log.block(number) }) else { return nil }
    var header: BlockHeader?
    var uncles: [Hash256] = []
    var position = stored.positions.lowerBound
    while position < stored.positions.upperBound {
      let event = try reading { () throws(ReadError) in try log.record(at: position).event() }
      switch event {
      case .l1BlockAppended(let event): header = try? BlockHeader(rlp: event.header.rawSpan)
      case .blockSequenced(let event):
        guard case .ethereum(let bytes) = event.block, let block = try? EthereumBlock(rlp: bytes.rawSpan) else { break }
        uncles = block.uncles.map(\.hash)
      default: break
      }
      position = position.next
    }
    return header.map { UncleRules.Ancestor(header: $0, hash: stored.id.hash, uncles: uncles) }
  }
}
