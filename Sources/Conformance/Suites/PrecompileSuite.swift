import EVM
import Primitives

/// Vectors of precompiled contracts: geth's by contract, Wycheproof's signatures, and c-kzg-4844's `verify_kzg_proof`.
struct PrecompileSuite: Suite {
  func files(among files: [FixtureFile]) -> [FixtureFile] {
    files.filter { $0.path.hasSuffix(".json") || $0.path.hasSuffix(".yaml") }
  }

  /// Throws for a file that is of none of these kinds, so that none is passed over.
  func cases(of file: FixtureFile) throws -> [SuiteCase] {
    let path = file.path.split(separator: "/").map(String.init)
    let name = path.last ?? ""
    if name == "data.yaml" {
      return [Self.proof(folder: path.dropLast().last ?? "", JSON(proofCase: try file.bytes()))]
    }
    let document = try file.json()
    if let groups = document["testGroups"] { return Self.signatures(file: name, groups) }
    return try Self.contractCalls(file: name, document)
  }
}

// MARK: - geth

extension PrecompileSuite {
  private static func contractCalls(file: String, _ document: JSON) throws(FixtureError) -> [SuiteCase] {
    let base = String(file.dropLast(".json".count))
    let mustFail = base.hasPrefix("fail-")
    guard let (precompile, revision) = contracts[mustFail ? String(base.dropFirst("fail-".count)) : base] else {
      throw FixtureError("\(file) is named after no contract, and is no other file of vectors of contracts")
    }
    guard case .array(let items) = document else { throw FixtureError("\(file) is no list of calls") }
    return items.enumerated().map { index, item in
      SuiteCase(name: item["Name"]?.text ?? "\(index)", fork: base) {
        try mustFail ? failing(precompile, revision, item) : succeeding(precompile, revision, item)
      }
    }
  }

  /// The contract of a file, and a fork at whose prices its vectors are.
  private static let contracts: [String: (Precompile, Revision)] = [
    "ecRecover": (.ecRecover, .osaka), "modexp": (.modExp, .byzantium), "modexp_eip2565": (.modExp, .berlin),
    "modexp_eip7883": (.modExp, .osaka), "bn256Add": (.bn254Add, .osaka), "bn256ScalarMul": (.bn254Multiply, .osaka),
    "bn256Pairing": (.bn254PairingCheck, .osaka), "blake2F": (.blake2F, .osaka), "blake2f": (.blake2F, .osaka),
    "pointEvaluation": (.pointEvaluation, .osaka), "blsG1Add": (.bls12G1Add, .osaka),
    "blsG1Mul": (.bls12G1MSM, .osaka), "blsG1MultiExp": (.bls12G1MSM, .osaka), "blsG2Add": (.bls12G2Add, .osaka),
    "blsG2Mul": (.bls12G2MSM, .osaka), "blsG2MultiExp": (.bls12G2MSM, .osaka),
    "blsPairing": (.bls12PairingCheck, .osaka), "blsMapG1": (.bls12MapFpToG1, .osaka),
    "blsMapG2": (.bls12MapFp2ToG2, .osaka), "p256Verify": (.p256Verify, .osaka),
  ]

  private static func succeeding(_ precompile: Precompile, _ revision: Revision, _ item: JSON) throws -> String? {
    let input = try item.member("Input").bytes()
    let expected = try item.member("Expected").bytes()
    let gas = try item.member("Gas").integer()
    guard let cost = precompile.cost(of: input.rawSpan, revision) else { return "it has no price, expected \(gas)" }
    guard UInt64(cost) == gas else { return "it costs \(cost), expected \(gas)" }
    let output: [UInt8]
    do { output = try precompile.run(on: input.rawSpan, revision) } catch { return "it fails" }
    return output == expected ? nil : "it gives \(Hex.encode(output)), expected \(Hex.encode(expected))"
  }

  /// A contract refuses by its price or when it runs.
  private static func failing(_ precompile: Precompile, _ revision: Revision, _ item: JSON) throws -> String? {
    let input = try item.member("Input").bytes()
    guard precompile.cost(of: input.rawSpan, revision) != nil else { return nil }
    guard let output = try? precompile.run(on: input.rawSpan, revision) else { return nil }
    return "it gives \(Hex.encode(output)), and should fail: \(item["ExpectedError"]?.text ?? "")"
  }
}

// MARK: - c-kzg-4844

extension PrecompileSuite {
  /// One case for a whole file.
  private static func proof(folder: String, _ fixture: JSON) -> SuiteCase {
    SuiteCase(name: folder, fork: "verify_kzg_proof") {
      let expected = try fixture.member("output").string()
      let isAccepted = try accepts(fixture)
      // The precompile has one answer for a wrong proof and for a malformed one: it fails.
      let answer = isAccepted ? "accepted" : "refused"
      return isAccepted == (expected == "true") ? nil : "it is \(answer), expected \(expected)"
    }
  }

  private static func accepts(_ fixture: JSON) throws -> Bool {
    let parts = try ["z", "y", "commitment", "proof"].map { try fixture.member($0).bytes() }
    let commitment = parts[2]
    var versionedHash = try Precompile.sha256.run(on: commitment.rawSpan, .osaka)
    versionedHash[0] = 1
    let bytes = versionedHash + parts.flatMap { $0 }
    return (try? Precompile.pointEvaluation.run(on: bytes.rawSpan, .osaka)) != nil
  }
}
