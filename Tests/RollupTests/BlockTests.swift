import Hashing
import Primitives
import Rollup
import StateTrie
import TestSupport
import Testing

@Suite("Ethereum blocks")
struct BlockTests {
  @Test("headers of every shape decode to what was encoded", arguments: BlockHeader.Shape.allCases)
  func shapes(shape: BlockHeader.Shape) throws {
    let header = BlockTests.header(shape)
    #expect(header.shape == shape)
    #expect(try BlockHeader(rlp: header.encode().rawSpan) == header)
  }

  @Test("a header without some fields in between has no shape")
  func holes() {
    var header = BlockTests.header(.prague)
    header.baseFeePerGas = nil
    #expect(header.shape == nil)
    header = BlockTests.header(.cancun)
    header.parentBeaconBlockRoot = nil
    #expect(header.shape == nil)
  }

  @Test("headers with any other number of fields are refused")
  func fieldCounts() throws {
    let items = try BlockTests.items(of: BlockTests.header(.prague).encode())
    #expect(items.count == 21)
    for count in 0...22 {
      let bytes = BlockTests.list(Array((items + [[0x80]]).prefix(count)))
      let isShape = [15, 16, 17, 20, 21].contains(count)
      #expect(((try? BlockHeader(rlp: bytes.rawSpan)) != nil) == isShape, "\(count) fields")
    }
  }

  @Test("bytes that decode to a block are the only ones that encode it", arguments: BlockHeader.Shape.allCases)
  func canonical(shape: BlockHeader.Shape) {
    let block = BlockTests.block(shape)
    let bytes = block.encode()
    for index in bytes.indices {
      for bit in [0, 6, 7] {
        var changed = bytes
        changed[index] ^= 1 << bit
        guard let decoded = try? EthereumBlock(rlp: changed.rawSpan) else { continue }
        #expect(decoded.encode() == changed, "byte \(index) bit \(bit)")
        #expect(decoded != block, "byte \(index) bit \(bit)")
      }
    }
  }

  @Test("the size is that of the encoding, whatever the parts are", arguments: BlockHeader.Shape.allCases)
  func size(shape: BlockHeader.Shape) {
    var block = BlockTests.block(shape)
    #expect(block.encodedByteCount == block.encode().count)
    block.uncles = []
    block.transactions = [[]]
    #expect(block.encodedByteCount == block.encode().count)
    for first in [0x01, 0x7f, 0x80, 0xbf, 0xc0, 0xf9] as [UInt8] {
      for length in [1, 2, 54, 55, 56, 57, 254, 255, 256, 257, 65_534, 65_535, 65_536] {
        block.transactions = [[first] + [UInt8](repeating: 3, count: length - 1)]
        #expect(block.encodedByteCount == block.encode().count, "\(length) bytes from \(first) on")
      }
    }
    if block.withdrawals != nil {
      let withdrawal = Withdrawal(index: .max, validatorIndex: 0, address: .zero, amount: 1 << 40)
      block.withdrawals = [Withdrawal](repeating: withdrawal, count: 2000)
      #expect(block.encodedByteCount == block.encode().count)
    }
  }

  @Test("a block cut anywhere, or continued, is refused", arguments: BlockHeader.Shape.allCases)
  func length(shape: BlockHeader.Shape) {
    let bytes = BlockTests.block(shape).encode()
    for length in bytes.indices {
      #expect(throws: RLPError.self) { try EthereumBlock(rlp: Array(bytes.prefix(length)).rawSpan) }
    }
    #expect(throws: RLPError.self) { try EthereumBlock(rlp: (bytes + [0]).rawSpan) }
  }

  @Test("withdrawals are there exactly when the header has their root")
  func withdrawals() {
    var block = BlockTests.block(.shanghai)
    block.withdrawals = nil
    #expect(throws: RLPError.self) { try EthereumBlock(rlp: block.encode().rawSpan) }
    block = BlockTests.block(.london)
    block.withdrawals = []
    #expect(throws: RLPError.self) { try EthereumBlock(rlp: block.encode().rawSpan) }
  }

  @Test("a body that is not the header's is named by its part")
  func body() throws {
    var block = BlockTests.block(.prague)
    try block.checkBody()
    let good = block
    block.transactions[0][1] ^= 1
    #expect(try part(of: block) == .transactions)
    block = good
    block.uncles.removeAll()
    #expect(try part(of: block) == .uncles)
    block = good
    block.withdrawals?[0].amount += 1
    #expect(try part(of: block) == .withdrawals)
  }

  @Test("an envelope that is no transaction type is refused", arguments: [[], [0x80], [0xbf, 1]] as [[UInt8]])
  func envelopes(envelope: [UInt8]) {
    var block = BlockTests.block(.frontier)
    block.transactions = [envelope]
    #expect(throws: RLPError.self) { try EthereumBlock(rlp: block.encode().rawSpan) }
  }

  private func part(of block: EthereumBlock) throws -> BlockBodyError.Part {
    try #require(throws: BlockBodyError.self) { try block.checkBody() }.part
  }

  private static func header(_ shape: BlockHeader.Shape) -> BlockHeader {
    var header = Samples.header
    if shape >= .london { header.baseFeePerGas = 7 }
    if shape >= .shanghai { header.withdrawalsRoot = Trie.emptyRoot }
    if shape >= .cancun {
      header.blobGasUsed = 131_072
      header.excessBlobGas = 0
      header.parentBeaconBlockRoot = Samples.hash(0x71)
    }
    if shape >= .prague { header.requestsHash = Samples.hash(0x72) }
    return header
  }

  /// A block of two transactions and an uncle whose header fits its body.
  private static func block(_ shape: BlockHeader.Shape) -> EthereumBlock {
    let transactions: [[UInt8]] = [[0x02, 0xc1, 0x05], [0xc2, 0x07, 0x08]]
    var block = EthereumBlock(header: header(shape), transactions: transactions, uncles: [Samples.header])
    if shape >= .shanghai {
      block.withdrawals = [Withdrawal(index: 1, validatorIndex: 2, address: Samples.address(3), amount: 4)]
    }
    let roots = block.bodyRoots
    block.header.transactionsRoot = roots.transactionsRoot
    block.header.ommersHash = roots.ommersHash
    block.header.withdrawalsRoot = roots.withdrawalsRoot
    return block
  }

  private static func items(of list: [UInt8]) throws -> [[UInt8]] {
    var reader = RLPReader(list.rawSpan)
    var fields = try reader.readList()
    var items = [[UInt8]]()
    while !fields.isAtEnd { items.append(try fields.readRawItem().bytes) }
    return items
  }

  private static func list(_ items: [[UInt8]]) -> [UInt8] {
    var writer = RLPWriter()
    writer.list { list in
      for item in items { list.appendRaw(item) }
    }
    return writer.bytes
  }
}
