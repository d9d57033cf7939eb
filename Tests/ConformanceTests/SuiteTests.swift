import Conformance
import Primitives
import Testing

@Suite("Kinds of suites")
struct SuiteTests {
  @Test("a state test passes at each fork, and a wrong expectation fails with the first account that differs")
  func state() throws {
    let good = try run(.state, ["call.json": Fixtures.state()])
    #expect(good.counts == [2, 0, 0] && good.forks.map(\.fork) == ["Berlin", "Istanbul"])
    let bad = try run(.state, ["call.json": Fixtures.state(minerExtra: 1)])
    #expect(bad.counts == [0, 2, 0])
    // 41,006 gas at 8 wei.
    let istanbul = "\(Sample.miner): balance is 0x50170, expected 0x50171; gas used 41006"
    #expect(bad.reasons.first == istanbul)
  }

  @Test("a transaction that is to be refused and is not, fails")
  func stateRefusal() throws {
    let fixture = try Fixtures.state().replacing(#""logs":"#, with: #""expectException": "NONCE_MISMATCH", "logs":"#)
    let report = try run(.state, ["call.json": fixture])
    #expect(report.counts == [0, 2, 0])
    #expect(report.reasons.first == "the transaction is accepted, expected is NONCE_MISMATCH")
  }

  @Test("blocks are taken and refused as expected, and a wrong end fails with the first account that differs")
  func blockchain() throws {
    #expect(try run(.blockchain, ["chain.json": Fixtures.blockchain()]).counts == [1, 0, 0])
    let end = try run(.blockchain, ["chain.json": Fixtures.blockchain(minerExtra: 1)])
    // 43,106 gas at 1 wei.
    #expect(end.counts == [0, 1, 0] && end.reasons == ["\(Sample.miner): balance is 0xa862, expected 0xa863"])
    let accepted = try run(.blockchain, ["chain.json": Fixtures.blockchain(exception: "InvalidGasUsed")])
    #expect(accepted.reasons == ["block 0 of the fixture: accepted, expected is InvalidGasUsed"])
  }

  @Test("a block that the fixture does not have is no block that is rightly refused")
  func unreadableBlock() throws {
    for block in [#"{"expectException": "Any"}"#, #"{"expectException": "Any", "rlp": "0x0"}"#] {
      let report = try run(.blockchain, ["chain.json": Fixtures.blockchain(badBlock: block)])
      #expect(report.counts == [0, 1, 0], "\(block)")
    }
    let undecodable = #"{"expectException": "BlockException.RLP_STRUCTURES_ENCODING", "rlp": "0x00"}"#
    #expect(try run(.blockchain, ["chain.json": Fixtures.blockchain(badBlock: undecodable)]).counts == [1, 0, 0])
  }

  @Test("a payload of the engine API is a block, and has to say its hash")
  func engine() throws {
    #expect(try run(.blockchain, ["chain.json": Fixtures.engine()]).counts == [1, 0, 0])
    let bad = try run(.blockchain, ["chain.json": Fixtures.engine(blockHash: .zero)])
    #expect(bad.counts == [0, 1, 0] && bad.reasons.first?.contains("the payload's block hashes to") == true)
  }

  @Test("a transaction test passes where it is accepted and where it is refused, and wrong gas fails")
  func transaction() throws {
    let good = try run(.transaction, ["call.json": Fixtures.transaction()])
    #expect(good.counts == [2, 0, 0] && good.forks.map(\.fork) == ["Berlin", "Homestead"])
    let bad = try run(.transaction, ["call.json": Fixtures.transaction(intrinsicGas: 53_000)])
    #expect(bad.counts == [1, 1, 0] && bad.reasons == ["the intrinsic gas is 21000"])
  }

  @Test("a trie of a list and of an object has its root, and another root fails")
  func trie() throws {
    #expect(try run(.trie, ["trie.json": Fixtures.trie()]).counts == [2, 0, 0])
    let bad = try run(.trie, ["trie.json": Fixtures.trie(value: 0x63)])
    #expect(bad.counts == [0, 2, 0] && bad.reasons.allSatisfy { $0.hasPrefix("the root is 0x") })
  }

  @Test("RLP comes out byte for byte, and other bytes fail")
  func rlp() throws {
    #expect(try run(.rlp, ["rlp.json": Fixtures.rlp()]).counts == [2, 0, 0])
    let bad = try run(.rlp, ["rlp.json": Fixtures.rlp(lastByte: "68")])
    #expect(bad.counts == [1, 1, 0] && bad.reasons == ["encoded as 0x83646f67"])
  }

  @Test("an opcode leaves what its file expects, and another word fails")
  func opcode() throws {
    #expect(try run(.opcode, ["testcases_add.json": Fixtures.opcode()]).counts == [1, 0, 0])
    let bad = try run(.opcode, ["testcases_add.json": Fixtures.opcode(sum: 6)])
    #expect(bad.counts == [0, 1, 0] && bad.reasons.first?.hasPrefix("it leaves 0x") == true)
    let unknown = try run(.opcode, ["testcases_nosuch.json": Fixtures.opcode()])
    #expect(unknown.counts == [0, 1, 0] && unknown.reasons == ["the opcode nosuch is unknown"])
  }

  @Test("RLP and JSON that nest too deeply fail, and end nothing")
  func depth() throws {
    let rlp = { (lists: Int) in
      var bytes: [UInt8] = []
      for _ in 0..<lists {
        var writer = RLPWriter()
        writer.appendListHeader(payloadLength: bytes.count)
        bytes = writer.bytes + bytes
      }
      return #"{"deep": {"in": "VALID", "out": "\#(Hex.encode(bytes))"}}"#
    }
    #expect(try run(.rlp, ["deep.json": rlp(RLPReader.depthLimit)]).counts == [1, 0, 0])
    let bad = try run(.rlp, ["deep.json": rlp(5000)])
    #expect(bad.counts == [0, 1, 0] && bad.reasons.first?.contains("nested more than 64 deep") == true)
    let lists = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    let json = try run(.rlp, ["deep.json": #"{"deep": {"in": \#(lists), "out": "0x"}}"#])
    #expect(json.counts == [0, 1, 0] && json.reasons.first?.contains("nested too deeply") == true)
  }

  @Test(
    "a network whose change has no place that can be read is an error, and not one without the change",
    arguments: ["HomesteadToDaoAtx", "ArrowGlacierToParisAtDiffg", "ArrowGlacierToParisAtDiff", "LondonToParisAt5x"])
  func network(name: String) throws {
    let fixture = try Fixtures.blockchain().replacing(#""network": "Shanghai""#, with: #""network": "\#(name)""#)
    let report = try run(.blockchain, ["chain.json": fixture])
    #expect(report.counts == [0, 1, 0] && report.reasons.first?.contains(" is no ") == true, "\(report.reasons)")
  }
}
