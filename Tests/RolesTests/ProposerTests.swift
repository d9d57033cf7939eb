import Primitives
import Roles
import Rollup
import Settlement
import TestSupport
import Testing

@Suite("Proposer")
struct ProposerTests {
  private static let account = MiniChain.address(60)

  /// Three L2 blocks, whose data is in L1 block 4; L1 goes on to block 6.
  private func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger.quiet(l1Blocks: 4)
    var blocks: [RollupBlock] = []
    for origin in 1...3 as ClosedRange<UInt64> {
      blocks.append(ledger.block(after: blocks.last.map(OrderHead.init), origin: origin))
    }
    try ledger.deliverBatch(blocks)
    try ledger.beginL1Block()
    try ledger.beginL1Block()
    return ledger
  }

  private func intents(_ ledger: RollupLedger, finalized number: UInt64, finalizedOnly: Bool = true) throws -> [Intent]
  {
    let proposer = Proposer(account: Self.account, interval: 2, finalizedOnly: finalizedOnly)
    let header = ledger.l1Blocks[Int(number)]
    return proposer.intents(try ledger.view(), finalized: BlockID(number: number, hash: header.hash))
  }

  /// What an honest proposer says of a block with this L1 head, as the contract puts it into its event.
  private func output(
    _ ledger: RollupLedger, _ number: UInt64, index: UInt64, l1Head: UInt64, parent: UInt64? = nil
  ) throws -> OutputProposed {
    let result = try #require(try ledger.view().result(of: number))
    return OutputProposed(
      outputIndex: index, outputVersion: 0, outputRoot: result.claim.outputRoot, claim: result.claimHash,
      stateRoot: result.header.stateRoot, blockHash: result.header.hash, l2BlockNumber: number,
      l1Head: BlockID(number: l1Head, hash: ledger.l1Blocks[Int(l1Head)].hash), parentOutput: parent,
      proposer: Self.account, bond: 1000)
  }

  @Test("only what finalized L1 gives is proposed, with that L1 block pinned")
  func finalizedOnly() throws {
    let ledger = try ledger()
    #expect(try intents(ledger, finalized: 3).isEmpty)
    #expect(try intents(ledger, finalized: 3, finalizedOnly: false).map(\.rule) == [.proposeOutput])
    let found = try intents(ledger, finalized: 5)
    #expect(found.map(\.rule) == [.proposeOutput])
    guard case .proposeOutput(let submission)? = found.first?.call else { return }
    let result = try #require(try ledger.view().result(of: 2))
    #expect(submission.claim.hash == result.claimHash)
    #expect(submission.l2BlockNumber == 2)
    #expect(submission.l1Head.number == 5)
    #expect(found.first?.value == 1000)
  }

  @Test("what a claim says of the order is what the next block extends")
  func parentOrder() throws {
    let view = try ledger().view()
    #expect(view.genesis.claim.parentOrder == view.blocks[0].derived.block.parentOrder)
    for index in 0..<2 {
      #expect(view.blocks[index].result.claim.parentOrder == view.blocks[index + 1].derived.block.parentOrder)
    }
  }

  @Test("an output that is true, but was not derivable at the L1 block that it names, is not extended")
  func notYetTrue() throws {
    var ledger = try ledger()
    // Block 2 is as it says; its data came with L1 block 4 only.
    try ledger.add(.outputProposed(try output(ledger, 2, index: 0, l1Head: 3)))
    #expect(try ledger.view().bestOutput == nil)
    try ledger.add(.outputProposed(try output(ledger, 2, index: 1, l1Head: 5)))
    #expect(try ledger.view().bestOutput == 1)
    // Nor what extends it.
    try ledger.add(.outputProposed(try output(ledger, 3, index: 2, l1Head: 5, parent: 0)))
    #expect(try ledger.view().bestOutput == 1)
    try ledger.add(.outputProposed(try output(ledger, 3, index: 3, l1Head: 5, parent: 1)))
    #expect(try ledger.view().bestOutput == 3)
  }

  @Test("a stranger's true output, which ours extends, is made final by us; a wrong one is not")
  func strangersOutputs() throws {
    var ledger = try ledger()
    var parent = try output(ledger, 2, index: 0, l1Head: 5)
    parent.proposer = MiniChain.address(61)
    try ledger.add(.outputProposed(parent))
    try ledger.add(.outputProposed(try output(ledger, 3, index: 1, l1Head: 5, parent: 0)))
    var other = try output(ledger, 3, index: 2, l1Head: 5)
    other.proposer = MiniChain.address(61)
    other.claim = Hash256(0, 0, 0, 1)
    try ledger.add(.outputProposed(other))
    try ledger.beginL1Block(after: 100)
    #expect(try intents(ledger, finalized: 0).map(\.call) == [.finalizeOutput(outputIndex: 0)])
    try ledger.add(.outputFinalized(OutputFinalized(outputIndex: 0, outputRoot: .zero, l2BlockNumber: 2)))
    #expect(try intents(ledger, finalized: 0).map(\.call) == [.finalizeOutput(outputIndex: 1)])
  }

  @Test("an output becomes final when its time is over and its parent is; what is owed is taken")
  func housekeeping() throws {
    var ledger = try ledger()
    try ledger.add(.outputProposed(try output(ledger, 2, index: 0, l1Head: 5)))
    try ledger.add(.outputProposed(try output(ledger, 3, index: 1, l1Head: 5, parent: 0)))
    #expect(try intents(ledger, finalized: 0).isEmpty)
    try ledger.beginL1Block(after: 100)
    let found = try intents(ledger, finalized: 0)
    #expect(found.map(\.call) == [.finalizeOutput(outputIndex: 0)])
    #expect(found.map(\.rule) == [.finalizeOutput])
    try ledger.add(.outputFinalized(OutputFinalized(outputIndex: 0, outputRoot: .zero, l2BlockNumber: 2)))
    try ledger.add(.bondReleased(BondReleased(account: Self.account, cause: .output(0), amount: 1000)))
    let next = try intents(ledger, finalized: 0)
    #expect(next.map(\.rule) == [.finalizeOutput, .claimCredit])
    #expect(next.first?.call == .finalizeOutput(outputIndex: 1))
  }
}
