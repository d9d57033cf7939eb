import Foundation
import Primitives
import Rollup
import TestSupport
import Testing

/// What no contract could have emitted stops derivation with a named error.
@Suite("Derivation of a broken ledger")
struct DerivationErrorTests {
  private func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.deliverMessage()
    return ledger
  }

  private func error(_ event: Event) throws -> DerivationError? {
    var ledger = try ledger()
    do {
      try ledger.add(event)
      return nil
    } catch let error as DerivationError { return error }
  }

  private func batch(_ change: (inout SequencerBatchDelivered) -> Void) -> Event {
    let hash = Hash256.zero
    var batch = SequencerBatchDelivered(
      batchIndex: 1, beforeAcc: .zero, afterAcc: BatchData.accumulator(after: .zero, dataHash: hash), firstBlock: 1,
      lastBlock: 2, messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: hash, dataLocation: .event,
      data: .present)
    change(&batch)
    return .sequencerBatchDelivered(batch)
  }

  @Test("batches out of order, or that do not link")
  func batches() throws {
    #expect(try error(batch { _ in }) == nil)
    #expect(try error(batch { $0.batchIndex = 2 }) == .batchOutOfOrder(expected: 1, found: 2))
    #expect(try error(batch { $0.batchIndex = 0 }) == .batchOutOfOrder(expected: 1, found: 0))
    #expect(try error(batch { $0.beforeAcc = Samples.hash(1) }) == .accumulatorBroken(batchOrMessage: 1))
    #expect(try error(batch { $0.afterAcc = Samples.hash(1) }) == .accumulatorBroken(batchOrMessage: 1))
    #expect(try error(batch { $0.lastBlock = 0 }) == .batchIncomplete(batchIndex: 1, missingFrom: 0))
    #expect(
      try error(
        batch {
          $0.firstBlock = 0
          $0.lastBlock = .max
        }) == .batchIncomplete(batchIndex: 1, missingFrom: 0))
  }

  @Test("messages out of order, or that do not link")
  func messages() throws {
    var message = try #require(try ledger().messages.first)
    #expect(try error(.messageDelivered(message)) == .messageOutOfOrder(expected: 1, found: 0))
    message.messageIndex = 1
    #expect(try error(.messageDelivered(message)) == .accumulatorBroken(batchOrMessage: 1))
    let forced = ForceIncluded(
      batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 1, caller: .zero)
    #expect(try error(.forceIncluded(forced)) == .messageOutOfOrder(expected: 1, found: 1))
  }

  @Test("blocks out of place, and batches that end early")
  func blocks() throws {
    let ledger = try ledger()
    let block = BlockSequenced(batchIndex: 1, indexInBatch: 0, block: .rollup(ledger.block(origin: 0)))
    #expect(try error(.blockSequenced(block)) == .blockOutOfPlace(batchIndex: 1, indexInBatch: 0))
    for (batchIndex, indexInBatch) in [(UInt64(1), UInt64(1)), (2, 0)] {
      var open = ledger
      try open.add(batch { _ in })
      let wrong = BlockSequenced(batchIndex: batchIndex, indexInBatch: indexInBatch, block: block.block)
      #expect(throws: DerivationError.blockOutOfPlace(batchIndex: batchIndex, indexInBatch: indexInBatch)) {
        try open.add(.blockSequenced(wrong))
      }
    }
    var open = ledger
    try open.add(batch { _ in })
    try open.add(.blockSequenced(block))
    #expect(throws: DerivationError.batchIncomplete(batchIndex: 1, missingFrom: 1)) { try open.beginL1Block() }
  }

  @Test("data for a batch that waits for none, and for another than was committed to")
  func data() throws {
    let data = BatchDataDelivered(batchIndex: 1, dataHash: Samples.hash(1), dataLocation: .event, poster: .zero)
    #expect(try error(.batchDataDelivered(data)) == .dataNotAwaited(batchIndex: 1))
    var waiting = try ledger()
    try waiting.add(batch { $0.data = .missing })
    #expect(
      throws: DerivationError.wrongData(batchIndex: 1, expected: .zero, computed: Samples.hash(1))
    ) { try waiting.add(.batchDataDelivered(data)) }
  }

  @Test("a header that is none, and a chain that is no rollup")
  func headers() throws {
    let header = L1BlockAppended(header: [0xc0], canonicalAccBefore: .zero, completeness: .embedded)
    let found = try error(.l1BlockAppended(header))
    guard case .malformedHeader? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    let given = Samples.configuration
    let imported = ChainConfiguration(
      chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: [])
    #expect(throws: DerivationError.notARollup) { try Derivation(imported) }
  }

  @Test("rows that are not there any more")
  func lostRows() throws {
    var ledger = try ledger()
    try ledger.deliverBatch([ledger.block(origin: 0)], isWithheld: true)
    var state = ledger.derivation
    var empty = DerivationMemory()
    let next = L1BlockAppended(header: ledger.l1Blocks[1].encode(), canonicalAccBefore: .zero, completeness: .embedded)
    #expect(throws: DerivationError.storage("nothing waits for batch 1")) {
      try state.apply(.l1BlockAppended(next), storage: &empty)
    }
  }

  @Test("every error that derivation has is expected by a test of this file")
  func complete() throws {
    let folder = "\(packageRoot)"
    let source = try String(
      contentsOfFile: "\(folder)/Sources/Rollup/Derivation/DerivationError.swift", encoding: .utf8)
    let tests = try String(contentsOfFile: "\(folder)/Tests/RollupTests/DerivationErrorTests.swift", encoding: .utf8)
    let names = source.matches(of: #/\n  case (\w+)/#).map { String($0.1) }
    #expect(names.count == 10)
    for name in names { #expect(tests.contains(".\(name)"), "\(name)") }
  }
}
