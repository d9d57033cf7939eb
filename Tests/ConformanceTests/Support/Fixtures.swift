import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// Fixtures about the sample, in the forms of the published suites. What a parameter changes is wrong then.
enum Fixtures {
  /// An account as fixtures write it.
  private static func json(_ account: GenesisAccount) -> String {
    let storage = account.storage.map { #""\#($0.key.hex)": "\#($0.value.hex)""# }.joined(separator: ",")
    return #"""
      "\#(account.address)": {"balance": "\#(account.balance.hex)", "nonce": "\#(UInt256(account.nonce).hex)",
        "code": "\#(Hex.encode(account.code))", "storage": {\#(storage)}}
      """#
  }

  static func json(_ accounts: [GenesisAccount]) -> String {
    "{\(accounts.map(json).joined(separator: ","))}"
  }

  /// Keccak-256 of the RLP of no logs.
  static let noLogs = Keccak256.hash([0xc0])

  /// A state test at Istanbul and Berlin.
  ///
  /// - Parameter minerExtra: wei that the miner is to have besides.
  static func state(name: String = "call", minerExtra: UInt256 = .zero) throws -> String {
    let bytes = Hex.encode(try Sample.call().encode())
    let post = try [("Istanbul", false), ("Berlin", true)].map { fork, isBerlin in
      var after = try Sample.after(gasUsed: Sample.gasUsed(isBerlin: isBerlin), tip: 8)
      after[1].balance += minerExtra
      return #"""
        "\#(fork)": [{"hash": "\#(GenesisState.root(of: after))", "logs": "\#(noLogs)", "txbytes": "\#(bytes)",
          "state": \#(json(after))}]
        """#
    }
    return #"""
      {"\#(name)": {"env": {"currentCoinbase": "\#(Sample.miner)", "currentDifficulty": "0x20000",
          "currentNumber": "0x01", "currentGasLimit": "0x989680", "currentTimestamp": "0x03e8"},
        "pre": \#(json(try Sample.before())), "post": {\#(post.joined(separator: ","))}}}
      """#
  }

  /// A state test at Berlin whose transaction's nonce is one too high.
  ///
  /// - Parameter exception: why it is to be refused.
  static func refusal(_ exception: String) throws -> String {
    var call = try Sample.call()
    call.nonce = 1
    let bytes = Hex.encode(try Sample.signed(call).encode())
    return #"""
      {"high": {"env": {"currentCoinbase": "\#(Sample.miner)", "currentDifficulty": "0x20000",
          "currentNumber": "0x01", "currentGasLimit": "0x989680", "currentTimestamp": "0x03e8"}, "config": {},
        "pre": \#(json(try Sample.before())), "post": {"Berlin": [{"expectException": "\#(exception)",
          "hash": "\#(GenesisState.root(of: try Sample.before()))", "logs": "\#(noLogs)", "txbytes": "\#(bytes)"}]}}}
      """#
  }

  /// A blockchain test at Shanghai: the sample's block, and one that has to be refused for its state root.
  ///
  /// - Parameters:
  ///   - minerExtra: wei that the miner is to have besides.
  ///   - exception: why the sample's block is to be refused.
  ///   - badBlock: the second block; nil makes one.
  static func blockchain(
    minerExtra: UInt256 = .zero, exception: String? = nil, badBlock: String? = nil
  ) throws -> String {
    let (genesis, block) = (try Sample.genesis(), try Sample.block())
    var bad = block
    bad.header.stateRoot = .zero
    let refused = badBlock ?? #"{"rlp": "\#(Hex.encode(bad.encode()))", "expectException": "InvalidStateRoot"}"#
    var after = try Sample.afterBlock()
    after[1].balance += minerExtra
    let expectation = exception.map { #""expectException": "\#($0)", "# } ?? ""
    return #"""
      {"chain": {"network": "Shanghai", "pre": \#(json(try Sample.before())),
        "genesisRLP": "\#(Hex.encode(genesis.encode()))", "genesisBlockHeader": {"hash": "\#(genesis.header.hash)"},
        "blocks": [
          {\#(expectation)"rlp": "\#(Hex.encode(block.encode()))",
            "transactions": [{"sender": "\#(try Sample.sender())"}]},
          \#(refused)],
        "lastblockhash": "\#(block.header.hash)", "postState": \#(json(after))}}
      """#
  }

  /// The same block as a call of the engine API.
  ///
  /// - Parameters:
  ///   - blockHash: what the payload says that its block hashes to; nil is the truth.
  ///   - more: what the call has after the payload, each behind a comma.
  ///   - error: members that say that the block is to be refused, each behind a comma.
  static func engine(blockHash: Hash256? = nil, more: String = "", error: String = "") throws -> String {
    let (genesis, block) = (try Sample.genesis().header, try Sample.block())
    let head = error.isEmpty ? block.header.hash : genesis.hash
    let after = try error.isEmpty ? Sample.afterBlock() : Sample.before()
    let header = block.header
    let bloom = Hex.encode(LogsBloom.empty.bytes)
    return #"""
      {"chain": {"network": "Shanghai", "pre": \#(json(try Sample.before())),
        "genesisBlockHeader": {"parentHash": "\#(Hash256.zero)", "uncleHash": "\#(HeaderRules.noOmmersHash)",
          "coinbase": "\#(Address.zero)", "stateRoot": "\#(genesis.stateRoot)",
          "transactionsTrie": "\#(Trie.emptyRoot)",
          "receiptTrie": "\#(Trie.emptyRoot)", "bloom": "\#(bloom)", "difficulty": "0x00", "number": "0x00",
          "gasLimit": "\#(UInt256(genesis.gasLimit).hex)", "gasUsed": "0x00", "timestamp": "0x00", "extraData": "0x",
          "mixHash": "\#(Hash256.zero)", "nonce": "0x0000000000000000", "baseFeePerGas": "0x07",
          "withdrawalsRoot": "\#(Trie.emptyRoot)", "hash": "\#(genesis.hash)"},
        "engineNewPayloads": [{"newPayloadVersion": "2", "params": [{"parentHash": "\#(genesis.hash)",
          "feeRecipient": "\#(Sample.miner)", "stateRoot": "\#(header.stateRoot)",
          "receiptsRoot": "\#(header.receiptsRoot)", "logsBloom": "\#(bloom)", "blockNumber": "0x1",
          "gasLimit": "\#(UInt256(header.gasLimit).hex)", "gasUsed": "\#(UInt256(header.gasUsed).hex)",
          "timestamp": "0xc", "extraData": "0x", "prevRandao": "\#(Hash256.zero)", "baseFeePerGas": "0x7",
          "blockHash": "\#(blockHash ?? header.hash)", "withdrawals": [],
          "transactions": ["\#(Hex.encode(block.transactions[0]))"]}\#(more)]\#(error)}],
        "lastblockhash": "\#(head)", "postState": \#(json(after))}}
      """#
  }

  /// A transaction test at two forks, at the first of which there are no chain ids.
  ///
  /// - Parameter exception: why it is to be refused there.
  static func transaction(
    intrinsicGas: UInt64 = 21_000, exception: String = "TransactionException.INVALID_CHAINID"
  ) throws -> String {
    let call = try Sample.call()
    return #"""
      {"call": {"txbytes": "\#(Hex.encode(call.encode()))", "result": {
        "Homestead": {"exception": "\#(exception)"},
        "Berlin": {"hash": "\#(call.hash)", "sender": "\#(try Sample.sender())",
          "intrinsicGas": "\#(UInt256(intrinsicGas).hex)"}}}}
      """#
  }

  /// A trie of one key: the root is the hash of its leaf, in which two nibbles of path follow the flag of an even leaf.
  static func trie(value: UInt8 = 0x62) -> String {
    let root = Keccak256.hash([0xc4, 0x82, 0x20, 0x61, value])
    return #"{"list": {"in": [["a", "b"]], "root": "\#(root)"}, "object": {"in": {"a": "b"}, "root": "\#(root)"}}"#
  }

  /// The example of the yellow paper's appendix B, and bytes that are no RLP.
  static func rlp(lastByte: String = "67") -> String {
    #"{"dog": {"in": "dog", "out": "0x83646f\#(lastByte)"}, "short": {"in": "INVALID", "out": "0x83646f"}}"#
  }

  /// 2 + 3.
  static func opcode(sum: UInt64 = 5) -> String {
    let words = [UInt256(2), UInt256(3), UInt256(sum)].map { Hex.encode($0.bigEndianBytes).dropFirst(2) }
    return #"[{"X": "\#(words[0])", "Y": "\#(words[1])", "Expected": "\#(words[2])"}]"#
  }
}
