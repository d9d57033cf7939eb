import EventStore
import Primitives
import Projections
import Rollup
import Signatures
import StateTransition
import TestSupport

/// A rollup's ledger on disk, which an L1 reorganises at random.
struct RollupPlay {
  var random: SeededGenerator
  var ledger: RollupLedger
  var traffic: Traffic

  /// What there was after earlier L1 blocks of this branch.
  var atBlock: [UInt64: (ledger: RollupLedger, traffic: Traffic)] = [:]
  var finalized: UInt64 = 0
  let log: EventLog

  init(seed: UInt64, log: EventLog) throws {
    random = SeededGenerator(seed: seed)
    traffic = try Traffic()
    ledger = try RollupLedger(configuration: RollupLedger.configuration(allocation: traffic.allocation))
    self.log = log
    let first = ledger.facts[0]
    try log.append([NewRecord(first.event, at: first.coordinates)])
    try write()
  }

  /// Appends the newest L1 block.
  private func write() throws {
    let number = ledger.l1Head.number
    let facts = ledger.facts.filter { $0.coordinates.blockNumber == number && $0.event.kind != .chainConfigured }
    try log.appendBlock(
      number: number, hash: ledger.l1Head.hash, records: facts.map { NewRecord($0.event, at: $0.coordinates) })
  }

  /// The next L1 block with something in it.
  mutating func step(_ salt: UInt64) throws {
    atBlock[ledger.l1Head.number] = (ledger, traffic)
    try ledger.beginL1Block(after: random.next() % 10 + 3, salt: salt)
    for _ in 0..<random.next() % 4 {
      switch random.next() % 5 {
      case 0: try ledger.deliverMessage()
      case 1:
        if !ledger.messages.isEmpty { try ledger.force(lastMessage: random.next() % UInt64(ledger.messages.count)) }
      case 2: if let index = ledger.withheld.keys.sorted().first { try ledger.deliverData(of: index) }
      default: try ledger.deliverBatch(blocks(), isWithheld: random.next() % 4 == 0)
      }
    }
    try write()
  }

  /// Up to three blocks of one batch, each with what is no transaction as well.
  private mutating func blocks() throws -> [RollupBlock] {
    var blocks: [RollupBlock] = []
    for _ in 0...random.next() % 3 {
      let transactions = try traffic.transactions(&random) + [Self.malformed]
      blocks.append(ledger.block(after: blocks.last.map { OrderHead($0) }, transactions: transactions))
    }
    return blocks
  }

  /// RLP, but no transaction.
  static let malformed: [UInt8] = [0xc1, 1]

  /// L1 leaves what came after an earlier block that is not final: one of the last few.
  mutating func reorganise() throws {
    let candidates = atBlock.keys.filter { $0 >= finalized && $0 + 5 > ledger.l1Head.number }.sorted()
    if let back = candidates.randomElement(using: &random) { try reorganise(to: back) }
  }

  /// L1 leaves its last `depth` blocks, or those that are not final if these are fewer. Returns how many it was.
  @discardableResult
  mutating func reorganise(depth: UInt64) throws -> UInt64 {
    let head = ledger.l1Head.number
    try reorganise(to: max(finalized, head - min(depth, head)))
    return head - ledger.l1Head.number
  }

  private mutating func reorganise(to back: UInt64) throws {
    guard let earlier = atBlock[back] else { return }
    let (tip, ancestor) = (ledger.l1Head, earlier.ledger.l1Head)
    try log.appendReorg(oldTip: tip, newTip: ancestor, commonAncestor: ancestor)
    (ledger, traffic) = earlier
    atBlock = atBlock.filter { $0.key < back }
  }

  /// L1 makes the block final that is `distance` blocks before its head.
  mutating func finalize(behind distance: UInt64 = 3) throws {
    guard ledger.l1Head.number > finalized + distance else { return }
    finalized = ledger.l1Head.number - distance
    let hash = ledger.l1Blocks[Int(finalized)].hash
    let event = L1Finalized(block: BlockID(number: finalized, hash: hash))
    try log.append([NewRecord(.l1Finalized(event), at: .observed(at: ledger.l1Head.number))])
  }

  /// The rows of a table after all facts.
  func rows(of table: ProjectionTable) throws -> [[UInt8]: [UInt8]] {
    let facts = ledger.facts.map { Fact(coordinates: $0.coordinates, event: $0.event) }
    let rows = try Scratch.fold(facts, of: ledger.configuration).ordered(table)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.value) })
  }

  func fresh<P: Projection>(_ type: P.Type) throws -> Hash256 {
    let fresh = FreshFold<P>(ledger.configuration)
    for fact in ledger.facts { try fresh.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
    return fresh.fold.digest
  }
}

