/// Cases that are not run, each with the reason: by a part of the file's path, and by name where that is not empty.
enum SkipList {
  /// A part of the case's file, its name (empty: all in the file), and why it is not run.
  static let entries: [(file: String, name: String, reason: String)] = [
    ("testvectors_v1/ecdsa_secp256r1_sha256_test.json", "", der),
    ("testvectors_v1/ecdsa_secp256k1_sha256_test.json", "", der),
    ("testvectors_v1/ecdsa_secp256k1_sha256_bitcoin_test.json", "", der),
    ("testvectors_v1/ed25519_test.json", "", "no precompiled contract takes signatures of this scheme"),
    (
      "testvectors_v1/ecdsa_secp256k1_sha256_p1363_test.json", "test 115",
      "r stands for an x-coordinate above the group's order, which ECRECOVER's 27 and 28 cannot name"
    ),
  ]

  private static let der =
    "in DER, which this runner does not read; the P1363 file has most of the same cases as r and s"

  /// Why the case is not run; nil when it is.
  static func reason(file: String, name: String) -> String? {
    entries.first { file.contains($0.file) && ($0.name.isEmpty || name == $0.name) }?.reason
  }
}
