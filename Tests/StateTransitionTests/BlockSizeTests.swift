import Primitives
import Rollup
import StateTransition
import Testing

@Suite("Size of a block")
struct BlockSizeTests {
  @Test("all of a block counts towards the limit of EIP-7934, withdrawals, uncles and header too")
  func edge() throws {
    let forks = try ForkSchedule(activations: [.init(.osaka, at: 0)], terminalTotalDifficulty: 0)
    let executor = BlockExecutor(chainID: testChainID, forks: forks)
    let greatest = 8_388_608
    var block = block(difficulty: 0, baseFee: 7, uncles: [uncle(number: 0, beneficiary: .zero)])
    block.withdrawals = [Withdrawal](
      repeating: Withdrawal(index: .max, validatorIndex: .max, address: Address(0, 0, 1), amount: 1), count: 20_000)
    // What is missing, less the bytes that say how much that is.
    for _ in 0..<2 {
      let missing = greatest - block.encode().count
      block.header.extraData = [UInt8](repeating: 1, count: block.header.extraData.count + missing)
    }
    #expect(block.encode().count == greatest)
    // It fits, and goes on to where an empty state has no contract to ask for withdrawal requests.
    let fits = #expect(throws: BlockError.self) { try executor.apply(block, to: World([])) }
    guard case .systemContract? = fits else {
      Issue.record("\(String(describing: fits))")
      return
    }
    block.header.extraData.append(1)
    let isLonger = #expect(throws: BlockError.self) { try executor.apply(block, to: World([])) }
    guard case .tooLarge(1, greatest + 1, greatest)? = isLonger else {
      Issue.record("\(String(describing: isLonger))")
      return
    }
  }
}
