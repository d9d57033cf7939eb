import EVM
import Hashing
import Primitives
import Rollup
import StateTransition

/// A message or a transaction at its place in the order of a block.
private struct OrderedTransaction {
  let messageIndex: UInt64?
  let bytes: [UInt8]

  /// What it says; nil for what is no transaction.
  let content: Content?

  struct Content {
    let type: UInt8
    let sender: Address?
    let to: Address?
    let value: UInt256

    /// A deposit has none.
    let nonce: UInt64?
  }

  init(_ message: InboxCall, signer: Address?) {
    messageIndex = message.messageIndex
    bytes = message.transaction
    switch message.kind {
    case .deposit:
      content = Content(
        type: InboxCall.depositType, sender: message.sender, to: message.to, value: message.value, nonce: nil)
    case .transaction: content = Self.content(of: message.data, signer)
    }
  }

  init(_ bytes: [UInt8], signer: Address?) {
    messageIndex = nil
    self.bytes = bytes
    content = Self.content(of: bytes, signer)
  }

  private static func content(of bytes: [UInt8], _ signer: Address?) -> Content? {
    guard let transaction = try? Transaction(encoded: bytes.rawSpan) else { return nil }
    return Content(
      type: transaction.kind.rawValue, sender: signer, to: transaction.to, value: transaction.value,
      nonce: transaction.nonce)
  }

  /// The row, given what became of it, and the contract that it made if it is a deposit.
  func row(_ outcome: IndexedTransaction.Outcome, deposited: Address?) -> IndexedTransaction {
    IndexedTransaction(
      messageIndex: messageIndex, type: content?.type, sender: content?.sender, to: content?.to,
      contract: deposited ?? contract(outcome), value: content?.value ?? .zero, nonce: content?.nonce, outcome: outcome)
  }

  private func contract(_ outcome: IndexedTransaction.Outcome) -> Address? {
    guard case .executed(_, let success, _, _) = outcome, success ?? true, let content, content.to == nil,
      let sender = content.sender, let nonce = content.nonce
    else { return nil }
    return ContractAddress.create(sender: sender, nonce: nonce)
  }
}

extension QueryIndex {
  /// Adds a block of an imported chain.
  func add(imported event: BlockSequenced, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    guard case .ethereum(let bytes) = event.block else { return }
    let block: EthereumBlock
    let hash: Hash256
    do throws(RLPError) {
      block = try EthereumBlock(rlp: bytes.rawSpan)
      hash = try event.block.commitment()
    } catch { throw .malformedBlock(error) }
    let number = block.header.number
    let place = DerivationCursor(batchIndex: event.batchIndex, indexInBatch: event.indexInBatch)
    let result = try result(of: number, at: place, in: view)
    let signers = try SenderIndex.signers(of: block.transactions, commitment: hash, at: place, in: view)
    view.put(
      Self.blocks, ProposerState.key(number),
      row: IndexedBlock(
        hash: hash, timestamp: block.header.timestamp, stored: now, place: place, isForced: false, messageCount: 0,
        transactionCount: UInt64(block.transactions.count)))
    try add(zip(block.transactions, signers).map { OrderedTransaction($0, signer: $1) }, of: result, in: view)
  }

  /// Adds the next block of a rollup.
  func add(derived: DerivedBlock, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    let block = derived.block
    let result = try result(of: block.number, at: derived.cursor, in: view)
    view.put(
      Self.blocks, ProposerState.key(block.number),
      row: IndexedBlock(
        hash: result.computedHash, timestamp: block.timestamp, stored: now, place: derived.cursor,
        isForced: derived.isForced, messageCount: UInt64(derived.messages.count),
        transactionCount: UInt64(block.transactions.count)))
    var ordered: [OrderedTransaction] = []
    for (index, messageIndex) in derived.messages.enumerated() {
      guard var message: IndexedMessage = try view.row(Self.inbox, ProposerState.key(messageIndex)) else {
        throw .notNext(block: block.number, reason: "message \(messageIndex), which it consumes, is not there")
      }
      message.consumed = IndexedMessage.Consumption(
        block: block.number, index: UInt64(index), isForced: derived.isForced, at: now)
      view.put(Self.inbox, ProposerState.key(messageIndex), row: message)
      let call = InboxCall(message.message)
      let signer = call.kind == .transaction ? Transaction.signers(of: [call.data], by: view.map)[0] : nil
      ordered.append(OrderedTransaction(call, signer: signer))
    }
    let signers = try SenderIndex.signers(
      of: block.transactions, commitment: derived.order, at: derived.cursor, in: view)
    for (transaction, signer) in zip(block.transactions, signers) {
      ordered.append(OrderedTransaction(transaction, signer: signer))
    }
    try add(ordered, of: result, in: view)
  }

