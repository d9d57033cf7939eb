import Evidence
import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

/// A claim in a dispute can be the hash of anything. Whoever executes a step from it refuses, and goes on.
@Suite("Steps from states that no execution ends in")
struct HostileStepTests {
  private static let extremes: [UInt64] = [0, 1, 1 << 32, UInt64(Int64.max), .max - 1, .max]

  private func execute(_ proof: OneStepProof, from preState: Hash256, step: UInt64, _ order: OrderFacts) throws {
    var statement = ProofSamples.statement
    statement.preState = preState
    statement.stepIndex = step
    statement.rollupId = order.configuration.rollupId
    statement.order = step == 0 ? order : nil
    _ = try StepProofFile(statement, proof: proof).verify()
  }

  @Test("numbers at their limits in the state before a step inside a block are refused, never a trap")
  func inside() throws {
    var random = SeededGenerator()
    for _ in 0..<3000 {
      func number() -> UInt64 { Self.extremes.randomElement(using: &random) ?? 0 }
      var context = ProofSamples.context
      context.fork = Fork.allCases.randomElement(using: &random) ?? .cancun
      context.gasLimit = number()
      context.baseFeePerGas = Bool.random(using: &random) ? .max : .zero
      context.messageCount = number()
      context.messagesRoot = Bool.random(using: &random) ? Trie.emptyRoot : context.messagesRoot
      context.order.number = number()
      context.order.timestamp = number()
      context.order.transactionsRoot = Bool.random(using: &random) ? Trie.emptyRoot : context.order.transactionsRoot
      context.batchIndex = number()
      var state = ProofSamples.state
      state.stateRoot = Bool.random(using: &random) ? Trie.emptyRoot : state.stateRoot
      state.cumulativeGas = number()
      state.txIndex = number()
      state.executedCount = number()
      state.bloomHash = Keccak256.hash(LogsBloom.empty.bytes)
      state.blockContextHash = context.hash
      let witness = Bool.random(using: &random) ? Witness.empty : ProofSamples.witness
      let proof = OneStepProof.inside(
        InsideProof(point: StepPoint(state: state, bloom: .empty, context: context), witness: witness))
      // Whether it is refused or carried out: this line is reached again.
      _ = try? execute(proof, from: state.hash, step: 1, OrderFacts(configuration: RollupLedger.configuration()))
    }
  }

  @Test("numbers at their limits before an opening step are refused, never a trap")
  func opening() throws {
    var random = SeededGenerator()
    let configuration = RollupLedger.configuration()
    for _ in 0..<3000 {
      func number() -> UInt64 { Self.extremes.randomElement(using: &random) ?? 0 }
      var header = ProofSamples.header
      header.number = number()
      header.timestamp = number()
      header.gasLimit = number()
      header.gasUsed = number()
      header.baseFeePerGas = Bool.random(using: &random) ? .max : nil
      let claim = OutputClaim(
        outputRoot: OutputRoot.hash(
          stateRoot: header.stateRoot, messagePasserStorageRoot: OutputRoot.emptyStorageRoot, blockHash: header.hash),
        parentOrder: number() > 1 ? .zero : ProofSamples.hash(1), l1OriginHash: ProofSamples.statement.l1Head.hash,
        l2BlockNumber: number(), batchIndex: number(), indexInBatch: number(), messagesConsumed: number())
      var block = ProofSamples.block
      (block.number, block.timestamp, block.messagesConsumed) = (number(), number(), number())
      block.parentOrder = claim.parentOrder
      block.l1Origin = ProofSamples.statement.l1Head
      let place = DerivationCursor(batchIndex: number(), indexInBatch: number())
      let proof = OneStepProof.opening(
        OpeningProof(
          point: OpeningPoint(claim: claim, header: header, l1OriginNumber: ProofSamples.statement.l1Head.number),
          blocks: [.init(place: place, placed: PlacedBlock(block: block, path: []))], messages: [ProofSamples.message],
          witness: .empty))
      let order = AnyOrder(
        l1Head: ProofSamples.statement.l1Head, configuration: configuration,
        batch: Bool.random(using: &random)
          ? DisputedBatch(.forced(lastMessage: number()), l1Block: number())
          : DisputedBatch(
            .blocks(
              count: number(), dataHash: block.order.commitment, hasData: Bool.random(using: &random),
              dataDeadline: number()),
            l1Block: number()),
        count: number())
      let recorder = OrderFactsRecorder(over: order, configuration: configuration)
      _ = try? proof.execute(from: claim.hash, stepIndex: 0, order: recorder, configuration: configuration)
      _ = try? execute(proof, from: claim.hash, step: 0, recorder.facts)
    }
  }

  @Test("an order's facts that the step does not ask for, or lacks, are refused")
  func exactness() throws {
    let configuration = RollupLedger.configuration()
    let claim = try #require(configuration.genesisClaim)
    let head = try #require(configuration.rollup?.genesisOrigin)
    let proof = OneStepProof.opening(
      OpeningProof(
        point: OpeningPoint(claim: claim, header: configuration.genesisHeader, l1OriginNumber: head.number), blocks: [],
        messages: [], witness: .empty))
    var statement = ProofSamples.statement
    (statement.preState, statement.stepIndex, statement.l1Head) = (claim.hash, 0, head)
    statement.rollupId = configuration.rollupId
    // There is no batch, and the contract says so: the data ends, and the claim repeats.
    var facts = OrderFacts(configuration: configuration)
    statement.order = facts
    #expect(throws: StepProofFileError.self) { try StepProofFile(statement, proof: proof).verify() }
    let order = AnyOrder(l1Head: head, configuration: configuration, batch: nil, count: 0)
    let recorder = OrderFactsRecorder(over: order, configuration: configuration)
    _ = try proof.execute(from: claim.hash, stepIndex: 0, order: recorder, configuration: configuration)
    facts = recorder.facts
    statement.order = facts
    #expect(try StepProofFile(statement, proof: proof).verify().result == claim.hash)
    _ = recorder.messageCount(throughL1Block: 3)
    statement.order = recorder.facts
    #expect(throws: StepProofFileError.inexactOrder) { try StepProofFile(statement, proof: proof).verify() }
    statement.order = facts
    statement.rollupId = .zero
    #expect(throws: StepProofFileError.self) { try StepProofFile(statement, proof: proof).verify() }
    statement.order = nil
    #expect(throws: StepProofFileError.self) { try StepProofFile(statement, proof: proof).verify() }
  }
}

/// One batch, whatever is asked for.
private struct AnyOrder: DisputedOrder {
  let l1Head: BlockID
  let configuration: ChainConfiguration
  let batch: DisputedBatch?
  let count: UInt64

  func disputedBatch(_ index: UInt64) -> DisputedBatch? { index < 3 || index > UInt64.max - 3 ? batch : nil }

  func disputedMessage(_ index: UInt64) -> DisputedMessage? {
    DisputedMessage(accumulator: ProofSamples.message.afterInboxAcc, deadlineBlock: 1, deadlineTime: 1)
  }

  func messageCount(throughL1Block number: UInt64) -> UInt64 { count }

  func settings(atL1Block number: UInt64) -> RollupSettings {
    guard let settings = RollupSettings(configuration) else { preconditionFailure("a rollup") }
    return settings
  }
}
