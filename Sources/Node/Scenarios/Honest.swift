import L1
import Primitives
import ProjectionStore
import Projections
import Roles
import Rollup
import Settlement
import StateTransition

extension DevnetStage {
  mutating func honest(_ devnet: inout Devnet) async throws(NodeError) {
    try await pass(3, &devnet)
    let before = balance(of: .friend, devnet)
    say("the user submits a transaction to the sequencer")
    devnet.sequencer.submit(DevnetParty.user.transfer(nonce: 0))
    say("the friend puts a deposit for itself into the inbox on L1")
    try devnet.perform([deposit(value: 5)], as: DevnetParty.friend.address)
    try await expectFinalWithinBound(&devnet)
    expect(
      balance(of: .friend, devnet) == before + 1_000_005,
      "the friend has what the transaction and the deposit gave, by the node's own execution")
    let fates = devnet.view.blocks.flatMap(\.result.fates)
    expect(
      fates.count == 2 && !fates.contains { if case .invalid = $0 { true } else { false } }, "both were carried out")
    expect(
      devnet.unsafeCounts == (Int(devnet.view.safeHead), 0),
      "each block was executed as soon as it was signed, and L1 then gave the same")
    expect(devnet.view.games.isEmpty, "nobody disputed anything")
    expect(
      devnet.view.outputs.allSatisfy { Challenger.verdict(on: $0.output, devnet.view) == .agrees },
      "the challenger recomputed every output and agrees")
    try tellTenSteps(devnet)
  }

  /// Sees the first output come, and become final.
  ///
  /// It is claimed when its last block's batch, which L1 has one block after the signature, is final; whoever asks for its
  /// finality does so in the first L1 block at the end of the challenge period, and has it in the next.
  private mutating func expectFinalWithinBound(_ devnet: inout Devnet) async throws(NodeError) {
    let toClaim = Int(devnet.proposer.interval + DevnetGenesis.finalityDepth) + 2
    let isClaimed = try await advance(&devnet, limit: toClaim) { !$0.view.outputs.isEmpty }
    let claimed = devnet.view.l1Time
    expect(isClaimed, "the first output is on L1 within \(toClaim) L1 blocks")
    let period = devnet.view.currentSettings.challengePeriod
    let toFinality = Int((period + DevnetGenesis.l1BlockTime - 1) / DevnetGenesis.l1BlockTime) + 1
    let isFinal = try await advance(&devnet, limit: toFinality) { $0.view.outputs.first?.status == .final }
    expect(
      isFinal && devnet.view.l1Time - claimed >= period,
      "it is final within its bound: the challenge period of \(period) s, and one L1 block")
  }

  /// A deposit of the friend, or of the user for the friend.
  func deposit(value: UInt256) -> Intent {
    let request = MessageRequest(
      kind: .deposit, to: DevnetParty.friend.address, value: value, gasLimit: 50_000, data: [])
    return Intent(.forceMessages, .deliverMessage(request), value: value, because: "the user goes straight to L1")
  }

  /// The ten steps that the user's transaction went through, and what holds each of them.
  private mutating func tellTenSteps(_ devnet: Devnet) throws(NodeError) {
    guard let block = devnet.view.blocks.first(where: { !$0.derived.block.transactions.isEmpty }) else {
      return expect(false, "the transaction is in a block")
    }
    let number = block.derived.block.number
    let batch = block.derived.cursor.batchIndex
    say("the ten steps of the user's transaction, and what holds each:")
    let (delivered, sequenced) = (recordOfBatch(batch), recordOfBlock(number))
    say(" 1 the user submits it to the sequencer: its bytes are in this record", in: sequenced)
    say(" 2 the sequencer includes it in block \(number) and signs: the signature is in this one", in: delivered)
    say(" 3 the block reaches the contract, which fixes its order", in: delivered)
    say("   and its data, for whoever wants to execute it", in: sequenced)
    let l1Block = devnet.view.batches[Int(batch) - 1].l1Block
    say(
      " 4 the node follows L1 and is told",
      in: record(.l1BlockAppended) {
        if case .l1BlockAppended(let event) = $0 {
          event.headerHash == devnet.view.l1Block(l1Block)?.id.hash
        } else {
          false
        }
      })
    say(" 5 the proposer executes the block", in: .row("proposer-state results/\(number)"))
    let output = UInt64(devnet.view.outputs.firstIndex { $0.output.l2BlockNumber >= number } ?? 0)
    say(
      " 6 the proposer claims the state after it",
      in: record(.outputProposed) {
        if case .outputProposed(let event) = $0 { event.outputIndex == output } else { false }
      })
    say(" 7 the challenger notices", in: .row("challenger-view outputs/\(output)"))
    let verdict = try devnet.node.verdict(onOutput: output)
    say(
      " 8 the challenger recomputes: the output \(verdict?.judgement.rawValue ?? "is unknown")",
      in: .row("proposer-state outputs/\(output)"))
    say(" 9 nothing to dispute; scenario wrong-output shows what happens otherwise")
    say(
      "10 the challenge period is over, and the user relies on the output",
      in: record(.outputFinalized) {
        if case .outputFinalized(let event) = $0 { event.outputIndex == output } else { false }
      })
    expect(verdict?.agrees ?? false, "the rows of proposer-state agree with output \(output)")
  }

  private func recordOfBatch(_ index: UInt64) -> DevnetLine.Holder {
    record(.sequencerBatchDelivered) {
      if case .sequencerBatchDelivered(let event) = $0 { event.batchIndex == index } else { false }
    }
  }

  private func recordOfBlock(_ number: UInt64) -> DevnetLine.Holder {
    record(.blockSequenced) {
      if case .blockSequenced(let event) = $0, case .rollup(let block) = event.block {
        block.number == number
      } else {
        false
      }
    }
  }

  /// The first record seen of a kind that is meant.
  private func record(_ kind: EventKind, _ isMeant: (Event) -> Bool) -> DevnetLine.Holder {
    seen.first { $0.event.kind == kind && isMeant($0.event) }.map { .record($0.position, kind) } ?? .nothing
  }
}
