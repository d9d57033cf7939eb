import Foundation
import L1
import Primitives
import Roles
import Rollup
import Settlement
import TestSupport
import Testing

/// Proofs of steps as an honest challenger makes them, before the contract that re-executes them.
@Suite("Step proofs at the contract")
struct StepProofTests {
  /// Plays against a wrong output until the honest player has a proof for the contract.
  private static func endgame(_ block: UInt64, _ step: UInt64) throws -> (world: RoleWorld, proof: StepProof) {
    var world = try RoleWorld()
    try world.makeBlocks(3)
    let result = try #require(world.view.result(of: 3))
    let output = OutputSubmission(
      stateRoot: Hash256(0, 0, 0, 666), messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: result.header.hash, l2BlockNumber: 3, parentOrder: result.claim.parentOrder,
      l1OriginHash: result.claim.l1OriginHash, batchIndex: result.claim.batchIndex,
      indexInBatch: result.claim.indexInBatch, messagesConsumed: result.claim.messagesConsumed,
      l1Head: world.finalized, parentOutput: nil, parentLineage: world.view.lineage(ofOutput: nil))
    world.send(.proposeOutput(output), from: RoleWorld.liar, value: 10_000)
    try world.mine()
    let honest = Challenger(account: RoleWorld.honest)
    let liar = Challenger(account: RoleWorld.liar, lie: Lie(block: block, step: step, claim: output.claim.hash))
    for _ in 0..<20 {
      let intents = honest.intents(world.view, archive: world.archive)
      for intent in intents {
        if case .step(let proof) = intent.call { return (world, proof) }
      }
      world.send(intents, from: RoleWorld.honest)
      try world.mine()
      world.send(liar.intents(world.view, archive: world.archive), from: RoleWorld.liar)
      try world.mine()
    }
    throw NoProof()
  }

  private struct NoProof: Error {}

  private static func context(_ world: RoleWorld) -> L1Context {
    L1Context(
      number: world.chain.head.id.number + 1, timestamp: world.chain.head.header.timestamp + 12,
      ancestors: world.chain.blocks.map(\.id.hash))
  }

  private static func verdict(
    _ proof: StepProof, _ contract: RollupContract, _ context: L1Context, _ world: RoleWorld,
    from caller: Address = RoleWorld.honest
  ) throws(Revert) -> StepProven? {
    var contract = contract
    let result = try contract.call(
      .step(proof), from: Caller(caller), at: context,
      verifier: ReexecutingVerifier(configuration: world.configuration))
    for event in result.events {
      if case .stepProven(let proven) = event { return proven }
    }
    return nil
  }

  /// Opening steps, transactions, closing steps.
  static let steps: [(block: UInt64, step: UInt64)] = [(1, 0), (2, 0), (2, 1), (3, 1), (3, 2)]

  @Test("a proof with any of its bytes changed is refused, and the contract stays as it was", arguments: steps)
  func changedBytes(place: (block: UInt64, step: UInt64)) throws {
    let (world, proof) = try Self.endgame(place.block, place.step)
    let (contract, context) = (world.chain.contract, Self.context(world))
    #expect(try Self.verdict(proof, contract, context, world) != nil)
    let isExhaustive = ProcessInfo.processInfo.environment["VARVE_TEST_EXHAUSTIVE"] == "1"
    for index in proof.proof.indices {
      for bit in isExhaustive ? Array(0..<8) : [index % 8] {
        var changed = proof
        changed.proof[index] ^= 1 << UInt8(bit)
        do throws(Revert) {
          _ = try Self.verdict(changed, contract, context, world)
          Issue.record("byte \(index), bit \(bit) of \(proof.proof.count) bytes can be changed")
        } catch {
          guard case .proofRefused = error else {
            Issue.record("byte \(index), bit \(bit): \(error)")
            continue
          }
        }
      }
    }
  }

  @Test("bytes that are missing or too many are refused")
  func otherLengths() throws {
    let (world, proof) = try Self.endgame(2, 1)
    for count in [0, 1, proof.proof.count / 2, proof.proof.count - 1, proof.proof.count + 1] {
      var changed = proof
      changed.proof = Array((proof.proof + [0]).prefix(count))
      #expect(throws: Revert.self) { try Self.verdict(changed, world.chain.contract, Self.context(world), world) }
    }
  }

  @Test(
    "the verdict is the same whatever L1 is like around it, whoever calls, and whatever came since", arguments: steps)
  func surroundings(place: (block: UInt64, step: UInt64)) throws {
    var (world, proof) = try Self.endgame(place.block, place.step)
    let contract = world.chain.contract
    let context = Self.context(world)
    let verdict = try #require(try Self.verdict(proof, contract, context, world))
    let surroundings = [
      L1Context(number: context.number, timestamp: context.timestamp + 1, ancestors: context.ancestors),
      L1Context(number: context.number + 9, timestamp: context.timestamp, ancestors: context.ancestors),
      L1Context(number: context.number, timestamp: context.timestamp, ancestors: []),
      L1Context(
        number: context.number, timestamp: context.timestamp, ancestors: context.ancestors.map { _ in .zero }),
    ]
    for other in surroundings { #expect(try Self.verdict(proof, contract, other, world) == verdict) }
    var byAnother = try #require(try Self.verdict(proof, contract, context, world, from: RoleWorld.liar))
    #expect(byAnother.prover == RoleWorld.liar)
    byAnother.prover = verdict.prover
    #expect(byAnother == verdict)
    // More messages, other settings, another batch: none of it was there at the output's L1 head.
    let deposit = MessageRequest(kind: .deposit, to: RoleWorld.liar, value: 1, gasLimit: 21_000, data: [])
    world.send(.deliverMessage(deposit), from: RoleWorld.liar, value: 3)
    world.send(.updateConfiguration(.gasLimit(1_000_000)), from: RoleWorld.honest)
    world.send(.updateConfiguration(.sequencingWindow(1)), from: RoleWorld.honest)
    world.send(.updateConfiguration(.upgrade(.shanghai, at: 0)), from: RoleWorld.honest)
    try world.mine(2)
    #expect(world.chain.contract != contract)
    #expect(try Self.verdict(proof, world.chain.contract, Self.context(world), world) == verdict)
  }
}
