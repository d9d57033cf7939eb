import Primitives
import Rollup
import Signatures
import StateTransition
import TestSupport
import Testing

@testable import Projections

/// A sequencer that tells its blocks before L1 has them, and who follows both.
private struct UnsafePlay {
  static let key = Hash256(UInt256(77))
  static let payee = MiniChain.address(4000)

  private static let payers = (1...6).map { Hash256(UInt256(UInt64($0))) }

  var ledger: RollupLedger
  var fold: LiveFold<ProposerState>
  var unsafe: UnsafeView
  private var folded = 0

  /// With three L1 blocks, and nothing on L2.
  ///
  /// - Parameter bounds: of what is held at most, in blocks and in bytes.
  init(bounds: (count: Int, bytes: Int)? = nil) throws {
    let payers = try Self.payers.map {
      GenesisAccount(address: try Secp256k1.address(of: $0), balance: UInt256(1_000_000_000_000_000))
    }
    let configuration = RollupLedger.configuration(
      allocation: payers, sequencer: try Secp256k1.address(of: Self.key))
    ledger = try RollupLedger(configuration: configuration)
    fold = LiveFold(configuration: configuration)
    let bounded = bounds.map {
      UnsafeView(configuration: configuration, greatestCount: $0.count, greatestByteCount: $0.bytes)
    }
    unsafe = try #require(bounded ?? UnsafeView(configuration: configuration))
    for _ in 0..<3 { try ledger.beginL1Block() }
    try catchUp()
  }

  /// Folds what L1 has since.
  mutating func catchUp() throws {
    for fact in ledger.facts.dropFirst(folded) {
      try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event))
    }
    folded = ledger.facts.count
  }

  /// L1 goes back to an earlier time.
  mutating func reorganise(to earlier: RollupLedger) {
    ledger = earlier
    fold.unwind(toL1Block: earlier.l1Head.number)
    folded = earlier.facts.count
  }

  /// A transfer by one of the payers, each of whom sends once.
  static func transfer(_ payer: Int) throws -> [UInt8] {
    let draft = Transaction(nonce: 0, gasPrice: 2_000_000_000, gasLimit: 21_000, to: payee, value: 5)
    return try draft.signed(by: payers[payer], chainID: nil).encode()
  }

  func sign(_ block: RollupBlock, by key: Hash256 = key) throws -> (block: RollupBlock, signed: SignedCommitment) {
    let commitment = SequencerCommitment(order: block.order, l2ChainID: ledger.configuration.chainID)
    let domain = try #require(ledger.configuration.commitmentDomain)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return (block, SignedCommitment(commitment: commitment, signature: signature.walletBytes))
  }

  /// Blocks one after the other from the head on, each with a transfer, with L1 blocks 1, 2, … for origins.
  func blocks(_ count: Int, origin: UInt64 = 1) throws -> [RollupBlock] {
    var blocks: [RollupBlock] = []
    for index in 0..<count {
      let head = blocks.last.map { OrderHead($0) } ?? ledger.derivation.head
      blocks.append(
        ledger.block(
          after: head, origin: origin + UInt64(index), transactions: [try Self.transfer(Int(head.number))]))
    }
    return blocks
  }

  @discardableResult
  mutating func take(_ blocks: [RollupBlock]) throws -> UnsafeProgress {
    try unsafe.follow(fold.view, taking: try blocks.map { try sign($0) })
  }

  /// What the payee has: by what L1 has, and by what is signed.
  func balances() throws -> (safe: UInt256, latest: UInt256) {
    (
      try ProposerState.account(Self.payee, in: fold.view)?.balance ?? .zero,
      try ProposerState.account(Self.payee, in: unsafe.latest(over: fold.view))?.balance ?? .zero
    )
  }
}