extension RollupPlay {
  /// What folding all facts in dictionaries gives, by the projection's name. The state is folded once, for the index too.
  func freshDigests() throws -> [String: Hash256] {
    let state = LiveFold<ProposerState>(configuration: ledger.configuration)
    var services = FoldServices()
    services.upstreams[ProposerState.name] = state.rows
    let index = LiveFold<QueryIndex>(configuration: ledger.configuration, services: services)
    let view = LiveFold<ChallengerView>(configuration: ledger.configuration)
    let senders = LiveFold<SenderIndex>(configuration: ledger.configuration)
    for (coordinates, event) in ledger.facts {
      let fact = Fact(coordinates: coordinates, event: event)
      _ = try state.apply(fact)
      _ = try index.apply(fact)
      _ = try view.apply(fact)
      _ = try senders.apply(fact)
    }
    return [
      ProposerState.name: state.digest, QueryIndex.name: index.digest, ChallengerView.name: view.digest,
      SenderIndex.name: senders.digest,
    ]
  }
}

/// A projection folded in dictionaries, one record after the other, beside the state if it cannot do without.
struct FreshFold<P: Projection> {
  private let state: LiveFold<ProposerState>?
  let fold: LiveFold<P>

  init(_ configuration: ChainConfiguration) {
    state = P.requirements.isEmpty ? nil : LiveFold(configuration: configuration)
    var services = FoldServices()
    if let state { services.upstreams[ProposerState.name] = state.rows }
    fold = LiveFold(configuration: configuration, services: services)
  }

  func apply(_ fact: Fact) throws(FoldError) {
    _ = try state?.apply(fact)
    _ = try fold.apply(fact)
  }
}

/// Transactions that change state: accounts paid, emptied and made, slots written, changed and cleared, contracts made and
/// destroyed. Everybody sends once, so that none is refused for its nonce, whatever a reorganisation took back.
struct Traffic {
  private var next = 0
  private let keys = (1...150).map { Hash256(UInt256(UInt64($0))) }
  let allocation: [GenesisAccount]

  /// In wei: above the base fee that a chain begins with.
  private static let gasPrice: UInt256 = 2_000_000_000

  /// Writes its second word to the slot of its first.
  private static let writer: [UInt8] = [0x60, 0x20, 0x35, 0x60, 0, 0x35, 0x55, 0]

  /// Destroys itself, for the account of its first word.
  private static let mortal: [UInt8] = [0x60, 0, 0x35, 0xff]

  init() throws {
    let payers = try keys.map { key in
      GenesisAccount(address: try Secp256k1.address(of: key), balance: Self.gasPrice * 1_000_000)
    }
    let slots = (0..<20).map { GenesisAccount.Slot(key: UInt256(UInt64($0)), value: UInt256(UInt64($0 + 1))) }
    let contracts = (0..<16).map { index in
      GenesisAccount(
        address: MiniChain.address(UInt64(index) + 2000), balance: 5,
        code: index < 4 ? Self.writer : Self.mortal, storage: slots)
    }
    allocation = (payers + contracts).sorted { $0.address < $1.address }
  }

  /// Up to four of them.
  mutating func transactions(_ random: inout SeededGenerator) throws -> [[UInt8]] {
    try (0..<random.next() % 5).map { _ in
      defer { next = (next + 1) % keys.count }
      return try draft(&random).signed(by: keys[next], chainID: nil).encode()
    }
  }

  private func draft(_ random: inout SeededGenerator) -> Transaction {
    let word = UInt256(random.next() % 24)
    let payee = MiniChain.address(random.next() % 40 + 3000)
    return switch random.next() % 6 {
    case 0: Transaction(nonce: 0, gasPrice: Self.gasPrice, gasLimit: 21_000, to: payee, value: word)
    case 1:
      Transaction(
        nonce: 0, gasPrice: Self.gasPrice, gasLimit: 200_000, to: nil, value: 3,
        data: Self.maker(of: random.next() % 2 == 0 ? Self.writer : Self.mortal, slot: UInt8(random.next() % 9)))
    case 2:
      Transaction(
        nonce: 0, gasPrice: Self.gasPrice, gasLimit: 100_000, to: MiniChain.address(random.next() % 12 + 2004),
        value: 1,
        data: Hash256(UInt256(random.next() % 40 + 3000)).bytes)
    default:
      Transaction(
        nonce: 0, gasPrice: Self.gasPrice, gasLimit: 100_000, to: MiniChain.address(random.next() % 4 + 2000), value: 0,
        data: Hash256(word).bytes + Hash256(UInt256(random.next() % 3 &* random.next())).bytes)
    }
  }

  /// Init code that fills three slots and leaves `code`.
  private static func maker(of code: [UInt8], slot: UInt8) -> [UInt8] {
    let length = UInt8(code.count)
    var bytes: [UInt8] = []
    for index in 0..<3 as Range<UInt8> { bytes += [0x60, index + 1, 0x60, slot + index, 0x55] }
    bytes += [0x60 + length - 1] + code
    return bytes + [0x60, 0, 0x52, 0x60, length, 0x60, 32 - length, 0xf3]
  }
}
