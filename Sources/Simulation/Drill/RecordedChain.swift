import Primitives
package import Rollup

/// A chain that somebody has exported or stored, for drills: its headers are L1's, and its transactions are what users
/// send.
package struct RecordedChain: Sendable {
  private let headers: [BlockHeader]
  private let transactions: [[UInt8]]

  /// How many transactions there are before each block's.
  private let starts: [Int]

  /// Where the rollup's contract is: an address of which no filter of the chain may hold a log that a verdict asks for.
  let contract: Address

  /// As many are different from each other at least: more than any block of a drill has.
  private static let leastTransactions = 32

  /// Takes blocks of which each extends the one before, with the body that its header commits to. O(blocks +
  /// transactions).
  package init(_ blocks: [EthereumBlock]) throws(UnfitChain) {
    let headers = blocks.map(\.header)
    var (transactions, starts): ([[UInt8]], [Int]) = ([], [])
    for block in blocks {
      starts.append(transactions.count)
      transactions += block.transactions
    }
    let count = Set(transactions).count
    guard count >= Self.leastTransactions else {
      throw UnfitChain(reason: "it has \(count) transactions, and a drill takes \(Self.leastTransactions) at least")
    }
    guard zip(headers, headers.dropFirst()).allSatisfy({ $0.timestamp < $1.timestamp }),
      headers.allSatisfy({ max($0.number, $0.timestamp) < 1 << 48 })
    else { throw UnfitChain(reason: "its times do not ascend, or are beyond measure") }
    let addresses = (0..<256 as Range<UInt32>).lazy.map { Address(0x6161, 0x6161, $0) }
    guard let contract = addresses.first(where: { address in headers.allSatisfy { $0.hasNothing(of: address) } }) else {
      throw UnfitChain(reason: "its filters are so full that a contract's silence cannot be read off them")
    }
    (self.headers, self.transactions, self.starts, self.contract) = (headers, transactions, starts, contract)
  }

  package var blockCount: Int { headers.count }

  /// The header at an index, block 0 of the file at 0. Behind its end the chain begins again, later by its whole
  /// length.
  func header(at index: Int) -> BlockHeader {
    var header = headers[index % headers.count]
    let length = headers[headers.count - 1].timestamp - headers[0].timestamp + 12
    header.timestamp += UInt64(index / headers.count) * length
    return header
  }

  /// The place of the first transaction from a block on.
  func firstTransaction(fromBlock index: Int) -> Int { starts[index] }

  /// The transaction at a place of the stream, which has no end.
  func transaction(at place: Int) -> [UInt8] { transactions[place % transactions.count] }
}

extension BlockHeader {
  /// Whether the filter excludes that the contract said what a verdict asks for.
  fileprivate func hasNothing(of contract: Address) -> Bool {
    !logsBloom.mayContain(contract, topic: EventKind.forceIncluded.logTopic)
      && !logsBloom.mayContain(contract, topic: EventKind.configUpdated.logTopic)
  }
}

/// Why no drill can be played over a chain.
package struct UnfitChain: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package var description: String { reason }
}