@Suite("What the sequencer has signed and L1 does not have yet")
struct UnsafeViewTests {
  @Test("blocks are carried out as they are signed, and authenticated one by one when L1 has them")
  func agreement() throws {
    var play = try UnsafePlay()
    try play.ledger.deliverMessage(mint: 7)
    try play.catchUp()
    let blocks = try play.blocks(3)
    #expect(blocks[2].messagesConsumed == 1, "the newest L1 block is the last one's origin")
    #expect(try play.take(blocks).taken.map(\.number) == [1, 2, 3])
    #expect(try play.balances() == (0, 15))
    #expect(try play.take(blocks).taken.isEmpty, "known ones are passed over")
    let executed = play.unsafe.blocks
    let sender = try ProposerState.account(MiniChain.address(50), in: play.unsafe.latest(over: play.fold.view))
    #expect(sender?.nonce == 1 && executed[2].result.receipts.count == 2)

    try play.ledger.beginL1Block()
    try play.ledger.deliverBatch(Array(blocks[..<2]))
    try play.catchUp()
    let first = try play.unsafe.follow(play.fold.view)
    #expect(first.authenticated == executed[..<2].map(\.id) && first.discarded == nil)
    #expect(try play.balances() == (10, 15) && play.unsafe.head == executed[2].id)
    try play.ledger.beginL1Block()
    try play.ledger.deliverBatch([blocks[2]])
    try play.catchUp()
    #expect(try play.unsafe.follow(play.fold.view).authenticated == [executed[2].id])
    #expect(try play.balances() == (15, 15) && play.unsafe.head == nil)
    for (block, executed) in zip(blocks, executed) {
      let result = try #require(try ProposerState.result(of: block.number, in: play.fold.view))
      #expect(result.header == executed.header && result.receipts == executed.result.receipts)
      #expect(result.claim != nil && executed.result.claim == nil, "a place in the data makes the claim")
    }
    #expect(try play.take(blocks).taken.isEmpty, "what L1 has is passed over")
  }

  @Test("when L1 has another block, all that was executed ahead of it is thrown away")
  func contradiction() throws {
    var play = try UnsafePlay()
    let blocks = try play.blocks(3)
    try play.take(blocks)
    let ids = play.unsafe.blocks.map(\.id)
    try play.ledger.beginL1Block()
    try play.ledger.deliverBatch([blocks[0], play.ledger.block(after: OrderHead(blocks[0]), origin: 2)])
    try play.catchUp()
    let progress = try play.unsafe.follow(play.fold.view)
    #expect(progress.authenticated == [ids[0]])
    #expect(progress.discarded?.because == .otherBlock && progress.discarded?.blocks == Array(ids[1...]))
    #expect(try play.balances() == (5, 5) && play.unsafe.blocks.isEmpty)
  }

  @Test("a reorganisation under it takes with it what stands on blocks or origins that L1 has left")
  func reorganisation() throws {
    var play = try UnsafePlay()
    let start = play.ledger
    let blocks = try play.blocks(3)
    try play.ledger.beginL1Block(salt: 1)
    try play.ledger.deliverBatch([blocks[0]])
    try play.catchUp()
    try play.take(Array(blocks[1...]))
    #expect(try play.balances() == (5, 15))
    // The batch goes; the L1 blocks of all origins stay.
    play.reorganise(to: start)
    let parent = try play.unsafe.follow(play.fold.view)
    #expect(parent.discarded?.because == .parentLeft && parent.discarded?.blocks.map(\.number) == [2, 3])
    #expect(try play.balances() == (0, 0))
    // The sequencer stands by them: told again, they are carried out again.
    #expect(try play.take(blocks).taken.count == 3)

    try play.ledger.beginL1Block(salt: 2)
    try play.catchUp()
    #expect(try play.take([play.ledger.block(after: OrderHead(blocks[2]), origin: 4)]).taken.count == 1)
    play.reorganise(to: start)
    try play.ledger.beginL1Block(salt: 3)
    try play.catchUp()
    let origin = try play.unsafe.follow(play.fold.view)
    #expect(origin.discarded?.because == .originLeft && origin.discarded?.blocks.map(\.number) == [4])
    #expect(play.unsafe.head?.number == 3)
    #expect(try play.balances() == (0, 15))
  }

