import EventStore
import Primitives
import Rollup
import TestSupport
import Testing

@Suite("Revoked blocks")
struct RevokedBlockTests {
  @Test("whether a block was revoked is known of every block, after reorganisations of any depth, one over the other")
  func model() throws {
    var random = SeededGenerator()
    try withLog { log, _ in
      var (chain, known, revoked): ([NewBlock], [NewBlock], Set<BlockID>) = ([], [], [])
      try log.fill(2)
      func append(_ count: Int, fork: UInt8) throws {
        for _ in 0..<count {
          let block = l1Block(UInt64(chain.count + 1), fork: fork, records: Int(random.next() % 4) + 1)
          try log.appendBlocks([block])
          chain.append(block)
          known.append(block)
        }
      }
      try append(3, fork: 0)
      for fork in 1...60 as ClosedRange<UInt8> {
        let depth = Int(random.next() % UInt64(min(chain.count, 9)))
        if depth > 0 {
          let ancestor = chain[chain.count - depth - 1].id
          let tip = l1Block(ancestor.number + 1, fork: fork).id
          try log.appendReorg(oldTip: chain[chain.count - 1].id, newTip: tip, commonAncestor: ancestor)
          revoked.formUnion(chain.suffix(depth).map(\.id))
          chain.removeLast(depth)
        }
        // Sometimes a branch that was left comes back.
        try append(Int(random.next() % 5) + 1, fork: fork % 3 == 0 ? fork - 1 : fork)
        if fork % 7 == 0 {
          let seen = NewRecord(.l1Finalized(L1Finalized(block: chain[0].id)), at: .observed(at: chain[0].number))
          try log.append([seen])
        }
      }
      #expect(revoked.count > 50, "seed \(random.seed)")
      for id in Set(known.map(\.id)) {
        #expect(try log.hasRevoked(id) == revoked.contains(id), "block \(id), seed \(random.seed)")
        let other = BlockID(number: id.number, hash: Hash256(1, 2, 3, 4))
        #expect(try !log.hasRevoked(other), "seed \(random.seed)")
      }
    }
  }

  @Test("it is known after as many records as the logarithm of those that were revoked at that height")
  func reads() throws {
    try withLog { log, _ in
      func reorganise(_ blocks: ClosedRange<UInt64>, records: Int, from fork: UInt8, to other: UInt8) throws
        -> [NewBlock]
      {
        let branch = blocks.map { l1Block($0, fork: fork, records: records) }
        for block in branch { try log.appendBlocks([block]) }
        let ancestor = try #require(try log.block(blocks.lowerBound - 1)?.id)
        let next = l1Block(blocks.lowerBound, fork: other)
        try log.appendReorg(oldTip: branch[branch.count - 1].id, newTip: next.id, commonAncestor: ancestor)
        return branch
      }
      for number in 1...100 as ClosedRange<UInt64> { try log.appendBlocks([l1Block(number)]) }
      let deep = try reorganise(101...164, records: 32, from: 1, to: 0)
      for number in 101...200 as ClosedRange<UInt64> { try log.appendBlocks([l1Block(number)]) }
      // Many others, at other heights.
      for fork in 1...20 as ClosedRange<UInt8> { _ = try reorganise(201...204, records: 32, from: fork, to: fork + 1) }
      for block in deep {
        let found = try log.searchRevoked(for: block.id)
        // 2,048 records, and the one that is found.
        #expect(found.isThere && found.reads <= 13, "block \(block.id.number): \(found.reads) records")
        let other = try log.searchRevoked(for: BlockID(number: block.number, hash: .zero))
        #expect(!other.isThere && other.reads <= 13, "block \(block.id.number): \(other.reads) records")
      }
      let never = try log.searchRevoked(for: l1Block(50).id)
      #expect(!never.isThere && never.reads == 0)
    }
  }
}
