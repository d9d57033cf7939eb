package import Primitives
import Rollup
package import StateTransition

// What users ask. Every answer is of the rows that the view has: of the newest L1 block that was folded, or of an earlier
// one where history is kept.
extension QueryIndex {
  /// One place of a transaction in the order.
  package struct Inclusion: Equatable, Sendable {
    package let block: UInt64

    /// Among the block's messages and transactions.
    package let index: UInt64
    package let transaction: IndexedTransaction
  }

  /// Every place that a transaction has in the order, the oldest first. None for one that L1 does not have.
  package static func inclusions(of hash: Hash256, in view: ProjectionView) throws(FoldError) -> [Inclusion] {
    let rows: [(key: [UInt8], row: IndexedTransaction)] = try view.rows(transactions, prefix: hash.bytes)
    return rows.map { key, row in
      let (block, index) = place(in: key)
      return Inclusion(block: block, index: index, transaction: row)
    }
  }

  /// One line of an address's history.
  package struct AddressEntry: Equatable, Sendable {
    package let block: UInt64
    package let index: UInt64
    package let roles: AddressRoles

    /// Of the transaction.
    package let hash: Hash256
  }

  /// The transactions that an address sent or received, or that made it, the oldest first.
  package static func entries(of address: Address, in view: ProjectionView) throws(FoldError) -> [AddressEntry] {
    var entries: [AddressEntry] = []
    var isDamaged = false
    try view.scan(addresses, from: address.bytes) { key, value in
      guard key.hasPrefix(address.bytes.rawSpan) else { return false }
      guard key.byteCount == Address.byteCount + 16, value.byteCount == 1 + Hash256.byteCount else {
        isDamaged = true
        return false
      }
      let (block, index) = place(in: key.bytes)
      entries.append(
        AddressEntry(
          block: block, index: index, roles: AddressRoles(rawValue: value.byte(at: 0)),
          hash: Hash256(value.extracting(1..<value.byteCount))))
      return true
    }
    if isDamaged { throw .rows(TableReadError(table: addresses, reason: "a row is not what was written")) }
    return entries
  }

  /// Nil when there is no such block, and for genesis.
  package static func block(_ number: UInt64, in view: ProjectionView) throws(FoldError) -> IndexedBlock? {
    try view.row(blocks, ProposerState.key(number))
  }

  /// Nil when the inbox has no such message.
  package static func message(_ index: UInt64, in view: ProjectionView) throws(FoldError) -> IndexedMessage? {
    try view.row(inbox, ProposerState.key(index))
  }

  /// An output, its index and the block that it is about.
  package struct CoveringOutput: Equatable, Sendable {
    package let index: UInt64
    package let block: UInt64
    package let output: IndexedOutput
  }

  /// The outputs that say something about a block, by the block that each is about: those about it and about later ones, up
  /// to the first that is final. O(outputs that are not).
  package static func outputs(
    covering block: UInt64, in view: ProjectionView
  ) throws(FoldError) -> [CoveringOutput] {
    var found: [CoveringOutput] = []
    try view.scanRows(outputs, from: ProposerState.key(block)) { (key, output: IndexedOutput) in
      let (block, index) = place(in: key.bytes)
      found.append(CoveringOutput(index: index, block: block, output: output))
      return !output.isFinal
    }
    return found
  }

  /// The newest L1 block.
  package static func now(in view: ProjectionView) throws(FoldError) -> L1Moment? {
    try view.row(clock, OrderTables.onlyKey)
  }

  /// The two numbers that end a key.
  private static func place(in key: [UInt8]) -> (UInt64, UInt64) {
    let bytes = key.rawSpan
    return (bytes.bigEndian(at: key.count - 16), bytes.bigEndian(at: key.count - 8))
  }
}

/// Which logs are wanted, as `eth_getLogs` has it.
package struct LogFilter: Sendable {
  /// L2 blocks.
  package var blocks: ClosedRange<UInt64>

  /// Contracts; empty: any.
  package var addresses: [Address]

  /// By place: the topics of which the log has one there; empty: anything.
  package var topics: [[Hash256]]

  package init(blocks: ClosedRange<UInt64>, addresses: [Address] = [], topics: [[Hash256]] = []) {
    self.blocks = blocks
    self.addresses = addresses
    self.topics = topics
  }

  func matches(_ log: Log) -> Bool {
    guard addresses.isEmpty || addresses.contains(log.address), log.topics.count >= topics.count else { return false }
    return zip(topics, log.topics).allSatisfy { wanted, topic in wanted.isEmpty || wanted.contains(topic) }
  }
}

