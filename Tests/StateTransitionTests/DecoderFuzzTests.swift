import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

/// Bytes of any kind given to the decoders of what comes from outside. Each input is refused with an error, or is the one
/// encoding of what was read.
@Suite("Decoders against random bytes")
struct DecoderFuzzTests {
  private static let rounds = 20_000

  @Test("random bytes are no transaction, or the encoding of the transaction that they are read as")
  func randomTransactions() {
    var random = SeededGenerator()
    let firstBytes: [UInt8] = [1, 2, 3, 4, 0xc0, 0xf8]
    for _ in 0..<Self.rounds {
      var bytes = random.bytes(count: Int.random(in: 0...200, using: &random))
      // Half of them begin as one of the five types does.
      if Bool.random(using: &random), !bytes.isEmpty {
        bytes[0] = firstBytes.randomElement(using: &random) ?? 1
      }
      expectCanonicalTransaction(bytes)
    }
  }

  @Test("a damaged transaction is refused, or is the encoding of another transaction")
  func damagedTransactions() throws {
    var random = SeededGenerator()
    var (accepted, refused) = (0, 0)
    for _ in 0..<Self.rounds {
      let transaction = Transaction.random(using: &random)
      var bytes = transaction.encode()
      #expect(try Transaction(encoded: bytes.rawSpan) == transaction)
      bytes.damage(using: &random)
      if expectCanonicalTransaction(bytes) { accepted += 1 } else { refused += 1 }
    }
    #expect(accepted > 100 && refused > 100, "\(accepted) accepted, \(refused) refused")
  }

  @Test("a damaged block is refused, or is the encoding of another block, whose transactions can be looked at")
  func damagedBlocks() throws {
    var random = SeededGenerator()
    var (accepted, refused) = (0, 0)
    for _ in 0..<(Self.rounds / 10) {
      let block = EthereumBlock.random(using: &random)
      var bytes = block.encode()
      #expect(try EthereumBlock(rlp: bytes.rawSpan) == block)
      bytes.damage(using: &random)
      guard let read = try? EthereumBlock(rlp: bytes.rawSpan) else {
        refused += 1
        continue
      }
      accepted += 1
      if read.encode() != bytes { Issue.record("\(Hex.encode(bytes)) was read as \(read)") }
      for transaction in read.transactions { expectCanonicalTransaction(transaction) }
    }
    #expect(accepted > 50 && refused > 50, "\(accepted) accepted, \(refused) refused")
  }

  /// Whether the bytes are a transaction. If so, its sender and its price can be asked for, whatever the fork.
  @discardableResult
  private func expectCanonicalTransaction(_ bytes: [UInt8]) -> Bool {
    guard let transaction = try? Transaction(encoded: bytes.rawSpan) else { return false }
    if transaction.encode() != bytes { Issue.record("\(Hex.encode(bytes)) was read as \(transaction)") }
    for fork in [Fork.frontier, .london, .osaka] {
      let rules = ForkRules.rules(of: fork)
      _ = try? transaction.checkStateless(rules: rules)
      _ = try? transaction.sender(chainID: 1, rules: rules)
    }
    return true
  }
}

extension [UInt8] {
  /// One to three changes: a bit, a byte, a border value of RLP, a piece cut out, doubled or moved to the end.
  fileprivate mutating func damage(using random: inout SeededGenerator) {
    let borders: [UInt8] = [0x00, 0x7f, 0x80, 0x81, 0xb7, 0xb8, 0xbf, 0xc0, 0xf7, 0xf8, 0xff]
    for _ in 0..<Int.random(in: 1...3, using: &random) where !isEmpty {
      let place = Int.random(in: 0..<count, using: &random)
      let piece = place..<Swift.min(place + Int.random(in: 1...40, using: &random), count)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: self[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
      case 1: self[place] = UInt8.random(in: 0...255, using: &random)
      case 2: self[place] = borders.randomElement(using: &random) ?? 0
      case 3: removeSubrange(piece)
      case 4: insert(contentsOf: Array(self[piece]), at: place)
      default: append(contentsOf: Array(self[piece]))
      }
    }
  }
}

