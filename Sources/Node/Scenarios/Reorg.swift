import EventStore
import L1
import Primitives
import Roles
import Rollup
import Settlement
import SystemPackage

extension DevnetStage {
  mutating func reorg(_ devnet: inout Devnet) async throws(NodeError) {
    devnet.proposer.finalizedOnly = false
    say("a second node, with a data directory of its own in second/, follows the same L1")
    var second = try RollupNode(directory: devnet.directory.appending("second"), configuration: devnet.configuration)
    devnet.sequencer.submit(DevnetParty.user.transfer(nonce: 0))
    try await advance(&devnet) { !$0.view.outputs.isEmpty }
    _ = try await second.follow(devnet.l1)
    try await leaveAndReturn(&devnet)
    try await showToSecondOnly(&second, &devnet)
    try await refuseReport(&devnet)
    let isFinal = try await advance(&devnet) { $0.view.outputs.contains { $0.status == .final } }
    expect(isFinal, "an output is final after the reorganisations")
    expect(
      devnet.view.outputs.allSatisfy {
        $0.status != .open || Challenger.verdict(on: $0.output, devnet.view) == .agrees
      },
      "every output that stands is true")
    _ = try await second.follow(devnet.l1)
    try compare(devnet.node, second)
  }

  /// The first node sees L1 leave its two newest blocks, in which a batch and an output are, and come back to them.
  private mutating func leaveAndReturn(_ devnet: inout Devnet) async throws(NodeError) {
    let before = devnet.view
    let accumulator = devnet.node.canonicalAcc
    let (tip, time) = (devnet.l1.head(), devnet.view.l1Time)
    say("L1 leaves its two newest blocks; the transactions in them are lost")
    do {
      try devnet.l1.reorganise(depth: 2, transactions: .drop, miningAt: [time - 11, time + 1, time + 13])
    } catch { throw .l1(error) }
    try await devnet.follow()
    tell(&devnet)
    expect(devnet.view.outputs.count < before.outputs.count, "the output is orphaned")
    expect(devnet.view.batches.count < before.batches.count, "batches are orphaned")
    expect(
      devnet.view.safeHead < before.safeHead, "with their L2 blocks: the safe head goes back to \(devnet.view.safeHead)"
    )
    try devnet.act()
    tell(&devnet)
    say("L1 comes back to the blocks that it had left")
    do { try devnet.l1.returnTo(tip.hash) } catch { throw .l1(error) }
    try await devnet.follow()
    tell(&devnet)
    expect(devnet.view.l1Head == tip, "the same L1 block was revoked and is back")
    expect(devnet.node.canonicalAcc == accumulator, "and all that it held: canonicalAcc is what it was")
    expect(
      devnet.view.safeHead == before.safeHead && devnet.view.outputs.count == before.outputs.count,
      "batch, output and L2 blocks have returned")
    try devnet.act()
    tell(&devnet)
  }

  /// The second node sees a reorganisation that the first one never hears of.
  private mutating func showToSecondOnly(
    _ second: inout RollupNode, _ devnet: inout Devnet
  ) async throws(NodeError) {
    try await pass(1, &devnet)
    _ = try await second.follow(devnet.l1)
    let (tip, time) = (devnet.l1.head(), devnet.view.l1Time)
    do { try devnet.l1.reorganise(depth: 1, transactions: .resubmit, miningAt: [time + 5]) } catch { throw .l1(error) }
    let reorg = try await second.follow(devnet.l1).reorg
    expect(reorg != nil, "the second node sees a reorganisation of its own, while the first one does not look")
    let comparison = try Self.comparison(devnet.node, second)
    if case .different(let difference) = comparison {
      expect(
        difference.isReconcilable && difference.l1Block == tip.number,
        "compared now, the two differ from L1 block \(difference.l1Block) on: a reorganisation that the first has not seen"
      )
    } else {
      expect(false, "the two differ now")
    }
    do { try devnet.l1.returnTo(tip.hash) } catch { throw .l1(error) }
    try await pass(1, &devnet)
    _ = try await second.follow(devnet.l1)
  }

  /// The sequencer has signed one height for two branches. Each was right on its own.
  private mutating func refuseReport(_ devnet: inout Devnet) async throws(NodeError) {
    let pair = signed.lazy.compactMap { [signed] later in
      signed.first { $0.block.number == later.block.number && $0.block != later.block }.map { ($0.block, later.block) }
    }.first
    guard let pair, let first = devnet.sign(pair.0, as: .sequencer), let second = devnet.sign(pair.1, as: .sequencer)
    else {
      return expect(false, "the sequencer signed a height for both branches")
    }
    let bond = devnet.view.sequencerBonds[DevnetParty.sequencer.address]
    say("somebody reports the two signatures for block \(pair.0.number), one for each branch, as a double sign")
    let report = Intent(
      .reportDoubleSign, .reportDoubleSign(first: first, second: second), because: "it hopes for the reward")
    try devnet.perform([report], as: DevnetParty.liar.address)
    try await pass(2, &devnet)
    let isRefused = devnet.l1.chain.blocks.suffix(2).flatMap(\.receipts).contains { receipt in
      if case .reverted(.originIsNotCanonical)? = receipt.failure { true } else { false }
    }
    expect(
      isRefused && bond != nil && devnet.view.sequencerBonds[DevnetParty.sequencer.address] == bond,
      "the contract refuses: one of the two origins is not canonical")
  }

  /// Two nodes that saw different reorganisations.
  private mutating func compare(_ first: RollupNode, _ second: RollupNode) throws(NodeError) {
    guard case .equal(let block) = try Self.comparison(first, second) else {
      return expect(false, "both nodes say the same of L1")
    }
    expect(
      block == first.view.l1Head && block == second.view.l1Head && first.canonicalAcc == second.canonicalAcc,
      "both nodes say the same of L1, up to block \(block.number): canonicalAcc \(first.canonicalAcc.short)")
    expect(
      first.finalized == second.finalized && first.finalized != nil,
      "up to the finalized block \(first.finalized?.number ?? 0) that both have")
    let digests = try first.digests()
    expect(
      digests == (try second.digests()),
      "digests are equal: proposer-state \(digests[0].short), challenger-view \(digests[1].short)")
    do {
      let (one, other) = (try first.follower.ledger.head(), try second.follower.ledger.head())
      expect(
        one.root != other.root,
        "their logs are not: \(one.size) and \(other.size) records, as each saw other reorganisations")
    } catch { throw .read(error) }
  }

  private static func comparison(
    _ first: RollupNode, _ second: RollupNode
  ) throws(NodeError) -> LedgerComparison {
    do { return try LedgerComparison(of: first.follower.ledger, with: second.follower.ledger) } catch {
      throw .read(error)
    }
  }
}
