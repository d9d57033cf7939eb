import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import Testing

/// Long access lists: what they cost in reads of the state.
@Suite("Access lists")
struct AccessListTests {
  /// One rich account and nothing else; counts what it is asked.
  private final class CountingState: StateView {
    static let sender = Address(0, 0, 0xaaaa)
    var accountReads = 0
    var storageReads = 0

    func account(_ address: Address) -> Account? {
      accountReads += 1
      guard address == Self.sender else { return nil }
      return Account(
        nonce: 0, balance: UInt256.one << 200, storageRoot: Trie.emptyRoot, codeHash: Keccak256.emptyHash)
    }

    func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
      storageReads += 1
      return .zero
    }

    func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] { throw StateReadError("there is no code") }

    func blockHash(_ number: UInt64) -> Hash256 { .zero }
  }

  /// Carries out one transaction after the other in one block.
  private func run(_ lists: [[AccessListEntry]], over state: CountingState) throws -> [TransactionOutcome] {
    let header = BlockHeader(
      parentHash: .zero, ommersHash: HeaderRules.noOmmersHash, beneficiary: Address(0, 0, 0xc0), stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: 1, number: 1,
      gasLimit: 100_000_000, gasUsed: 0, timestamp: 1000, extraData: [], mixHash: .zero, nonce: 0)
    let forks = try ForkSchedule(activations: [ForkSchedule.Activation(.berlin, at: 0)])
    var execution = BlockExecution(context: BlockContext(header: header, chainID: 7, forks: forks), over: state)
    return try lists.enumerated().map { index, list in
      var transaction = Transaction(
        chainID: 7, nonce: UInt64(index), maxPriorityFeePerGas: 1, maxFeePerGas: 1, gasLimit: 48_000_000,
        to: Address(0, 0, 0xbbbb), value: 0, accessList: list)
      transaction.kind = .accessList
      return try execution.apply(transaction, from: CountingState.sender)
    }
  }

  private func entries(_ count: UInt32, keys: [Hash256] = []) -> [AccessListEntry] {
    (0..<count).map { AccessListEntry(address: Address(1, 0, $0), storageKeys: keys) }
  }

  @Test("10,000 addresses are read once each, and not again by the next transaction")
  func distinct() throws {
    let state = CountingState()
    let outcomes = try run([entries(10_000), entries(10_000)], over: state)
    #expect(outcomes.map(\.gasUsed) == [24_021_000, 24_021_000])
    // Sender, recipient, beneficiary and the precompiled contracts besides.
    #expect((10_000...10_020).contains(state.accountReads))
    #expect(state.storageReads == 0)
  }

  @Test("one address 10,000 times is read once and paid for 10,000 times")
  func repeated() throws {
    let state = CountingState()
    let list = [AccessListEntry](repeating: entries(1)[0], count: 10_000)
    #expect(try run([list], over: state)[0].gasUsed == 24_021_000)
    #expect(state.accountReads <= 20)
  }

  @Test("20,000 keys of accounts without storage read no storage")
  func keys() throws {
    let state = CountingState()
    let list = entries(100, keys: (0..<200).map { Hash256(0, 0, 0, $0) })
    #expect(try run([list], over: state)[0].gasUsed == 21_000 + 100 * 2_400 + 20_000 * 1_900)
    #expect(state.accountReads <= 120)
    #expect(state.storageReads == 0)
  }
}
