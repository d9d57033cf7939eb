import Hashing
import Primitives
import Rollup
import StateTransition

/// Geth's opcode vectors, `testcases_NAME.json`: two operands and what the opcode leaves.
struct OpcodeSuite: FixtureSuite {
  private static let opcodes: [String: UInt8] = [
    "add": 0x01, "mul": 0x02, "sub": 0x03, "div": 0x04, "sdiv": 0x05, "mod": 0x06, "smod": 0x07, "exp": 0x0a,
    "signext": 0x0b, "lt": 0x10, "gt": 0x11, "slt": 0x12, "sgt": 0x13, "eq": 0x14, "and": 0x16, "or": 0x17,
    "xor": 0x18, "byte": 0x1a, "shl": 0x1b, "shr": 0x1c, "sar": 0x1d,
  ]

  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    let words = file.split(separator: "/").last?.split(separator: ".").first?.split(separator: "_") ?? []
    guard words.count == 2, words[0] == "testcases" else { return [] }
    let opcode = String(words[1])
    return fixture.items.enumerated().map { index, item in
      SuiteCase(name: "\(opcode) \(index)", fork: opcode) { try run(opcode, item) }
    }
  }

  /// Y is pushed last, so it is on top.
  private static func run(_ name: String, _ item: JSON) throws -> String? {
    guard let opcode = opcodes[name] else { throw FixtureError("the opcode \(name) is unknown") }
    let push: [UInt8] = [0x7f]
    let end: [UInt8] = [opcode, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]
    let code = push + (try item.member("X").bytes()) + push + (try item.member("Y").bytes()) + end
    let output = try OpcodeWorld(code: code).output()
    let expected = try item.member("Expected").bytes()
    return output == expected ? nil : "it leaves \(Hex.encode(output)), expected \(Hex.encode(expected))"
  }
}

/// A sender with means and a contract.
private struct OpcodeWorld: StateView {
  let code: [UInt8]
  private static let sender = Address(0, 0, 0x5e4d_e401)
  private static let contract = Address(0, 0, 0xc0de)

  init(code: [UInt8]) { self.code = code }

  func output() throws -> [UInt8] {
    let forks = try FixtureForks(network: "Shanghai", config: nil).schedule
    var header = BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero, transactionsRoot: .zero,
      receiptsRoot: .zero, logsBloom: .empty, difficulty: .zero, number: 1, gasLimit: 1_000_000, gasUsed: 0,
      timestamp: 1, extraData: [], mixHash: .zero, nonce: 0)
    header.baseFeePerGas = .zero
    var execution = BlockExecution(context: BlockContext(header: header, chainID: 1, forks: forks), over: self)
    let call = Transaction(nonce: 0, gasPrice: .zero, gasLimit: 100_000, to: Self.contract, value: .zero)
    return try execution.apply(call, from: Self.sender).output
  }

  func account(_ address: Address) -> Account? {
    switch address {
    case Self.sender: Account(balance: 1)
    case Self.contract: Account(codeHash: Keccak256.hash(code))
    default: nil
    }
  }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { .zero }

  func code(_ hash: Hash256) -> [UInt8] { code }

  func blockHash(_ number: UInt64) -> Hash256 { .zero }
}
