import EVM
import Hashing
import Primitives
import Signatures

// Wycheproof's ECDSA signatures, in DER or, in files named so, as r and s one after the other (IEEE P1363).
extension PrecompileSuite {
  static func signatures(file: String, _ groups: JSON) -> [SuiteCase] {
    let name = String(file.dropLast(".json".count))
    return groups.items.flatMap { group in
      (group["tests"]?.items ?? []).map { test in
        SuiteCase(name: "test \((try? test.member("tcId").string()) ?? "")", fork: name) {
          try outcome(of: test, key: group.member("publicKey"), file: name)
        }
      }
    }
  }

  private static func outcome(of test: JSON, key: JSON, file: String) throws -> CaseResult.Outcome {
    let isValid = try test.member("result").string() == "valid"
    guard let numbers = numbers(try test.member("sig").bytes(), file: file) else {
      return isValid ? .failed("a valid signature is not read") : .skipped(SkipList.unspellable)
    }
    let message = try test.member("msg").bytes()
    let digest = try Precompile.sha256.run(on: message.rawSpan, .osaka)
    let key = try key.member("uncompressed").bytes()
    let isAccepted = try accepts(file: file, digest, numbers, key: key)
    if isValid, !isAccepted, isUnrecoverable(file: file, digest, numbers, key: key) {
      return .skipped(SkipList.unrecoverable)
    }
    return isAccepted == isValid ? .passed : .failed("it is \(isAccepted ? "accepted" : "refused")")
  }

  /// What the contract takes for r and s; nil when no input of it says this signature.
  private static func numbers(_ signature: [UInt8], file: String) -> [UInt8]? {
    guard file.contains("_p1363_") else { return DERSignature(signature)?.numbers }
    // P256VERIFY judges a wrong length itself; to ECRECOVER bytes that are missing are zeros.
    return signature.count == 64 || file.hasPrefix("ecdsa_secp256r1_") ? signature : nil
  }

  /// Whether the key is found when r stands for the x-coordinate r + n: recovery ids 2 and 3, which ECRECOVER does not
  /// know.
  private static func isUnrecoverable(file: String, _ digest: [UInt8], _ numbers: [UInt8], key: [UInt8]) -> Bool {
    guard file.hasPrefix("ecdsa_secp256k1_"), let hash = Hash256(bytes: digest),
      let r = Hash256(bytes: [UInt8](numbers.prefix(32))), let s = Hash256(bytes: [UInt8](numbers.suffix(32)))
    else { return false }
    return [2, 3].contains { (recoveryID: UInt8) in
      let found = try? Secp256k1.recoverPublicKey(hash: hash, r: UInt256(r), s: UInt256(s), recoveryID: recoveryID)
      return found == [UInt8](key.dropFirst())
    }
  }

  /// The key is a point's two coordinates after one byte that says so.
  private static func accepts(file: String, _ digest: [UInt8], _ numbers: [UInt8], key: [UInt8]) throws -> Bool {
    if file.hasPrefix("ecdsa_secp256r1_") {
      let input = digest + numbers + key.dropFirst()
      return try Precompile.p256Verify.run(on: input.rawSpan, .osaka) == UInt256(1).bigEndianBytes
    }
    guard file.hasPrefix("ecdsa_secp256k1_") else { throw FixtureError("\(file) is of no curve that a contract knows") }
    // The key is one of the two that recovery finds.
    let address = [UInt8](repeating: 0, count: 12) + Keccak256.hash([UInt8](key.dropFirst())).bytes.suffix(20)
    return try [27, 28].contains { (v: UInt64) in
      let input = digest + UInt256(v).bigEndianBytes + numbers
      return try Precompile.ecRecover.run(on: input.rawSpan, .osaka) == address
    }
  }
}
