import L1
import Primitives
import Projections
import Rollup

/// A node's log of L1, as far as it is canonical.
struct SimulatedLedger {
  struct Block {
    var id: BlockID

    /// `L1BlockAppended`, and what the contract said.
    var facts: [Fact]

    /// `CanonicalAccumulator` after the block.
    var canonicalAcc: Hash256
  }

  private(set) var blocks: [Block] = []
  private(set) var finalized: UInt64 = 0

  /// A planted bug: the node passes over an event.
  var skipsEvent: ((Event) -> Bool)?

  func block(_ number: UInt64) -> Block? {
    number < UInt64(blocks.count) ? blocks[Int(number)] : nil
  }

  var canonicalAcc: Hash256 { blocks.last?.canonicalAcc ?? .zero }

  /// Makes one record of what is new on L1: a reorganisation, a block, or finality.
  ///
  /// - Returns: false when there is nothing new.
  mutating func append(from chain: EmbeddedChain) -> Bool {
    if let last = blocks.last, chain.block(hash: last.id.hash) == nil {
      while let last = blocks.last, chain.block(hash: last.id.hash) == nil { blocks.removeLast() }
      return true
    }
    if let next = chain.block(number: UInt64(blocks.count)) {
      blocks.append(record(next.block))
      return true
    }
    guard chain.finalizedNumber > finalized else { return false }
    finalized = chain.finalizedNumber
    return true
  }

  private func record(_ block: L1Block) -> Block {
    let appended = L1BlockAppended(
      header: block.rawHeader, canonicalAccBefore: canonicalAcc, completeness: block.completeness)
    let first = L1Coordinates(blockNumber: block.number, transactionIndex: 0, logIndex: 0)
    var facts = [Fact(coordinates: first, event: .l1BlockAppended(appended))]
    for fact in block.facts where skipsEvent?(fact.event) != true {
      facts.append(Fact(coordinates: fact.coordinates, event: fact.event))
    }
    var accumulator = CanonicalAccumulator(before: canonicalAcc)
    for fact in facts { accumulator.add(fact.event.kind, fact.event.encode().rawSpan) }
    return Block(id: block.id, facts: facts, canonicalAcc: accumulator.value(blockHash: block.hash))
  }
}