extension UInt256 {
  /// Of any width up to 256 bits.
  fileprivate static func random(using random: inout SeededGenerator) -> UInt256 {
    UInt256(random.hash()) >> Int.random(in: 0...256, using: &random)
  }
}

extension SeededGenerator {
  fileprivate mutating func hash() -> Hash256 { Hash256(next(), next(), next(), next()) }

  fileprivate mutating func address() -> Address { Address(next(), next(), UInt32(truncatingIfNeeded: next())) }
}

extension Transaction {
  /// Of any type, well formed, most often invalid.
  fileprivate static func random(using random: inout SeededGenerator) -> Transaction {
    var transaction = Transaction(
      nonce: random.next() >> UInt64.random(in: 1...63, using: &random), gasPrice: .random(using: &random),
      gasLimit: random.next() >> UInt64.random(in: 0...63, using: &random),
      to: Bool.random(using: &random) ? random.address() : nil, value: .random(using: &random),
      data: random.bytes(count: Int.random(in: 0...80, using: &random)), v: UInt256(random.next() % 40),
      r: .random(using: &random), s: .random(using: &random))
    transaction.kind = Kind.allCases.randomElement(using: &random) ?? .legacy
    if transaction.kind == .legacy { return transaction }
    transaction.chainID = random.next() % 3
    transaction.v = UInt256(random.next() % 2)
    transaction.accessList = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      AccessListEntry(
        address: random.address(), storageKeys: (0..<Int.random(in: 0...3, using: &random)).map { _ in random.hash() })
    }
    if transaction.kind != .accessList { transaction.maxPriorityFeePerGas = .random(using: &random) }
    if transaction.kind.rawValue >= Kind.blob.rawValue { transaction.to = random.address() }
    if transaction.kind == .blob {
      transaction.maxFeePerBlobGas = .random(using: &random)
      transaction.blobVersionedHashes = (0..<Int.random(in: 1...4, using: &random)).map { _ in random.hash() }
    }
    if transaction.kind == .setCode {
      transaction.authorizationList = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Authorization(
          chainID: .random(using: &random), address: random.address(), nonce: random.next() >> 1,
          yParity: random.next() % 2, r: .random(using: &random), s: .random(using: &random))
      }
    }
    return transaction
  }
}

extension EthereumBlock {
  /// A few transactions, uncles and withdrawals under a header of any shape.
  fileprivate static func random(using random: inout SeededGenerator) -> EthereumBlock {
    let shape = BlockHeader.Shape.allCases.randomElement(using: &random) ?? .frontier
    let hasWithdrawals = shape >= .shanghai
    return EthereumBlock(
      header: header(shape, using: &random),
      transactions: (0..<Int.random(in: 0...4, using: &random)).map { _ in
        Transaction.random(using: &random).encode()
      },
      uncles: (0..<Int.random(in: 0...2, using: &random)).map { _ in header(.frontier, using: &random) },
      withdrawals: hasWithdrawals
        ? (0..<Int.random(in: 0...3, using: &random)).map { _ in
          Withdrawal(
            index: random.next(), validatorIndex: random.next() % 99, address: random.address(), amount: random.next())
        } : nil)
  }

  private static func header(_ shape: BlockHeader.Shape, using random: inout SeededGenerator) -> BlockHeader {
    var header = BlockHeader(
      parentHash: random.hash(), ommersHash: random.hash(), beneficiary: random.address(), stateRoot: random.hash(),
      transactionsRoot: random.hash(), receiptsRoot: random.hash(), logsBloom: .empty,
      difficulty: .random(using: &random), number: random.next() % 300, gasLimit: random.next(), gasUsed: random.next(),
      timestamp: random.next(), extraData: random.bytes(count: Int.random(in: 0...32, using: &random)),
      mixHash: random.hash(), nonce: random.next())
    if shape >= .london { header.baseFeePerGas = .random(using: &random) }
    if shape >= .shanghai { header.withdrawalsRoot = random.hash() }
    if shape >= .cancun {
      header.blobGasUsed = random.next()
      header.excessBlobGas = random.next()
      header.parentBeaconBlockRoot = random.hash()
    }
    if shape >= .prague { header.requestsHash = random.hash() }
    return header
  }
}
