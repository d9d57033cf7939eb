import Primitives
import Roles
import Rollup
import Settlement
import TestSupport
import Testing

@Suite("Sequencer")
struct SequencerTests {
  private static let key = MiniChain.address(3)

  /// Signs all that the sequencer may, as a node does.
  private func sign(_ sequencer: inout Sequencer, _ view: RollupView) {
    for block in sequencer.nextBlocks(view) {
      guard let permission = sequencer.signingGuard.permission(for: block, view) else { return }
      sequencer.note(permission)
    }
  }

  private func intents(_ sequencer: Sequencer, _ view: RollupView) -> [Intent] {
    sequencer.intents(view) { SignedCommitment(commitment: $0, signature: [UInt8](repeating: 1, count: 65)) }
  }

  private func bonded(l1Blocks: Int) throws -> RollupLedger {
    var ledger = try RollupLedger.quiet(l1Blocks: l1Blocks)
    try ledger.add(.bondLocked(BondLocked(account: Self.key, cause: .sequencer(Self.key), amount: 5000)))
    return ledger
  }

  @Test("a key without its bond is funded before anything is posted")
  func funding() throws {
    let view = try RollupLedger.quiet(l1Blocks: 3).view()
    var sequencer = Sequencer(key: Self.key)
    sign(&sequencer, view)
    #expect(intents(sequencer, view).map(\.rule) == [.fundSequencerKey])
  }

  @Test("blocks are made one for each L1 block, derivable, with messages first, and posted together")
  func blocks() throws {
    var ledger = try bonded(l1Blocks: 3)
    try ledger.deliverMessage()
    try ledger.beginL1Block()
    try ledger.beginL1Block()
    var sequencer = Sequencer(key: Self.key)
    sequencer.submit([1, 2])
    sequencer.submit([])
    let view = try ledger.view()
    #expect(sequencer.nextBlocks(view).count == 5)
    #expect(sequencer.pending.isEmpty, "what is not signed is not pending")
    sign(&sequencer, view)
    #expect(sequencer.pending.map(\.l1Origin.number) == [1, 2, 3, 4, 5])
    #expect(sequencer.pending.map(\.messagesConsumed) == [0, 0, 1, 1, 1])
    #expect(sequencer.pending.map(\.transactions.count) == [1, 0, 0, 0, 0])
    let intents = intents(sequencer, view)
    #expect(intents.map(\.rule) == [.postBatch])
    try ledger.beginL1Block()
    try ledger.deliverBatch(sequencer.pending)
    #expect(ledger.derivation.head.number == 5, "derivation takes every block")
    sequencer.reconcile(with: try ledger.view())
    #expect(sequencer.pending.isEmpty)
  }

  @Test("what L1 takes back is posted again as it was signed, and a restart changes nothing")
  func takenBack() throws {
    let before = try bonded(l1Blocks: 3)
    var sequencer = Sequencer(key: Self.key)
    sequencer.submit([7])
    sign(&sequencer, try before.view())
    let signed = sequencer.pending
    var after = before
    try after.beginL1Block()
    try after.deliverBatch(signed)
    sequencer.reconcile(with: try after.view())
    #expect(sequencer.pending.isEmpty)
    var without = before
    try without.beginL1Block(salt: 1)
    sequencer.reconcile(with: try without.view())
    #expect(sequencer.pending == signed)
    #expect(sequencer.mempool.isEmpty)
    var restarted = Sequencer(
      key: Self.key, signingGuard: SigningGuard(sequencer.signingGuard.permissions.values.flatMap { $0 }))
    restarted.reconcile(with: try without.view())
    #expect(restarted.pending == signed)
  }

  @Test("transactions of blocks whose origin is gone wait again")
  func transactionsWaitAgain() throws {
    let base = try bonded(l1Blocks: 1)
    var left = base
    try left.beginL1Block()
    var sequencer = Sequencer(key: Self.key)
    sign(&sequencer, try left.view())
    sequencer.submit([7])
    try left.beginL1Block()
    sign(&sequencer, try left.view())
    #expect(sequencer.pending.last?.transactions == [[7]])
    sequencer.submit([8])
    try left.beginL1Block()
    sign(&sequencer, try left.view())
    sequencer.submit([9])
    var right = base
    try right.beginL1Block(salt: 1)
    let view = try right.view()
    var restarted = Sequencer(
      key: Self.key, signingGuard: SigningGuard(sequencer.signingGuard.permissions.values.flatMap { $0 }))
    sequencer.reconcile(with: view)
    #expect(sequencer.mempool == [[7], [8], [9]], "in the order in which they were signed, and before what came later")
    #expect(sequencer.pending.map(\.l1Origin.number) == [1])
    // What was in no signed block is lost with the process.
    restarted.reconcile(with: view)
    #expect(restarted.mempool == [[7], [8]])
    #expect(restarted.pending == sequencer.pending)
  }

  @Test("as long as a batch's data is missing nothing more is posted")
  func missingData() throws {
    var ledger = try bonded(l1Blocks: 3)
    var sequencer = Sequencer(key: Self.key)
    sign(&sequencer, try ledger.view())
    let signed = sequencer.pending
    try ledger.beginL1Block()
    try ledger.deliverBatch(signed, isWithheld: true)
    sequencer.reconcile(with: try ledger.view())
    #expect(intents(sequencer, try ledger.view()).isEmpty)
    for _ in 0..<6 { try ledger.beginL1Block() }
    sequencer.reconcile(with: try ledger.view())
    #expect(intents(sequencer, try ledger.view()).map(\.rule) == [.postBatch])
    #expect(sequencer.pending == signed)
  }
}
