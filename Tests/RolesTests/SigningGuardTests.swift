import Primitives
import Roles
import Rollup
import TestSupport
import Testing

@Suite("The sequencer's guard")
struct SigningGuardTests {
  /// Asks for leave to sign, and takes it.
  private func sign(
    _ block: RollupBlock, _ ledger: RollupLedger, _ signingGuard: inout SigningGuard
  ) throws -> SigningGuard.Reason? {
    let permission = signingGuard.permission(for: block, try ledger.view())
    if let permission { signingGuard.note(permission) }
    return permission?.reason
  }

  private func changed(_ block: RollupBlock) -> RollupBlock {
    var changed = block
    changed.transactions.append([0xc0])
    return changed
  }

  @Test("one order is permitted for a height, however often it is asked for, and after a restart")
  func once() throws {
    let ledger = try RollupLedger.quiet(l1Blocks: 4)
    var signingGuard = SigningGuard()
    let block = ledger.block(origin: 1)
    #expect(try sign(block, ledger, &signingGuard) == .first)
    #expect(try sign(block, ledger, &signingGuard) == .same)
    #expect(try sign(changed(block), ledger, &signingGuard) == nil)
    var restarted = SigningGuard(signingGuard.permissions.values.flatMap { $0 })
    #expect(try sign(changed(block), ledger, &restarted) == nil)
    #expect(try sign(block, ledger, &restarted) == .same)
  }

  @Test("nothing is signed on an L1 block that is not canonical")
  func foreignOrigin() throws {
    let ledger = try RollupLedger.quiet(l1Blocks: 4)
    var signingGuard = SigningGuard()
    var block = ledger.block(origin: 1)
    block.l1Origin.hash = .zero
    #expect(try sign(block, ledger, &signingGuard) == nil)
  }

  @Test("when L1 leaves the origin, another order is permitted, of an origin that the first branch does not have")
  func orphaned() throws {
    let base = try RollupLedger.quiet(l1Blocks: 3)
    var left = base
    try left.beginL1Block()
    try left.beginL1Block()
    var right = base
    try right.beginL1Block(salt: 1)
    try right.beginL1Block(salt: 1)
    var signingGuard = SigningGuard()
    #expect(try sign(left.block(origin: 4), left, &signingGuard) == .first)
    // Origin 3 is canonical on both branches: back on the left one, it would stand beside the first order.
    #expect(try sign(right.block(origin: 3), right, &signingGuard) == nil)
    #expect(try sign(right.block(origin: 4), right, &signingGuard) == .originOrphaned)
    // Back on the left branch, what was signed there is signed again, and nothing else.
    #expect(try sign(left.block(origin: 4), left, &signingGuard) == .same)
    #expect(try sign(changed(left.block(origin: 4)), left, &signingGuard) == nil)
  }

  /// A height that messages were forced into at L1 block 6, after a block of origin 1 was signed for it.
  private func superseded() throws -> (ledger: RollupLedger, before: RollupLedger, signed: RollupBlock) {
    var ledger = try RollupLedger.quiet(l1Blocks: 2)
    try ledger.deliverMessage()
    for _ in 0..<3 { try ledger.beginL1Block() }
    let signed = ledger.block(origin: 1, messages: 0)
    let before = ledger
    try ledger.beginL1Block()
    try ledger.force(lastMessage: 0)
    for _ in 0..<3 { try ledger.beginL1Block() }
    return (ledger, before, signed)
  }

  @Test("after a forced block another order is permitted, with an origin at or past its L1 block and not before")
  func supersededByRule() throws {
    let (ledger, before, signed) = try superseded()
    #expect(ledger.derivation.head.l1Origin.number == 5)
    var signingGuard = SigningGuard()
    #expect(try sign(signed, before, &signingGuard) == .first)
    let next = before.block(after: OrderHead(signed), origin: 2, messages: 0)
    #expect(try sign(next, before, &signingGuard) == .first)
    // The forced block's own origin: should L1 take block 6 back, both orders would have canonical origins and no excuse.
    #expect(try sign(ledger.block(origin: 5), ledger, &signingGuard) == nil)
    #expect(try sign(ledger.block(origin: 6), ledger, &signingGuard) == .supersededByRule)
  }

  @Test("behind a forced block nothing is signed with an origin below its L1 block")
  func onForcedBlock() throws {
    let (ledger, before, signed) = try superseded()
    var signingGuard = SigningGuard()
    #expect(try sign(signed, before, &signingGuard) == .first)
    // Should L1 take block 6 back, the first would stand under one that does not descend from it, and nothing would excuse it.
    #expect(try sign(ledger.block(origin: 5), ledger, &signingGuard) == nil)
    let next = ledger.block(origin: 6)
    #expect(try sign(next, ledger, &signingGuard) == .first)
    // Nor does one that is not the next.
    var later = ledger.block(after: OrderHead(next), origin: 6)
    later.l1Origin = ledger.block(origin: 5).l1Origin
    #expect(try sign(later, ledger, &signingGuard) == nil)
  }

  @Test("when L1 takes the forced block back, the order that it took the height from is good again")
  func forcedBlockTakenBack() throws {
    var (ledger, before, signed) = try superseded()
    var signingGuard = SigningGuard()
    let next = before.block(after: OrderHead(signed), origin: 2, messages: 0)
    for block in [signed, next] { #expect(try sign(block, before, &signingGuard) == .first) }
    let third = before.block(after: OrderHead(next), origin: 3, messages: 0)
    let after = ledger.block(origin: 6)
    #expect(try sign(after, ledger, &signingGuard) == .supersededByRule)
    let further = ledger.block(after: OrderHead(after), origin: 7)
    #expect(try sign(further, ledger, &signingGuard) == .first)
    // L1 goes on without the forced inclusion.
    for _ in 0..<2 { try before.beginL1Block(salt: 1) }
    let view = try before.view()
    #expect(signingGuard.chain(after: before.derivation.head, view) == [signed, next])
    // Height 3 was signed with origin 7, behind the forced block, which would excuse it there.
    #expect(try sign(third, before, &signingGuard) == .originOrphaned)
    // But nothing else for height 2, although the newest order of that height is orphaned.
    #expect(try sign(changed(next), before, &signingGuard) == nil)
  }

  @Test("nothing is signed at or past a forced inclusion that waits for an earlier batch's data")
  func waitingForcedInclusion() throws {
    var ledger = try RollupLedger.quiet(l1Blocks: 2)
    try ledger.deliverMessage()
    try ledger.beginL1Block()
    let signed = ledger.block(origin: 1, messages: 0)
    try ledger.deliverBatch([signed], isWithheld: true)
    try ledger.beginL1Block()
    try ledger.force(lastMessage: 0)
    try ledger.beginL1Block()
    try ledger.beginL1Block()
    let view = try ledger.view()
    #expect(view.waitingForcedInclusion == 4)
    var signingGuard = SigningGuard()
    var head = ledger.derivation.head
    for origin in [1, 2, 3, 4, 5] as [UInt64] {
      let block = ledger.block(after: head, origin: origin, messages: 0)
      #expect((try sign(block, ledger, &signingGuard) == .first) == (origin < 4), "origin \(origin)")
      head = OrderHead(block)
    }
  }
}
