import EventStore
import Evidence
import Hashing
import L1
import Primitives
import Roles
import Rollup
import Settlement
import StateTransition
import SystemPackage
import TestSupport
import Testing

@testable import Node

/// A dispute that has come down to a step, just before L1 executes it.
private struct StepDispute {
  let devnet: Devnet

  /// The contract before the L1 block that holds the call, and what the call can know of that block.
  let contract: RollupContract
  let context: L1Context
  let call: StepProof
  let prover: Address

  /// Plays a wrong output whose first wrong step is `step` of a block with transactions.
  static func play(_ path: String, lyingFrom step: UInt64) async throws -> StepDispute {
    var devnet = try Devnet(directory: FilePath(path))
    var stage = DevnetStage { _ in }
    devnet.challengers = []
    var lie = try #require(try await stage.lie(&devnet))
    lie.step = step
    devnet.challengers = [
      Challenger(account: DevnetParty.challenger.address), Challenger(account: DevnetParty.liar.address, lie: lie),
    ]
    for _ in 0..<200 {
      let before = devnet.l1.contract
      try await devnet.tick()
      guard let block = devnet.l1.chain.blocks.last else { continue }
      for transaction in block.transactions {
        guard case .step(let call) = try? ContractCall(rlp: transaction.input.rawSpan) else { continue }
        let context = L1Context(
          number: block.id.number, timestamp: block.header.timestamp,
          ancestors: devnet.l1.chain.blocks.dropLast().map(\.id.hash))
        return StepDispute(
          devnet: devnet, contract: before, context: context, call: call, prover: transaction.sender)
      }
    }
    throw NodeError.files(path: path, cause: "the dispute never came down to a step")
  }

  /// What the contract answers to the call with other bytes for a proof; nil when it carries it out.
  func refusal(of proof: [UInt8]) -> Revert? {
    var contract = contract
    var call = call
    call.proof = proof
    do throws(Revert) {
      _ = try contract.call(
        .step(call), from: Caller(prover), at: context,
        verifier: ReexecutingVerifier(configuration: DevnetGenesis.configuration))
      return nil
    } catch { return error }
  }
}

@Suite("One-step proofs")
struct StepProofTests {
  @Test("a one-step proof with any byte changed is refused by the contract", arguments: [0, 1] as [UInt64])
  func contractRefusesChanges(step: UInt64) async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let dispute = try await StepDispute.play(path, lyingFrom: step)
      #expect(dispute.refusal(of: dispute.call.proof) == nil, "the proof itself is accepted")
      for index in dispute.call.proof.indices {
        var changed = dispute.call.proof
        changed[index] ^= 1 << UInt8(index % 8)
        guard case .proofRefused = dispute.refusal(of: changed) else {
          Issue.record("byte \(index) of \(changed.count) can change")
          return
        }
      }
      for changed in [[], dispute.call.proof + [0], Array(dispute.call.proof.dropLast())] {
        guard case .proofRefused = dispute.refusal(of: changed) else {
          Issue.record("a proof of \(changed.count) bytes is taken")
          return
        }
      }
    }
  }

  @Test("a proof of any step, with any byte changed, is refused by whoever executes it")
  func verifierRefusesChanges() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let dispute = try await StepDispute.play(path, lyingFrom: 1)
      let view = dispute.devnet.view
      let truth = GameTruth(l1Head: view.l1Blocks[view.l1Blocks.count - 1].id, view)
      let archive = dispute.devnet.node.archive
      let block = try #require(view.blocks.first { !$0.derived.block.transactions.isEmpty }?.derived.block.number)
      let trace = try #require(try truth.trace(ofBlock: block, archive: archive))
      for step in 0...UInt64(trace.stepCount) {
        let preState = step == 0 ? truth.claim(ofBlock: block - 1) : trace.claim(after: step - 1)
        let bytes = try truth.prove(step: step, ofBlock: block, archive: archive).encode()
        func execute(_ bytes: [UInt8]) throws -> Hash256 {
          try OneStepProof(rlp: bytes.rawSpan).execute(
            from: preState, stepIndex: step, order: truth.order, configuration: view.configuration)
        }
        #expect(try execute(bytes) == trace.claim(after: step), "step \(step)")
        for index in bytes.indices {
          var changed = bytes
          changed[index] ^= 1 << UInt8(index % 8)
          #expect(throws: StepError.self, "byte \(index) of step \(step)") { try execute(changed) }
        }
      }
    }
  }

  @Test(
    "a step proof file tells a whole ledger's dispute, and any change in it is found", arguments: [0, 1] as [UInt64])
  func files(step: UInt64) async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let dispute = try await StepDispute.play(path, lyingFrom: step)
      let prover = try StepProver(ledger: dispute.devnet.node.follower.ledger)
      let file = try prover.refute(claim: dispute.call.claimIndex, ofGame: dispute.call.gameId)
      #expect(file.proof.encode() == dispute.call.proof, "the same proof as the one that the challenger sent")
      #expect((file.statement.order != nil) == (file.statement.stepIndex == 0))
      let verdict = try file.verify()
      #expect(verdict.isRefuted)
      let bytes = file.encode()
      #expect(try StepProofFile(rlp: bytes.rawSpan) == file)
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        // What the game says is the file's word; whoever checks it knows the statement's hash.
        let isNoticed =
          (try? StepProofFile(rlp: changed.rawSpan)).map {
            $0.statement.hash != file.statement.hash || (try? $0.verify()) == nil
          } ?? true
        #expect(isNoticed, "byte \(index)")
      }
      let contract = dispute.contract
      var after = contract
      let result = try after.call(
        .step(dispute.call), from: Caller(dispute.prover), at: dispute.context,
        verifier: ReexecutingVerifier(configuration: DevnetGenesis.configuration))
      guard case .stepProven(let event) = try #require(result.events.first) else { return }
      #expect(event.preState == file.statement.preState && event.postState == verdict.result)
    }
  }

  @Test("claims that no step decides, that are right, or that are not there have a reason each")
  func nothingToProve() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let dispute = try await StepDispute.play(path, lyingFrom: 1)
      let prover = try StepProver(ledger: dispute.devnet.node.follower.ledger)
      func reason(_ claim: UInt64, _ game: UInt64) -> StepProverError? {
        do throws(StepProverError) {
          _ = try prover.refute(claim: claim, ofGame: game)
          return nil
        } catch { return error }
      }
      guard case .noSuchGame = reason(0, 9), case .noSuchClaim = reason(1000, 0), case .notAtFullDepth = reason(0, 0)
      else {
        Issue.record("a claim that is not there, or not at full depth, is proven wrong")
        return
      }
    }
  }
}