  @Test("a block is not taken before the one it follows, nor before L1 has its origin here; both may come")
  func gaps() throws {
    var play = try UnsafePlay()
    let blocks = try play.blocks(2)
    guard case .gap(expected: 1) = try play.take([blocks[1]]).refused.first?.because else {
      Issue.record("block 2 was taken without block 1")
      return
    }
    #expect(try play.take(blocks).taken.count == 2)
    var ahead = play.ledger
    try ahead.beginL1Block(salt: 9)
    let third = ahead.block(after: OrderHead(blocks[1]), origin: 3)
    let fourth = ahead.block(after: OrderHead(third), origin: 4)
    let progress = try play.take([third, fourth])
    guard case .originAhead(_, l1Head: 3) = progress.refused.first?.because else {
      Issue.record("a block with an unknown origin was taken")
      return
    }
    #expect(progress.taken.map(\.number) == [3])
    play.ledger = ahead
    try play.catchUp()
    #expect(try play.take([fourth]).taken.map(\.number) == [4])
  }

  @Test("no more blocks are held than so many, nor more than so many bytes of them; they are taken once L1 has some")
  func bounds() throws {
    var whole = try UnsafePlay()
    try whole.take(try whole.blocks(3))
    let sizes = whole.unsafe.blocks.map(\.byteCount)
    // What the blocks wrote is counted: rows, receipts and transactions.
    #expect(sizes.allSatisfy { $0 > 500 } && whole.unsafe.byteCount == sizes.reduce(0, +))
    for bounds in [(2, .max), (1024, sizes[0] + sizes[1])] as [(count: Int, bytes: Int)] {
      var play = try UnsafePlay(bounds: bounds)
      let blocks = try play.blocks(3)
      let progress = try play.take(blocks)
      #expect(progress.taken.map(\.number) == [1, 2], "\(bounds)")
      let error = progress.refused.first?.because
      guard case .tooMany(2, byteCount: sizes[0] + sizes[1]) = error, progress.refused.map(\.number) == [3] else {
        Issue.record("\(bounds): \(String(describing: error))")
        continue
      }
      try play.ledger.beginL1Block()
      try play.ledger.deliverBatch([blocks[0]])
      try play.catchUp()
      #expect(try play.take([blocks[2]]).taken.map(\.number) == [3], "\(bounds)")
    }
  }

  @Test("only the sequencer's signature over this very block counts, and only while it has the authority")
  func signatures() throws {
    var play = try UnsafePlay()
    let blocks = try play.blocks(2)
    func refusal(_ candidate: (block: RollupBlock, signed: SignedCommitment)) throws -> UnsafeBlockError? {
      try play.unsafe.follow(play.fold.view, taking: [candidate]).refused.first?.because
    }
    let signed = try play.sign(blocks[0]).signed
    guard case .foreignSignature = try refusal(play.sign(blocks[0], by: Hash256(UInt256(78)))) else {
      Issue.record("a foreign signature was taken")
      return
    }
    guard case .otherCommitment = try refusal((blocks[0], try play.sign(blocks[1]).signed)) else {
      Issue.record("a signature over another block was taken")
      return
    }
    var torn = signed
    torn.signature = Array(repeating: 0, count: 65)
    guard case .malformedSignature = try refusal((blocks[0], torn)) else {
      Issue.record("zeros were taken for a signature")
      return
    }
    #expect(play.unsafe.blocks.isEmpty)
    // From L1 block 4 on nobody may sign; block 1's origin is before that.
    try play.ledger.beginL1Block()
    try play.ledger.add(.configUpdated(ConfigUpdated(update: .sequencer(.zero))))
    try play.catchUp()
    #expect(try play.take(try play.blocks(3)).taken.count == 3)
    let late = play.ledger.block(after: OrderHead(try play.blocks(3)[2]), origin: 4)
    guard case .foreignSignature(_, sequencer: .zero) = try refusal(play.sign(late)) else {
      Issue.record("a key without authority was believed")
      return
    }
  }

