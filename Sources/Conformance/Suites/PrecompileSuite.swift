import EVM
import Hashing
import Primitives

/// Vectors of precompiled contracts: geth's by contract, Wycheproof's signatures in P1363 form, and c-kzg-4844's
/// `verify_kzg_proof`.
struct PrecompileSuite: FixtureSuite {
  func holdsCases(_ path: String) -> Bool { path.hasSuffix(".json") || path.hasSuffix(".yaml") }

  func cases(of file: FixtureFile) throws -> [SuiteCase] {
    let document = file.path.hasSuffix(".yaml") ? JSON(proofCase: try file.bytes()) : try file.json()
    return Self.cases(of: document, in: file.path)
  }

  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    let last = file.split(separator: "/").last.map(String.init) ?? ""
    if last == "data.yaml" { return [proof(file: file, name: name, fixture)].compactMap { $0 } }
    if name == "testGroups" { return signatures(file: last, fixture) }
    let base = String(last.dropLast(".json".count))
    let mustFail = base.hasPrefix("fail-")
    guard let (precompile, revision) = contracts[mustFail ? String(base.dropFirst("fail-".count)) : base] else {
      return []
    }
    return fixture.items.enumerated().map { index, item in
      SuiteCase(name: item["Name"]?.text ?? "\(index)", fork: base) {
        try mustFail ? failing(precompile, revision, item) : succeeding(precompile, revision, item)
      }
    }
  }
}

// MARK: - geth

extension PrecompileSuite {
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
  /// One case for a whole file, at its `input`.
  private static func proof(file: String, name: String, _ fixture: JSON) -> SuiteCase? {
    guard name == "case" else { return nil }
    let folder = file.split(separator: "/").dropLast().last.map(String.init) ?? file
    return SuiteCase(name: folder, fork: "verify_kzg_proof") {
      let expected = try fixture.member("output").string()
      let isAccepted = accepts(fixture)
      // The precompile has one answer for a wrong proof and for a malformed one: it fails.
      let answer = isAccepted ? "accepted" : "refused"
      return isAccepted == (expected == "true") ? nil : "it is \(answer), expected \(expected)"
    }
  }

  private static func accepts(_ input: JSON) -> Bool {
    guard let parts = try? ["z", "y", "commitment", "proof"].map({ try input.member($0).bytes() }) else { return false }
    let commitment = parts[2]
    guard var versionedHash = try? Precompile.sha256.run(on: commitment.rawSpan, .osaka) else { return false }
    versionedHash[0] = 1
    let bytes = versionedHash + parts.flatMap { $0 }
    return (try? Precompile.pointEvaluation.run(on: bytes.rawSpan, .osaka)) != nil
  }
}

// MARK: - Wycheproof

extension PrecompileSuite {
  private static func signatures(file: String, _ groups: JSON) -> [SuiteCase] {
    let curve = String(file.split(separator: "_").dropFirst().first ?? "")
    return groups.items.flatMap { group in
      (group["tests"]?.items ?? []).map { test in
        SuiteCase(name: "test \((try? test.member("tcId").string()) ?? "")", fork: "\(file.dropLast(".json".count))") {
          let key = try group.member("publicKey").member("uncompressed").bytes()
          let message = try test.member("msg").bytes()
          let signature = try test.member("sig").bytes()
          let isValid = try test.member("result").string() == "valid"
          let digest = try Precompile.sha256.run(on: message.rawSpan, .osaka)
          let accepted = signature.count == 64 && accepts(curve, digest, signature, key: [UInt8](key.dropFirst()))
          return accepted == isValid ? nil : "it is \(accepted ? "accepted" : "refused")"
        }
      }
    }
  }

  private static func accepts(_ curve: String, _ digest: [UInt8], _ signature: [UInt8], key: [UInt8]) -> Bool {
    if curve == "secp256r1" {
      let input = digest + signature + key
      return (try? Precompile.p256Verify.run(on: input.rawSpan, .osaka)) == UInt256(1).bigEndianBytes
    }
    // The key is one of the two that recovery finds.
    let address = [UInt8](repeating: 0, count: 12) + Keccak256.hash(key).bytes.suffix(20)
    return [27, 28].contains { (v: UInt64) in
      let input = digest + UInt256(v).bigEndianBytes + signature
      return (try? Precompile.ecRecover.run(on: input.rawSpan, .osaka)) == address
    }
  }
}