  /// What executing a block gave: of the block that stands at this place in the data.
  private func result(
    of number: UInt64, at place: DerivationCursor, in view: ProjectionView
  ) throws(FoldError) -> BlockResult {
    let result = try ProposerState.rows { () throws(TableReadError) in
      try view.result(of: ProposerState.self, ProposerState.results, ProposerState.key(number).rawSpan) {
        row throws(RLPError) in try BlockResult(rlp: row)
      }
    }
    guard let result, result.batchIndex == place.batchIndex, result.indexInBatch == place.indexInBatch else {
      throw .noResult(block: number, of: ProposerState.name)
    }
    return result
  }

  /// Adds what is in a block's order. O(transactions + logs) rows.
  private func add(
    _ transactions: [OrderedTransaction], of result: BlockResult, in view: ProjectionView
  ) throws(FoldError) {
    let number = result.header.number
    guard result.receipts.count + result.invalid.count == transactions.count else {
      throw .noResult(block: number, of: ProposerState.name)
    }
    let reasons = Dictionary(result.invalid.map { ($0.index, $0.reason) }) { first, _ in first }
    let deposited = Dictionary(result.deposited.map { ($0.receipt, $0.address) }) { first, _ in first }
    var receipts = result.receipts.makeIterator()
    var (receiptNumber, gasBefore): (UInt64, UInt64) = (0, 0)
    for (index, transaction) in transactions.enumerated() {
      guard reasons[UInt64(index)] == nil, let bytes = receipts.next() else {
        let outcome = IndexedTransaction.Outcome.invalid(reason: reasons[UInt64(index)] ?? "")
        add(transaction.row(outcome, deposited: nil), of: transaction, block: number, index: UInt64(index), in: view)
        continue
      }
      let receipt: StoredReceipt
      do { receipt = try StoredReceipt(encoded: bytes) } catch { throw .malformedBlock(error) }
      let outcome = IndexedTransaction.Outcome.executed(
        receipt: receiptNumber, success: receipt.success, gasUsed: receipt.cumulativeGasUsed &- gasBefore,
        logCount: UInt64(receipt.logs.count))
      let row = transaction.row(outcome, deposited: deposited[receiptNumber])
      add(row, of: transaction, block: number, index: UInt64(index), in: view)
      add(receipt.logs, LogPlace(block: number, receipt: UInt32(receiptNumber), log: 0), in: view)
      gasBefore = receipt.cumulativeGasUsed
      receiptNumber += 1
    }
  }

  private func add(
    _ row: IndexedTransaction, of transaction: OrderedTransaction, block: UInt64, index: UInt64, in view: ProjectionView
  ) {
    let hash = Keccak256.hash(transaction.bytes)
    let place = ProposerState.key(block) + ProposerState.key(index)
    view.put(Self.transactions, hash.bytes + place, row: row)
    var roles: [(Address, AddressRoles)] = []
    for (address, role) in [(row.sender, AddressRoles.sender), (row.to, .recipient), (row.contract, .created)] {
      guard let address else { continue }
      if let known = roles.firstIndex(where: { $0.0 == address }) {
        roles[known].1.insert(role)
      } else {
        roles.append((address, role))
      }
    }
    for (address, role) in roles { view.put(Self.addresses, address.bytes + place, [role.rawValue] + hash.bytes) }
  }

  private func add(_ logs: [Log], _ first: LogPlace, in view: ProjectionView) {
    for (index, log) in logs.enumerated() {
      let place = LogPlace(block: first.block, receipt: first.receipt, log: UInt32(index)).bytes
      view.put(Self.logsByAddress, log.address.bytes + place, [])
      for (position, topic) in log.topics.enumerated() {
        view.put(Self.logsByTopic, [UInt8(position)] + topic.bytes + place, [])
      }
    }
  }
}

/// Where a log stands: block, receipt in the block, log in the receipt.
struct LogPlace {
  let block: UInt64
  let receipt, log: UInt32

  static var byteCount: Int { 16 }

  var bytes: [UInt8] {
    var bytes = ProposerState.key(block)
    bytes.append(bigEndian: receipt)
    bytes.append(bigEndian: log)
    return bytes
  }

  init(block: UInt64, receipt: UInt32, log: UInt32) {
    self.block = block
    self.receipt = receipt
    self.log = log
  }

  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    self.init(block: bytes.bigEndian(at: 0), receipt: bytes.bigEndian(at: 8), log: bytes.bigEndian(at: 12))
  }
}
