import Hashing
import Primitives
import Signatures

/// Vectors of precompiled contracts about one signature, by the key 1.
extension Fixtures {
  private static let key = Hash256(UInt256.one)

  /// SHA-256 of "abc" (FIPS 180-4's example).
  private static let digestOfABC = Hash256(
    0xba78_16bf_8f01_cfea, 0x4141_40de_5dae_2223, 0xb003_61a3_9617_7a9c, 0xb410_ff61_f200_15ad)

  /// Geth's form: ECRECOVER's input and output.
  ///
  /// - Parameter gas: the call costs 3,000.
  static func ecRecover(gas: UInt64 = 3000) throws -> String {
    let digest = Keccak256.hash([1])
    let signature = try Secp256k1.sign(digest, privateKey: key)
    let v = UInt256(UInt64(27 + signature.recoveryID))
    let input = digest.bytes + v.bigEndianBytes + signature.r.bigEndianBytes + signature.s.bigEndianBytes
    let output = [UInt8](repeating: 0, count: 12) + (try Secp256k1.address(of: key)).bytes
    return #"""
      [{"Name": "one", "Input": "\#(digits(input))", "Expected": "\#(digits(output))", "Gas": \#(gas)}]
      """#
  }

  /// Geth's form of a call that has to fail.
  static func failing(input: String) -> String {
    #"[{"Name": "short", "Input": "\#(input)", "ExpectedError": "invalid input length"}]"#
  }

  /// c-kzg-4844's form: the polynomial zero, which is 0 everywhere.
  static func proof(output: String = "true", y: UInt64 = 0) -> String {
    let infinity = "c0" + String(repeating: "00", count: 47)
    return """
      input:
        commitment: '0x\(infinity)'
        z: '0x\(digits(UInt256(5).bigEndianBytes))'
        y: '0x\(digits(UInt256(y).bigEndianBytes))'
        proof: '0x\(infinity)'
      output: \(output)
      """
  }

  /// Wycheproof's form: r and s of a signature of "abc".
  ///
  /// - Parameter encoding: of the signature; nil is r and s one after the other.
  static func signature(result: String = "valid", encoding: String? = nil) throws -> String {
    let signature = try Secp256k1.sign(digestOfABC, privateKey: key)
    let numbers = digits(signature.r.bigEndianBytes + signature.s.bigEndianBytes)
    return group(try Secp256k1.publicKey(of: key), encoding ?? numbers, result)
  }

  /// A valid signature whose point has an x-coordinate above the group's order, so that r is what is left of it.
  static func signatureOfLargePoint() throws -> String {
    for r in 1..<1000 {
      let (r, s) = (UInt256(UInt64(r)), UInt256(12345))
      guard let key = try? Secp256k1.recoverPublicKey(hash: digestOfABC, r: r, s: s, recoveryID: 2) else { continue }
      return group(key, digits(r.bigEndianBytes + s.bigEndianBytes), "valid")
    }
    preconditionFailure("half of all numbers are x-coordinates")
  }

  private static func group(_ key: [UInt8], _ signature: String, _ result: String) -> String {
    #"""
    {"testGroups": [{"publicKey": {"uncompressed": "04\#(digits(key))"}, "tests": [
      {"tcId": 1, "msg": "616263", "sig": "\#(signature)", "result": "\#(result)"}]}]}
    """#
  }

  private static func digits(_ bytes: [UInt8]) -> String { String(Hex.encode(bytes).dropFirst(2)) }
}