  @Test("what derivation would drop is not taken: another parent, another number, too late a time")
  func rules() throws {
    var play = try UnsafePlay()
    let block = try play.blocks(1)[0]
    let changes: [(RejectionReason, (inout RollupBlock) -> Void)] = [
      (.wrongParent, { $0.parentOrder = .zero }), (.timeBeyondDrift, { $0.timestamp += 10_000 }),
      (.messagesBeyondOrigin, { $0.messagesConsumed = 3 }), (.originNotCanonical, { $0.l1Origin.hash = .zero }),
    ]
    for (reason, change) in changes {
      var wrong = block
      change(&wrong)
      guard case .rule(reason) = try play.take([wrong]).refused.first?.because else {
        Issue.record("\(reason) was not found")
        return
      }
    }
    #expect(try play.take([block]).taken.count == 1)
    var twin = block
    twin.timestamp += 1
    guard case .otherBlock(number: 1) = try play.take([twin]).refused.first?.because else {
      Issue.record("a second block of one height was taken")
      return
    }
    #expect(play.unsafe.blocks.map(\.block) == [block])
  }

  @Test("a block that cannot be carried out is not taken, and nothing of it is left")
  func execution() throws {
    var play = try UnsafePlay()
    let blocks = try play.blocks(2)
    try play.take([blocks[0]])
    let damaged = ProjectionView(batch: WriteBatch(), over: WithoutAccounts(base: play.fold.view.store))
    let progress = try play.unsafe.follow(damaged, taking: [try play.sign(blocks[1])])
    guard case .execution = progress.refused.first?.because else {
      Issue.record("a block was carried out over rows that are not there")
      return
    }
    #expect(play.unsafe.blocks.map(\.block) == [blocks[0]])
    #expect(try play.take(blocks).taken.map(\.number) == [2])
  }

  @Test("rows of several layers are read and scanned as if they had been committed")
  func layers() throws {
    var random = SeededGenerator()
    let table = ProposerState.storage
    for _ in 0..<200 {
      let (base, model) = (MemoryTables(tables: ProposerState.tables), MemoryTables(tables: ProposerState.tables))
      var layers: [WriteBatch] = []
      for layer in 0..<4 {
        let batch = WriteBatch()
        for _ in 0..<random.next() % 12 {
          let key: [UInt8] = [UInt8(random.next() % 4), UInt8(random.next() % 6)]
          if random.next() % 3 == 0 {
            batch.delete(table, key: key.rawSpan)
          } else {
            let value: [UInt8] = [UInt8(truncatingIfNeeded: random.next())]
            batch.put(table, key: key.rawSpan, value: value.rawSpan)
          }
        }
        if layer == 0 { base.commit(batch) } else { layers.append(batch) }
        model.commit(batch)
      }
      let rows = LayeredRows(base: base, layers: layers)
      let (start, limit): ([UInt8], UInt64) = ([UInt8(random.next() % 4), UInt8(random.next() % 6)], random.next() % 9)
      func taken(by scan: (_ body: (RawSpan, RawSpan) -> Bool) throws -> Void) rethrows -> [[[UInt8]]] {
        var rows: [[[UInt8]]] = []
        try scan { key, value in
          rows.append([key.bytes, value.bytes])
          return rows.count <= limit
        }
        return rows
      }
      #expect(
        try taken { try rows.scan(table, from: start.rawSpan, $0) }
          == taken { model.scan(table, from: start.rawSpan, $0) }, "seed \(random.seed)")
      #expect(
        try taken { try rows.scanBackward(table, before: start.rawSpan, $0) }
          == taken { model.scanBackward(table, before: start.rawSpan, $0) }, "backward, seed \(random.seed)")
      var (read, expected): ([UInt8]?, [UInt8]?)
      try rows.read(table, start.rawSpan) { read = $0?.bytes }
      model.read(table, start.rawSpan) { expected = $0?.bytes }
      #expect(read == expected, "seed \(random.seed)")
    }
  }
}

/// Rows whose accounts cannot be read.
private struct WithoutAccounts: TableReader {
  let base: any TableReader

  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) throws(TableReadError) {
    if table == ProposerState.accounts { throw TableReadError(table: table, reason: "it has gone") }
    try base.read(table, key, body)
  }

  func scan(_ table: ProjectionTable, from start: RawSpan, _ body: (RawSpan, RawSpan) -> Bool) throws(TableReadError) {
    try base.scan(table, from: start, body)
  }

  func scanBackward(
    _ table: ProjectionTable, before end: RawSpan, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    try base.scanBackward(table, before: end, body)
  }
}
