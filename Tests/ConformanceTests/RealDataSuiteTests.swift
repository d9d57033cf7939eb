import Conformance
import Testing

@Suite("Kinds of suites with real data, contracts and programs")
struct RealDataSuiteTests {
  private static let p1363 = "ecdsa_secp256k1_sha256_p1363_test.json"
  private static let der = "ecdsa_secp256k1_sha256_test.json"

  @Test("a contract's call has its output and price, and another price fails; one that must fail does")
  func contractCalls() throws {
    #expect(try run(.precompile, ["ecRecover.json": Fixtures.ecRecover()]).counts == [1, 0, 0])
    let bad = try run(.precompile, ["ecRecover.json": Fixtures.ecRecover(gas: 3001)])
    #expect(bad.counts == [0, 1, 0] && bad.reasons == ["it costs 3000, expected 3001"])
    let short = ["fail-pointEvaluation.json": Fixtures.failing(input: "00")]
    #expect(try run(.precompile, short).counts == [1, 0, 0])
    let taken = try run(.precompile, ["fail-ecRecover.json": Fixtures.failing(input: "00")])
    #expect(taken.counts == [0, 1, 0] && taken.reasons.first?.contains("should fail: invalid input length") == true)
    let unknown = try run(.precompile, ["nosuch.json": Fixtures.ecRecover()])
    #expect(unknown.counts == [0, 1, 0] && unknown.reasons.first?.contains("is named after no contract") == true)
  }

  @Test("a KZG proof is accepted, one of another value refused, and the other expectation fails")
  func proofs() throws {
    let good = ["right/data.yaml": Fixtures.proof(), "wrong/data.yaml": Fixtures.proof(output: "false", y: 1)]
    #expect(try run(.precompile, good).counts == [2, 0, 0])
    let bad = ["right/data.yaml": Fixtures.proof(output: "false"), "wrong/data.yaml": Fixtures.proof(y: 1)]
    #expect(try run(.precompile, bad).reasons == ["it is accepted, expected false", "it is refused, expected true"])
  }

  @Test("a signature is accepted, and one that should not be fails")
  func signatures() throws {
    #expect(try run(.precompile, [Self.p1363: Fixtures.signature()]).counts == [1, 0, 0])
    let bad = try run(.precompile, [Self.p1363: Fixtures.signature(result: "invalid")])
    #expect(bad.counts == [0, 1, 0] && bad.reasons == ["it is accepted"])
  }

  @Test("a signature that no input of a contract can say is skipped, and only where it is to be refused")
  func unspellable() throws {
    let wanted = try run(.precompile, [Self.der: Fixtures.signature(result: "invalid", encoding: "3000")])
    #expect(wanted.counts == [0, 0, 1] && wanted.skips.first?.reason.hasPrefix("its encoding is not") == true)
    let bad = try run(.precompile, [Self.der: Fixtures.signature(encoding: "3000")])
    #expect(bad.counts == [0, 1, 0] && bad.reasons == ["a valid signature is not read"])
  }

  @Test("a valid signature whose point ECRECOVER cannot be told is skipped, and with another key fails")
  func unrecoverable() throws {
    let fixture = try Fixtures.signatureOfLargePoint()
    let report = try run(.precompile, [Self.p1363: fixture])
    #expect(report.counts == [0, 0, 1] && report.skips.first?.reason.hasPrefix("r stands for an x-coordinate") == true)
    let bad = try run(.precompile, [Self.p1363: fixture.replacing("616263", with: "616264")])
    #expect(bad.counts == [0, 1, 0] && bad.reasons == ["it is refused"])
  }

  @Test("a genesis file gives its block 0, and another base fee fails; without an expectation it is foreign")
  func genesis() throws {
    #expect(try run(.genesis, Fixtures.genesis()).counts == [1, 0, 0])
    let bad = try run(.genesis, Fixtures.genesis(baseFee: 8))
    #expect(bad.counts == [0, 1, 0] && bad.reasons.first?.hasPrefix("the header is 0x") == true)
    var files = try Fixtures.genesis()
    files["two.json"] = files["one.json"]
    files["three.expected.json"] = files["one.expected.json"]
    let report = try run(.genesis, files)
    #expect(report.counts == [1, 2, 0] && report.reasons == ["three.json is not there", "foreign"])
  }

  @Test("a block of the main network gives its hash and its gas, and other gas fails")
  func mainnet() throws {
    let good = try run(.mainnet, Fixtures.mainnet())
    #expect(good.counts == [2, 0, 0] && good.forks.map(\.fork) == ["Byzantium"], "\(good.reasons) \(good.forks)")
    let bad = try run(.mainnet, Fixtures.mainnet(gasUsed: 41_007))
    #expect(bad.counts == [1, 1, 0] && bad.reasons == ["gas used is 41006, expected 41007"])
    var files = try Fixtures.mainnet()
    files["blocks/one/other.json"] = "{}"
    files["blocks/two/pre_state.json"] = files["blocks/one/pre_state.json"]
    #expect(try run(.mainnet, files).counts == [2, 2, 0])
  }

  @Test("a block's own folder is a suite of one block; without what it reads it is not carried out")
  func oneBlock() throws {
    var files = try Fixtures.mainnet()
    #expect(try run(.mainnet, files, below: "blocks/one").counts == [2, 0, 0])
    files["blocks/one/pre_state.json"] = nil
    let bare = try run(.mainnet, files)
    #expect(bare.counts == [1, 0, 1] && bare.skips.first?.reason.hasPrefix("the suite has the block alone") == true)
  }

  @Test("a witness has the accounts and code that a block reads; another nonce and a missing node fail")
  func witness() throws {
    let path = "chain/witnesses/1.json"
    let good = try run(.witness, [path: Fixtures.witness()])
    #expect(good.counts == [2, 0, 0] && good.forks.map(\.fork) == ["chain"], "\(good.reasons)")
    let nonce = try run(.witness, [path: Fixtures.witness(nonce: 1)])
    #expect(nonce.counts == [1, 1, 0] && nonce.reasons == ["transaction 0 has the nonce 0, its sender 1"])
    #expect(try run(.witness, [path: Fixtures.witness(drops: 1)]).counts == [1, 1, 0])
    // Transactions beside a block belong to it; without it, as any other JSON, they are foreign.
    let files = [
      path: try Fixtures.witness(), "chain/witnesses/1_validium_txs.json": "[]",
      "chain/witnesses/2_validium_txs.json": "[]", "chain/notes.json": "{}",
    ]
    #expect(try run(.witness, files).counts == [2, 2, 0])
  }

  @Test("a program comes to what its file expects, and other gas fails; one that no file names is foreign")
  func program() throws {
    #expect(try run(.program, Fixtures.program()).counts == [1, 0, 0])
    let bad = try run(.program, Fixtures.program(gasUsed: 43_107))
    #expect(bad.counts == [0, 1, 0] && bad.reasons == ["gas used is 43106, expected 43107"])
    var files = try Fixtures.program()
    files["data/other.json"] = files["data/call.json"]
    let report = try run(.program, files)
    #expect(report.counts == [1, 1, 0] && report.notable.map(\.file) == ["data/other.json"])
  }
}
