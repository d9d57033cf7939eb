import Primitives
import Rollup
import StateTransition
import Testing

@Suite("A block of contracts, step by step")
struct ContractTraceTests {
  @Test(
    "every step is proven by the claim before it and a witness, the opening one too", arguments: [Fork.prague, .osaka])
  func everyStep(fork: Fork) throws {
    let block = try ContractBlock(fork: fork)
    let trace = try block.trace()
    let outcome = try block.context.apply(
      messages: block.messages, transactions: block.order.block.transactions, to: block.world.state)
    // The seventh cannot be carried out; the sixth has too little gas.
    #expect(outcome.fates.map { $0.isExecuted } == [true, true, true, true, true, true, false, true])
    #expect(outcome.outcomes.map(\.succeeded) == [true, true, true, true, true, false, true])
    #expect(trace.fates == outcome.fates && trace.header.gasUsed == outcome.gasUsed)

    let proof = try block.open()
    let opened = try proof.execute(
      from: block.opening.claim.hash, order: block.order, configuration: block.world.configuration)
    #expect(opened == trace.claim(after: 0))
    for index in trace.points.indices {
      let proof = try #require(try trace.prove(index))
      let encoded = OneStepProof.inside(proof).encode()
      let result = try OneStepProof(rlp: encoded.rawSpan).execute(
        from: trace.points[index].state.hash, stepIndex: UInt64(index) + 1)
      #expect(result == trace.claim(after: UInt64(index) + 1), "step \(index + 1)")
    }
  }

  @Test("the state after it has what the contracts were to leave", arguments: [Fork.prague, .osaka])
  func stateAfter(fork: Fork) throws {
    let block = try ContractBlock(fork: fork)
    let (header, state) = try block.execute()
    let worker = ContractBlock.worker
    #expect(try state.storage(worker, 0) == UInt256(state.blockHash(header.number - 3)))
    // Three calls came to their end.
    #expect(try state.storage(worker, 1) == 104)
    #expect(try state.storage(worker, 2) == 0)
    let child = Address(truncating: try state.storage(worker, 3))
    #expect(try state.account(child).map { try state.code($0.codeHash) } == [0x00])
    #expect(try state.storage(Signer(3).address, 9) == 7)
    #expect(try state.storage(SystemContract.historyStorage, UInt256(header.number)) == UInt256(header.parentHash))
    #expect(
      try state.storage(SystemContract.beaconRoots, UInt256(header.number)) == UInt256(block.order.block.l1Origin.hash))
  }

  @Test("with any node, code or header left out, the step names it", arguments: [Fork.prague, .osaka])
  func gapsAreNamed(fork: Fork) throws {
    let block = try ContractBlock(fork: fork)
    let trace = try block.trace()
    let opening = try block.open()
    // L1 from the pinned block down to the origin, and the code and storage of both system contracts.
    #expect(opening.witness.headers.bytes.count >= 2 && opening.witness.codes.bytes.count == 1)
    for gap in opening.witness.gaps {
      var changed = opening
      changed.witness = gap.witness
      #expect(
        gap.isNamed {
          try changed.execute(
            from: block.opening.claim.hash, order: block.order, configuration: block.world.configuration)
        })
    }
    var (codes, headers) = (0, 0)
    for index in trace.points.indices {
      let proof = try #require(try trace.prove(index))
      codes += proof.witness.codes.bytes.count
      headers += proof.witness.headers.bytes.count
      for gap in proof.witness.gaps {
        var changed = proof
        changed.witness = gap.witness
        #expect(gap.isNamed { try changed.execute(from: trace.points[index].state.hash) }, "step \(index + 1)")
      }
    }
    // Four calls of the worker look two headers back, and two more run the code that is lent.
    #expect(codes >= 6 && headers == 8)
  }
}

extension TransactionFate {
  fileprivate var isExecuted: Bool { if case .executed = self { true } else { false } }
}
