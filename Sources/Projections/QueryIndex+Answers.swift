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

  /// The newest transactions that an address sent or received, or that made it, the newest first. O(log n + count).
  ///
  /// - Parameters:
  ///   - count: how many at most.
  ///   - last: the newest L2 block there is in the view, if that is of the past: what came later is then not passed.
  package static func entries(
    of address: Address, count: Int = .max, through last: UInt64 = .max, in view: ProjectionView
  ) throws(FoldError) -> [AddressEntry] {
    guard count > 0 else { return [] }
    var entries: [AddressEntry] = []
    var isDamaged = false
    let end = address.bytes + ProposerState.key(last == .max ? last : last + 1)
    try view.scanBackward(addresses, before: end) { key, value in
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
      return entries.count < count
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
  /// without either, for all blocks. Each block that may hold a log is looked into before the rows of later ones are read.
  ///
  /// - Parameters:
  ///   - state: the rows of `ProposerState`, which has the receipts.
  ///   - limit: how many logs at most; no block is looked at behind the one that has the last of them.
  package static func logs(
    _ filter: LogFilter, limit: Int = .max, in view: ProjectionView, state: ProjectionView
  ) throws(FoldError) -> [FoundLog] {
    guard limit > 0 else { return [] }
    var found: [FoundLog] = []
    var trails = trails(of: filter)
    for index in trails.indices { try trails[index].advance(to: filter.blocks.lowerBound, filter.blocks, in: view) }
    while let block = trails.compactMap(\.block).min() {
      let receipts = trails.reduce(into: Set<UInt32>()) { if $1.block == block { $0.formUnion($1.receipts) } }
      try add(filter, block, trails[0].isOfBlocks ? nil : receipts.sorted(), limit, to: &found, state)
      if found.count == limit || block == filter.blocks.upperBound { break }
      for index in trails.indices where trails[index].block == block {
        try trails[index].advance(to: block + 1, filter.blocks, in: view)
      }
    }
    return found
  }

  /// Adds the logs of a block that match.
  ///
  /// - Parameter receipts: those that may hold any, in order; nil for all.
  private static func add(
    _ filter: LogFilter, _ block: UInt64, _ receipts: [UInt32]?, _ limit: Int, to found: inout [FoundLog],
    _ state: ProjectionView
  ) throws(FoldError) {
    guard let result = try ProposerState.result(of: block, in: state) else {
      throw .noResult(block: block, of: ProposerState.name)
    }
    for number in receipts ?? Array(0..<UInt32(result.receipts.count)) where Int(number) < result.receipts.count {
      let receipt: StoredReceipt
      do { receipt = try StoredReceipt(encoded: result.receipts[Int(number)]) } catch { throw .malformedBlock(error) }
      for (index, log) in receipt.logs.enumerated() where filter.matches(log) {
        found.append(FoundLog(block: block, receipt: number, index: UInt32(index), log: log))
        if found.count == limit { return }
      }
    }
  }

  /// Where the rows are that a filter asks for; one at least.
  private static func trails(of filter: LogFilter) -> [LogTrail] {
    if !filter.addresses.isEmpty {
      return Set(filter.addresses).map { LogTrail(table: logsByAddress, prefix: $0.bytes) }
    }
    if let position = filter.topics.firstIndex(where: { !$0.isEmpty }) {
      return Set(filter.topics[position]).map { LogTrail(table: logsByTopic, prefix: [UInt8(position)] + $0.bytes) }
    }
    return [LogTrail(table: blocks, prefix: [])]
  }
}

/// The rows under one prefix, block by block.
private struct LogTrail {
  let table: ProjectionTable
  let prefix: [UInt8]

  /// The block whose rows come next; nil where there are no more.
  private(set) var block: UInt64?

  /// The receipts that these rows name.
  private(set) var receipts: Set<UInt32> = []

  init(table: ProjectionTable, prefix: [UInt8]) {
    self.table = table
    self.prefix = prefix
  }

  /// Whether the rows are those of blocks, and name no receipts.
  var isOfBlocks: Bool { prefix.isEmpty }

  /// Reads the rows of the next block, from `first` on, of some. O(log n + rows of the block).
  mutating func advance(
    to first: UInt64, _ blocks: ClosedRange<UInt64>, in view: ProjectionView
  ) throws(FoldError) {
    var next: UInt64?
    var receipts: Set<UInt32> = []
    var isDamaged = false
    let (prefix, isOfBlocks) = (prefix, isOfBlocks)
    try view.scan(table, from: prefix + ProposerState.key(first)) { key, _ in
      guard key.hasPrefix(prefix.rawSpan) else { return false }
      let rest = key.extracting(prefix.count..<key.byteCount)
      let place = isOfBlocks ? nil : LogPlace(rest)
      guard isOfBlocks ? rest.byteCount == 8 : place != nil else {
        isDamaged = true
        return false
      }
      let number: UInt64 = rest.bigEndian(at: 0)
      guard number <= blocks.upperBound, next == nil || next == number else { return false }
      next = number
      if let place { receipts.insert(place.receipt) }
      return !isOfBlocks
    }
    if isDamaged { throw .rows(TableReadError(table: table, reason: "a row is not what was written")) }
    (block, self.receipts) = (next, receipts)
  }
}