extension QueryIndex {
  /// A log and where it stands.
  package struct FoundLog: Equatable, Sendable {
    package let block: UInt64

    /// Number of the receipt in the block, and of the log in the receipt.
    package let receipt, index: UInt32
    package let log: Log
  }

  /// The logs that match, in order.
  ///
  /// Rows are read for the wanted addresses in the wanted blocks; without addresses for the first topics that are named;
  /// without either, for all blocks. Each block that may hold a log is then looked into.
  ///
  /// - Parameters:
  ///   - state: the rows of `ProposerState`, which has the receipts.
  ///   - limit: no more logs than that are looked for.
  package static func logs(
    _ filter: LogFilter, limit: Int = .max, in view: ProjectionView, state: ProjectionView
  ) throws(FoldError) -> [FoundLog] {
    var found: [FoundLog] = []
    for (block, places) in try candidates(filter, in: view) {
      guard let result = try ProposerState.result(of: block, in: state) else {
        throw .noResult(block: block, of: ProposerState.name)
      }
      for place in places ?? allPlaces(result) {
        guard Int(place.receipt) < result.receipts.count else { continue }
        let receipt: StoredReceipt
        do { receipt = try StoredReceipt(encoded: result.receipts[Int(place.receipt)]) } catch {
          throw .malformedBlock(error)
        }
        for (index, log) in receipt.logs.enumerated() where filter.matches(log) {
          found.append(FoundLog(block: block, receipt: place.receipt, index: UInt32(index), log: log))
          if found.count == limit { return found }
        }
      }
    }
    return found
  }

  private static func allPlaces(_ result: BlockResult) -> [LogPlace] {
    result.receipts.indices.map { LogPlace(block: result.header.number, receipt: UInt32($0), log: 0) }
  }

  /// Receipts that may hold what is wanted, by block; nil for all of the block.
  private static func candidates(
    _ filter: LogFilter, in view: ProjectionView
  ) throws(FoldError) -> [(block: UInt64, places: [LogPlace]?)] {
    var places = Set<LogPlace>()
    if !filter.addresses.isEmpty {
      for address in filter.addresses { try add(logsByAddress, address.bytes, filter.blocks, to: &places, view) }
    } else if let position = filter.topics.firstIndex(where: { !$0.isEmpty }) {
      for topic in filter.topics[position] {
        try add(logsByTopic, [UInt8(position)] + topic.bytes, filter.blocks, to: &places, view)
      }
    } else {
      return try blocksWithRows(filter.blocks, in: view).map { ($0, nil) }
    }
    let byBlock = Dictionary(grouping: places) { $0.block }
    return byBlock.keys.sorted().map { ($0, byBlock[$0]?.sorted()) }
  }

  private static func blocksWithRows(
    _ range: ClosedRange<UInt64>, in view: ProjectionView
  ) throws(FoldError) -> [UInt64] {
    var numbers: [UInt64] = []
    try view.scan(blocks, from: ProposerState.key(range.lowerBound)) { key, _ in
      let number: UInt64 = key.bigEndian(at: 0)
      guard number <= range.upperBound else { return false }
      numbers.append(number)
      return true
    }
    return numbers
  }

  /// Adds the receipts of the rows under `prefix` in a range of blocks.
  private static func add(
    _ table: ProjectionTable, _ prefix: [UInt8], _ blocks: ClosedRange<UInt64>, to places: inout Set<LogPlace>,
    _ view: ProjectionView
  ) throws(FoldError) {
    try view.scan(table, from: prefix + ProposerState.key(blocks.lowerBound)) { key, _ in
      guard key.hasPrefix(prefix.rawSpan), let place = LogPlace(key.extracting(prefix.count..<key.byteCount)),
        place.block <= blocks.upperBound
      else { return false }
      places.insert(LogPlace(block: place.block, receipt: place.receipt, log: 0))
      return true
    }
  }
}
