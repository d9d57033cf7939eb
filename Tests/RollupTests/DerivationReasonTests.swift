import Primitives
import Rollup
import TestSupport
import Testing

/// Each rule of derivation by its name: a reason without a ledger that breaks it does not compile here.
@Suite("Every reason of derivation")
struct DerivationReasonTests {
  @Test("what breaks a rule, and only that, is dropped for it", arguments: RejectionReason.allCases)
  func reason(reason: RejectionReason) throws {
    let ledger = try Self.ledger(breaking: reason)
    guard case .rejected(let rejected)? = ledger.steps.last else {
      Issue.record("nothing was dropped")
      return
    }
    #expect(rejected.reason == reason)
    // All that stands before it is derived.
    #expect(ledger.steps.dropLast().allSatisfy { if case .block = $0 { true } else { false } })
  }

  private static func ledger(breaking reason: RejectionReason) throws -> RollupLedger {
    switch reason {
    case .wrongNumber: try posting { $0.number += 1 }
    case .wrongParent: try posting { $0.parentOrder = .zero }
    case .originSkips: try posting { block in block.l1Origin = BlockID(number: 5, hash: block.l1Origin.hash) }
    case .originNotCanonical: try posting { $0.l1Origin.hash = .zero }
    case .timeNotAfterParent: try posting { $0.timestamp = 0 }
    case .timeBeforeOrigin: try posting { $0.timestamp -= 1 }
    case .timeBeyondDrift: try posting { $0.timestamp += 61 }
    case .messagesGoBack: try posting(origin: 3, consumed: 2) { $0.messagesConsumed = 1 }
    case .messagesBeyondOrigin: try posting { $0.messagesConsumed = 3 }
    case .overdueMessageLeftOut: try overdue()
    case .tooManyTransactions: try posting { $0.transactions = Array(repeating: [1], count: 15) }
    case .dataWithheld: try withheld()
    case .nothingToForce: try forcedTwice()
    case .notARollupBlock: try imported()
    }
  }

  /// Nine L1 blocks, two messages in the third; L2 block 1 of origin 1, and 2 of origin 2 when `consumed` says so.
  private static func start(consumed: UInt64 = 0) throws -> RollupLedger {
    var ledger = try RollupLedger()
    for _ in 0..<2 { try ledger.beginL1Block() }
    for _ in 0..<2 { try ledger.deliverMessage() }
    for _ in 0..<4 { try ledger.beginL1Block() }
    let first = ledger.block(origin: 1)
    let second = ledger.block(after: OrderHead(first), origin: 2, messages: consumed)
    try ledger.deliverBatch(consumed > 0 ? [first, second] : [first])
    try ledger.beginL1Block()
    return ledger
  }

  private static func posting(
    origin: UInt64 = 2, consumed: UInt64 = 0, _ change: (inout RollupBlock) -> Void
  ) throws -> RollupLedger {
    var ledger = try start(consumed: consumed)
    var block = ledger.block(origin: origin, messages: 2)
    change(&block)
    try ledger.deliverBatch([block])
    return ledger
  }

  private static func overdue() throws -> RollupLedger {
    var ledger = try start()
    for _ in 0..<3 { try ledger.beginL1Block() }
    var blocks: [RollupBlock] = []
    for origin in 2...6 as ClosedRange<UInt64> {
      blocks.append(ledger.block(after: blocks.last.map(OrderHead.init), origin: origin, messages: 0))
    }
    try ledger.deliverBatch(blocks)
    return ledger
  }

  private static func withheld() throws -> RollupLedger {
    var ledger = try start()
    try ledger.deliverBatch([ledger.block(origin: 2, messages: 2)], isWithheld: true)
    for _ in 0..<6 { try ledger.beginL1Block() }
    return ledger
  }

  private static func forcedTwice() throws -> RollupLedger {
    var ledger = try start()
    for _ in 0..<2 { try ledger.force(lastMessage: 1) }
    return ledger
  }

  private static func imported() throws -> RollupLedger {
    var ledger = try start()
    try ledger.deliverImportedBlock()
    return ledger
  }
}
