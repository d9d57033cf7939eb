import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// Fixtures of several files about the sample: genesis files, blocks of the main network, witnesses, programs. By path.
extension Fixtures {
  /// A genesis file and what it gives: a header as London has it.
  static func genesis(baseFee: UInt64 = Sample.baseFee) throws -> [String: String] {
    var header = try Sample.genesis().header
    header.withdrawalsRoot = nil
    return [
      "one.json": #"""
      {"difficulty": "0x0", "gasLimit": "\#(UInt256(header.gasLimit).hex)", "baseFeePerGas": "\#(UInt256(baseFee).hex)",
        "alloc": \#(json(try Sample.before()))}
      """#,
      "one.expected.json": #"""
      {"stateRoot": "\#(header.stateRoot)", "headerRlp": "\#(Hex.encode(header.encode()))",
        "genesisHash": "\#(header.hash)"}
      """#,
    ]
  }

  /// A block of Byzantium, in a folder of its own, with what it reads.
  static func mainnet(gasUsed: UInt64? = nil) throws -> [String: String] {
    let header = try mainnetHeader(gasUsed: gasUsed ?? Sample.gasUsed(isBerlin: false))
    let accounts = try Sample.before().map { account in
      let code = account.code.isEmpty ? "" : #", "code_hash": "\#(Keccak256.hash(account.code))""#
      return #""\#(account.address)": {"balance": "\#(account.balance.hex)", "nonce": "0x0", "storage": {}\#(code)}"#
    }
    return [
      "bytecodes.json": #"{"\#(Keccak256.hash(Sample.code))": "\#(Hex.encode(Sample.code))"}"#,
      "block_hashes.json": "{}",
      "blocks/one/pre_state.json": "{\(accounts.joined(separator: ","))}",
      "blocks/one/block.json": try block(header),
    ]
  }

  private static func mainnetHeader(gasUsed: UInt64) throws -> BlockHeader {
    let receipt = Receipt(outcome: .succeeded(true), cumulativeGasUsed: Sample.gasUsed(isBerlin: false))
    return BlockHeader(
      parentHash: .zero, ommersHash: HeaderRules.noOmmersHash, beneficiary: Sample.miner, stateRoot: .zero,
      transactionsRoot: Trie.orderedRoot(of: [try Sample.call().encode()]),
      receiptsRoot: Trie.orderedRoot(of: [receipt.encode()]), logsBloom: .empty, difficulty: 1, number: 4_370_000,
      gasLimit: 8_000_000, gasUsed: gasUsed, timestamp: 1, extraData: [], mixHash: .zero, nonce: 0)
  }

  /// As the RPC writes a block with its one transaction.
  private static func block(_ header: BlockHeader) throws -> String {
    let call = try Sample.call()
    return #"""
      {"parentHash": "\#(header.parentHash)", "sha3Uncles": "\#(header.ommersHash)", "miner": "\#(header.beneficiary)",
        "stateRoot": "\#(header.stateRoot)", "transactionsRoot": "\#(header.transactionsRoot)",
        "receiptsRoot": "\#(header.receiptsRoot)", "logsBloom": "\#(Hex.encode(header.logsBloom.bytes))",
        "difficulty": "0x1", "number": "\#(UInt256(header.number).hex)", "gasLimit": "\#(UInt256(header.gasLimit).hex)",
        "gasUsed": "\#(UInt256(header.gasUsed).hex)", "timestamp": "0x1", "extraData": "0x",
        "mixHash": "\#(header.mixHash)", "nonce": "0x0000000000000000", "hash": "\#(header.hash)",
        "transactions": [{"type": "0x0", "nonce": "0x0", "gasPrice": "0x8", "gas": "0xc350",
          "to": "\#(Sample.contract)", "value": "0x7", "input": "0x", "v": "\#(call.v.hex)", "r": "\#(call.r.hex)",
          "s": "\#(call.s.hex)", "hash": "\#(call.hash)", "from": "\#(try Sample.sender())"}]}
      """#
  }

  /// A block of another rollup with the trie nodes and the code that it reads.
  ///
  /// - Parameters:
  ///   - nonce: of the sender before the block.
  ///   - drops: how many of the nodes are left out.
  static func witness(nonce: UInt64 = 0, drops: Int = 0) throws -> String {
    let call = try Sample.call()
    var before = try Sample.before()
    before[1].nonce = nonce
    let state = GenesisState(of: before)
    let nodes = state.nodes.compactMap(\.node).dropFirst(drops).map { #""\#(Hex.encode($0))""# }
    let parity = (call.v - 37).low
    return #"""
      {"chain_id": 1, "prev_state_root": "\#(state.root)", "states": [\#(nodes.joined(separator: ","))],
        "codes": ["\#(Hex.encode(Sample.code))"],
        "header": {"number": 1, "parent_hash": "\#(Hash256.zero)",
          "transactions_root": "\#(Trie.orderedRoot(of: [call.encode()]))"},
        "transactions": [{"transaction_type": 0, "nonce": 0, "gas_price": 8, "gas": 50000, "chain_id": 1,
          "to": "\#(Sample.contract)", "value": "0x7", "input": "0x", "hash": "\#(call.hash)",
          "from": "\#(try Sample.sender())",
          "signature": {"y_parity": \#(parity), "r": "\#(call.r.hex)", "s": "\#(call.s.hex)"}}]}
      """#
  }

  /// A program, and what comes of it at Berlin.
  static func program(gasUsed: UInt64? = nil) throws -> [String: String] {
    let used = Sample.gasUsed(isBerlin: true)
    return [
      "data/call.json": #"""
      {"call": {"env": {"currentCoinbase": "\#(Sample.miner)", "currentDifficulty": "0x20000", "currentNumber": "0x01",
          "currentGasLimit": "0x989680", "currentTimestamp": "0x03e8"},
        "pre": \#(json(try Sample.before())),
        "transaction": {"nonce": "0x0", "gasPrice": "0x8", "gasLimit": ["0xc350"], "to": "\#(Sample.contract)",
          "value": ["0x7"], "data": ["0x"], "sender": "\#(try Sample.sender())"}}}
      """#,
      "expected-second.json": #"""
      {"call.json": {"fork": "Berlin", "success": true, "gasUsed": "\#(gasUsed ?? used)",
        "returnDataKeccak": "\#(Keccak256.emptyHash)", "logsHash": "\#(noLogs)",
        "stateRoot": "\#(GenesisState.root(of: try Sample.after(gasUsed: used, tip: 8)))"}}
      """#,
    ]
  }
}
