import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import Testing

private let sender = Signer(7)

@Suite struct CommitmentTests {
  private let world = World([GenesisAccount(address: sender.address, balance: 1_000_000)])

  /// A block whose header says what the rules say.
  private func agreedBlock() throws -> EthereumBlock {
    var world = world
    let payment = try transfer().signed(by: sender.privateKey, chainID: nil)
    var block = block([payment], number: 9, uncles: [uncle(number: 8, beneficiary: .zero)])
    let computed = try world.run(block, by: executor(of: .byzantium)).1.computed
    block.header.ommersHash = computed.ommersHash
    block.header.stateRoot = computed.stateRoot
    block.header.transactionsRoot = computed.transactionsRoot
    block.header.receiptsRoot = computed.receiptsRoot
    block.header.logsBloom = computed.logsBloom
    block.header.gasUsed = computed.gasUsed
    return block
  }

  private func differences(_ block: EthereumBlock) throws -> [ClaimDifference] {
    var world = world
    return try world.run(block, by: executor(of: .byzantium)).1.computed.differences(from: block.header)
  }

  @Test("a wrong claim is data: field, claimed and computed, and never stops the block")
  func disagreement() throws {
    let agreed = try agreedBlock()
    #expect(try differences(agreed) == [])
    #expect(agreed.header.gasUsed == 21_000)
    let changes: [(String, (inout BlockHeader) -> Void)] = [
      ("ommersHash", { $0.ommersHash = .zero }), ("stateRoot", { $0.stateRoot = .zero }),
      ("transactionsRoot", { $0.transactionsRoot = .zero }), ("receiptsRoot", { $0.receiptsRoot = .zero }),
      ("logsBloom", { $0.logsBloom = LogsBloom(bytes: [UInt8](repeating: 1, count: 256)) ?? .empty }),
      ("gasUsed", { $0.gasUsed += 1 }),
    ]
    for (field, change) in changes {
      var wrong = agreed
      change(&wrong.header)
      #expect(try differences(wrong).map(\.field) == [field])
    }
    var wrong = agreed
    wrong.header.stateRoot = .zero
    wrong.header.gasUsed = 1
    let found = try differences(wrong)
    #expect(found.map(\.field) == ["stateRoot", "gasUsed"])
    #expect(found[0].claimed == Hash256.zero.bytes && found[0].computed == agreed.header.stateRoot.bytes)
    #expect(found[1].description == "gasUsed: claimed 0x0000000000000001, computed 0x0000000000005208")
  }

  @Test("accounts come by hashed key, each with what it is now, and the nodes give the new trie")
  func commitment() throws {
    var world = world
    let before = world
    let (outcome, commitment) = try world.run(try agreedBlock(), by: executor(of: .byzantium))
    #expect(commitment.state.accounts.map(\.key) == outcome.diffs[0].accounts.map { key(of: $0.address) }.sorted())
    for change in commitment.state.accounts {
      let address = outcome.diffs[0].accounts.first { key(of: $0.address) == change.key }
      #expect(address?.account == change.account)
    }
    #expect(before.root != world.root && world.root == world.rebuiltRoot)
  }

  @Test("a missing trie node is named, and not taken for an empty state")
  func missingNode() throws {
    let block = try agreedBlock()
    let outcome = try executor(of: .byzantium).apply(block, to: world)
    #expect(throws: StateTrieError(.missingNode(path: .root, hash: world.root))) {
      try outcome.commit(block, onto: world.root, reader: World([]))
    }
  }

  @Test("a view that cannot be read stops the block with the view's own words")
  func unreadableView() throws {
    struct Broken: StateView {
      let gone = StateReadError("the disk is gone")
      func account(_ address: Address) throws(StateReadError) -> Account? { throw gone }
      func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 { throw gone }
      func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] { throw gone }
      func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 { throw gone }
    }
    let block = try agreedBlock()
    let error = #expect(throws: BlockError.self) { try executor(of: .byzantium).apply(block, to: Broken()) }
    #expect(
      error.map(String.init(describing:)) == "block 9: the state before it could not be read: the disk is gone")
  }

  @Test("an account's encoding is read back, and nothing shorter or longer is")
  func accountEncoding() throws {
    let account = Account(nonce: 5, balance: .max, storageRoot: key(of: .zero), codeHash: Keccak256.hash([1]))
    let encoded = account.encode()
    #expect(try Account(rlp: encoded.rawSpan) == account)
    for length in 0..<encoded.count {
      #expect(throws: RLPError.self) { try Account(rlp: encoded.rawSpan.extracting(first: length)) }
    }
    #expect(throws: RLPError.self) { try Account(rlp: (encoded + [0]).rawSpan) }
  }
}
