import Foundation
import Primitives
import StateTrie
import Testing
import TestSupport

@Suite("Ordered roots")
struct OrderedRootTests {
  @Test("an ordered root is that of the trie with the RLP of each index as key, around every change of key length")
  func sizes() {
    for count in [0, 1, 2, 3, 126, 127, 128, 129, 130, 255, 256, 257, 300] {
      let items = (0..<count).map { [UInt8](repeating: UInt8($0 & 0xff), count: 1 + $0 % 50) }
      var world: [NibblePath: [UInt8]] = [:]
      for (index, item) in items.enumerated() {
        var writer = RLPWriter()
        writer.append(UInt64(index))
        world[NibblePath(key: writer.bytes)] = item
      }
      #expect(Trie.orderedRoot(of: items) == NaiveTrie(world).root, "\(count) items")
    }
  }

  @Test("transaction roots of every block of hive's chain", .enabled(if: Vectors.isExpected("chains")))
  func hiveChain() throws {
    guard let suite = try Vectors.directory("chains") else { return }
    let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(suite)/hive-devp2p/halfchain.rlp")))
    var blocks = RLPReader(file.rawSpan)
    var withTransactions = 0
    while !blocks.isAtEnd {
      let block = blocks.remainingByteCount
      var fields = try blocks.readList()
      var header = try fields.readList()
      for _ in 0..<4 { _ = try header.readRawItem() }
      let claimed = try header.readHash256()
      var list = try fields.readList()
      var transactions: [[UInt8]] = []
      while !list.isAtEnd {
        // A legacy transaction is a list and stands as it is; a typed one is a string around its envelope.
        transactions.append(list.peekIsList ? try list.readRawItem().bytes : try list.readBytes().bytes)
      }
      if !transactions.isEmpty { withTransactions += 1 }
      #expect(Trie.orderedRoot(of: transactions) == claimed, "block \(block) bytes before the end")
    }
    #expect(withTransactions == 100)
  }
}
