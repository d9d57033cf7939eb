import Primitives
import Rollup
import StateTransition
import Testing

@Suite("Blocks of deposits, step by step")
struct DepositTraceTests {
  @Test("the least price of data, with a gas less, that much and more", arguments: [Fork.prague, .osaka])
  func leastPrice(fork: Fork) throws {
    let data = [UInt8](repeating: 1, count: 50_000)
    let floor: UInt64 = 21_000 + 10 * 4 * 50_000
    let messages = [floor - 1, floor, floor + 5000].enumerated().map {
      deposit(UInt64($0), gasLimit: $1, data: data)
    }
    let outcome = try prove(messages, in: RollupWorld(fork: fork))
    #expect(outcome.outcomes.map(\.succeeded) == [false, true, true])
    #expect(outcome.outcomes.map(\.gasUsed) == [floor - 1, floor, floor])
  }

  @Test("initcode over a transaction's cap, of a deposit and of a message that is a transaction")
  func cappedInitcode() throws {
    let initcode = [UInt8](repeating: 0, count: 49_153)
    let creation = Transaction(
      nonce: 0, gasPrice: 2_000_000_000, gasLimit: 2_000_000, to: nil, value: 0, data: initcode)
    let signed = try creation.signed(by: Signer(0).privateKey, chainID: RollupWorld.chainID).encode()
    let messages = [deposit(0, to: nil, gasLimit: 2_000_000, data: initcode), message(1, transaction: signed)]
    let outcome = try prove(messages, transactions: [signed], in: RollupWorld(fork: .prague))
    let refusal = TransactionFate.invalid(.initcodeTooLarge(size: 49_153, greatest: 49_152))
    #expect(outcome.fates == [.executed(index: 0), refusal, refusal])
    #expect(outcome.outcomes.map(\.succeeded) == [true])
  }

  @Test("mints above the greatest, and the greatest")
  func mints() throws {
    let limit = UInt256.one << 128
    let messages = [limit, .max, limit - .one].enumerated().map { deposit(UInt64($0), value: 0, mint: $1) }
    let outcome = try prove(
      messages, transactions: [try signedTransfer(from: 0, nonce: 0)], in: RollupWorld(fork: .prague))
    #expect(outcome.outcomes.map(\.succeeded) == [false, false, true, true])
    let sender = outcome.diff.accounts.first { $0.address == Address(1, 1, 1) }
    #expect(sender?.account?.balance == limit - .one && sender?.account?.nonce == 3)
  }

  @Test("a contract that stores the blob base fee", arguments: [Fork.prague, .osaka])
  func blobBaseFee(fork: Fork) throws {
    let reader = GenesisAccount(address: Address(0, 0, 0xb10b), balance: 0, nonce: 1, code: [0x4a, 0x5f, 0x55])
    let outcome = try prove([deposit(0, to: reader.address)], in: RollupWorld(contracts: [reader], fork: fork))
    let change = outcome.diff.accounts.first { $0.address == reader.address }
    #expect(outcome.outcomes.map(\.succeeded) == [true] && change?.storage.map(\.value) == [1])
  }

  /// Proves every step of a block by the claim before it and a witness, has it name each piece that is left out, and
  /// holds what the steps come to against the block carried out at once. Returns what that does.
  private func prove(
    _ messages: [InboxCall], transactions: [[UInt8]] = [], in world: RollupWorld
  ) throws -> RollupBlockOutcome {
    let context = world.context(messages: messages, transactions: transactions)
    let outcome = try context.apply(messages: messages, transactions: transactions, to: world.state)
    var archive = world.archive
    let (header, _, _) = try archive.execute(
      context, messages: messages, transactions: transactions, after: world.parent)
    let trace = try world.trace(messages: messages, transactions: transactions)
    #expect(trace.fates == outcome.fates && trace.header == header)
    #expect(trace.points.count == messages.count + transactions.count + 1)
    var gaps = 0
    for index in trace.points.indices {
      let proof = try #require(try trace.prove(index))
      let before = trace.points[index].state.hash
      let encoded = OneStepProof.inside(proof).encode()
      let result = try OneStepProof(rlp: encoded.rawSpan).execute(from: before, stepIndex: UInt64(index) + 1)
      #expect(result == trace.claim(after: UInt64(index) + 1), "step \(index + 1)")
      for gap in proof.witness.gaps {
        var changed = proof
        changed.witness = gap.witness
        #expect(gap.isNamed { try changed.execute(from: before) }, "step \(index + 1)")
        gaps += 1
      }
    }
    #expect(gaps >= trace.points.count)
    return outcome
  }
}
