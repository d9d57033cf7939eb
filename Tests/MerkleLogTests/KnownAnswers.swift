// Computed with an independent implementation.

/// SHA-256(0x00 ‖ 0, 1, 2, … modulo 251) for entries of several lengths.
let leafHashes: [(count: Int, hash: String)] = [
  (0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
  (1, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
  (31, "f516ce4af9b2746191954f9cd51e7fa12a3618b01db02366a334273e3eb394d2"),
  (54, "66e78c94beb028a07211b62d4dae7fe1b607afc6e088fb6ecb69375d79b3abd1"),
  (55, "5c57828c6496b5bebee064ab94381ff360d9f79677927bdde280566bcc9b78bc"),
  (56, "235371033fe627ddb040ac73e7f587fd92d5d9fb0bea5f559c349b936716a81d"),
  (62, "920b0a9c8996756478aac13f10f5b1402d90475c0878bec68421f58ab03108aa"),
  (63, "0235748259260cdb6ac04bf08be334c2ce812c1546adb85379836f96d3c694f9"),
  (64, "e4fb1329f08b46df92906ff0be9b7ab12c44eabd3eb8651e69edb27bd8a19e95"),
  (65, "d28a2f2f9d3fe854748e5e50b756b20768086e150e000e1b1da217ba48f80b55"),
  (118, "ae0b90abb722187740242f9402f54a4051e6b0e6a9d63ea6de0161e1b38eae72"),
  (119, "06061fd677bed172f635e5b83119f200422154b0c886700c393c023c8294af21"),
  (120, "748c09bf775a992f1ca317ea26c3284e4243914b8f228585c1c4e4ac78a0e1fc"),
  (126, "63aad86cdabd6cb3a137846240529de8441d807d9536a79b38d31c87be61edac"),
  (127, "82fec4bf3dde768904c7079328e94c30cc654612f118701587401d5fa1449278"),
  (128, "16d778dbc4b7e7da6827b929ade60d27648df72f6ea93bebccd657b325ddffda"),
  (129, "afff0e984ed5ee9226574505c08a60f514f068c92c26ce2016c60df14ffbcaa7"),
  (200, "ecfafa5927ea4003f545cc406064624ac3771525039bde83b5a2d2ec253358ec"),
  (5000, "652dd09290622df2bcbae78068757ccc9e295916e1d6d9794a82ce476565294a"),
]

/// The node over the leaves of the one-byte entries 1 and 2.
let nodeHash = "6bcf0e2e93e0a18e22789aee965e6553f4fbe93f0acfc4a705d691c8311c4965"

/// A signed and witnessed checkpoint.
enum KnownNote {
  static let name = "example.org/a-log"
  /// Of the seed 0, 1, 2, … 31.
  static let vkey = "example.org/a-log+eaa60902+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
  static let privateKey = "PRIVATE+KEY+example.org/a-log+eaa60902+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
  static let text = "example.org/a-log\n600\nULMS9cvHFnWfViDXOnzBFBVwc0n0Gwzgt897eAfsMdo=\n"
  static let signature =
    "— example.org/a-log 6qYJAjAwHdPVLMhafpKxRnuHvPOvYmoPE3eAZ+MweCbzwQ6HSXIlO6RT/qM4suLsXiwVwsFe37/1+PyYDbP3aHZE8gw=\n"
  static let witnessName = "witness.example/wö"
  /// Of the seed 32, 33, … 63.
  static let witnessKey = "witness.example/wö+fdd96330+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
  static let witnessTime: UInt64 = 1_790_000_000
  static let cosignature =
    "— witness.example/wö /dljMAAAAABqsTuAmGWrQjcc02Zj97bawndA9nKUpr7LbpWjkLCl3xYAUOOT3AKggpNagNTrUQphV+t4JVOgXXzcbeztVRiPu2qKCQ==\n"
  static let whole = "\(text)\n\(signature)\(cosignature)"

  /// Keys whose identifiers are right, and why they are none.
  static let refusedKeys = [
    (
      "a+e134a365+CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "type 9 is unknown to this program, which knows 1 (Ed25519) and 4 (cosignature/v1)"
    ),
    (
      "a+6dcb25d4+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
      "an Ed25519 key has 32 bytes, this one 36"
    ),
    ("a+d56cc4fe+AQ==", "an Ed25519 key has 32 bytes, this one 0"),
  ]
}
