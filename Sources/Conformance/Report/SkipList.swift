/// Cases that are not run, each with the reason: by a part of the file's path, and by name where that is not empty.
enum SkipList {
  /// A part of the case's file, its name (empty: all in the file), and why it is not run.
  static let entries: [(file: String, name: String, reason: String)] = [
    ("testvectors_v1/ed25519_test.json", "", "no contract takes signatures of this scheme"),
    ("trietestnextprev.json", "", "the trie has no walk over keys in their order: its store has"),
  ]

  /// Why a valid signature is not run whose key only a recovery with r + n finds.
  static let unrecoverable =
    "r stands for an x-coordinate above the group's order, which ECRECOVER's 27 and 28 cannot name"

  /// Why a block is not carried out that comes without what it reads.
  static let withoutState = "the suite has the block alone, and not the state that it reads"

  /// Why a signature is not run that its suite wants refused for its encoding alone.
  static let unspellable =
    "its encoding is not the one of two numbers of 256 bits, and no input of the contract says another"

  /// Why the case is not run; nil when it is.
  static func reason(file: String, name: String) -> String? {
    entries.first { file.contains($0.file) && ($0.name.isEmpty || name == $0.name) }?.reason
  }
}
